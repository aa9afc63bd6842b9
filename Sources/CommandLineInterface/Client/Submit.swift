import ArgumentParser
import BuildAPI
import BuildClient
import Foundation
import PythonBuild
import SystemPackage

/// `buildbox submit`: a build by a server.
struct Submit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Have a server build a project.",
        discussion: """
            Sends a folder, packed as it is read, or an archive, and prints the job's id as soon as the server has \
            promised to keep the job. With --follow it stays, and ends as `buildbox run` would. A connection that \
            breaks is made anew and goes on where it was.

            EXAMPLES
              buildbox submit ./proj                        prints the id of a new job
              buildbox submit -f ./proj                     as `buildbox run ./proj`, elsewhere
              buildbox submit -f -o wheels proj.zip         an archive: .tar.gz, .tar.zst, .zip
              buildbox submit --folder-on-server /srv/proj  a folder that the server has
              BUILDBOX_URL=unix:/run/buildbox/socket buildbox submit ./proj

            ENVIRONMENT
              BUILDBOX_URL    the server, as --server
              BUILDBOX_TOKEN  your token; `--token-file` reads it from a file

            EXIT CODES
              0   the job was taken; with --follow: built
              2   usage, or a request that the server refuses
              5   the server does not know you, or does not let you
              9   the server cannot be reached, or its queue is full
              130 interrupted; with --follow the job goes on, unless --cancel-on-interrupt is given
              With --follow the others of `buildbox run` too: 1 the build failed, 3 stopped at a limit, 8 cancelled.
            """
    )

    @Argument(help: ArgumentHelp("A project folder or an archive (default: this folder).", valueName: "src"))
    var source: String?

    @OptionGroup(title: "Job options") var job: SubmitOptions
    @OptionGroup(title: "Build options") var build: BuildOptions
    @OptionGroup var variables: VariableOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Server options") var server: ServerOptions
    @OptionGroup(title: "Output options") var output: OutputOptions

    func validate() throws {
        if source != nil, job.folderOnServer != nil {
            throw ValidationError("--folder-on-server: there is a source already, \(source ?? "")")
        }
        if job.folderOnServer != nil, build.sourceRoot != nil {
            throw ValidationError("--source-root is for a folder of yours; the server's has --subdirectory")
        }
        if !job.follow, build.outdir != nil || output.resultFile != nil {
            throw ValidationError("-o/--outdir and --result-file have a meaning only together with --follow")
        }
        _ = try document()
    }

    func run() async throws {
        let renderer = RunRenderer(quiet: build.quiet > 0)
        let source = try self.sourceOrFault(renderer)
        var document = try document()
        document.source = source.document
        try await server.withClient(renderer) { (client) throws(ClientError) in
            let interrupt = InterruptHandler {}
            let job = try await submit(document, source, client, renderer, interrupt)
            guard self.job.follow else {
                writeFully(Array((output.json ? try jobText(job) : job.id + "\n").utf8), to: STDOUT_FILENO)
                return 0
            }
            renderer.show(.note("job \(job.id)" + (job.queuePosition.map { ", \($0) before it" } ?? "")))
            let destination = build.outdir.map { OutputDestination(folder: absolute($0), insideProject: false) }
            let followed = FollowedJob(
                id: job.id, client: client, renderer: renderer, destination: destination ?? source.defaultOutput)
            return try await followed.toItsEnd(
                output: output, cancelOnInterrupt: self.job.cancelOnInterrupt, interrupt)
        }
    }

    private func sourceOrFault(_ renderer: RunRenderer) throws -> SubmitSource {
        do {
            return try SubmitSource(source ?? ".", build: build, job: job) { renderer.show(.note($0)) }
        } catch let error as ClientError {
            renderer.complain(error.message)
            throw ExitCode(error.exitStatus.rawValue)
        }
    }

    private func document() throws -> BuildDocument {
        try BuildDocument(
            build: build, variables: try variables.values(from: ProcessInfo.processInfo.environment), limits: limits,
            job: job)
    }

    private func submit(
        _ document: BuildDocument, _ source: SubmitSource, _ client: BuildClient, _ renderer: RunRenderer,
        _ interrupt: InterruptHandler
    ) async throws(ClientError) -> JobDocument {
        let progress = TransferProgress("sending \(source.upload?.name ?? "")", of: source.upload?.size, renderer)
        let task = Task {
            await outcome { () async throws(ClientError) in
                try await client.submit(document, source: source.upload, key: UUID().uuidString) { progress.show($0) }
            }
        }
        interrupt.replaceAction { task.cancel() }
        let result = await task.value
        progress.end()
        if case .failure(let error) = result, error.code == .cancelled, interrupt.signal != nil {
            throw ClientError(.cancelled, "interrupted before the server had promised anything")
        }
        return try result.get()
    }
}

/// A job's document for people and programs.
func jobText(_ document: some Encodable) throws(ClientError) -> String {
    let encoder = DocumentCoding.encoder()
    encoder.outputFormatting.insert(.prettyPrinted)
    do {
        return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    } catch {
        throw ClientError(.unexpected, "the server's answer cannot be written as JSON: \(error)")
    }
}
