import Foundation
import PythonBuild
import Sandbox
import SandboxProtocol
import Synchronization
import SystemPackage
import Testing

/// Folders packed by `PythonBuild`, and what builds of them give. As the user of the tests.
@Suite struct PackTests {
    private let test: EndToEnd
    private let python: PythonBuild
    private let allowMissing: LayerSet

    init() throws {
        test = try EndToEnd()
        let installed = try Installed.shared.get()
        let state = StateFolder(root: installed.home(test.user))
        allowMissing = test.user == .root ? [] : .cgroupLimits
        python = PythonBuild(
            state: state, toolchain: try Toolchain(folder: installed.folder.appending("toolchain")),
            sandbox: try Sandbox(
                launcher: installed.folder.appending("buildbox-launcher"), cache: state.filters, ledger: state.ledger),
            profiles: ProfileSearch(folders: [installed.folder.appending("sandbox-profiles")]),
            environment: ProcessInfo.processInfo.environment)
    }

    @Test(arguments: ["hello", "git-versioned"], [PackRequest.Format.tarGzip, .tarZstandard])
    func aPackedFolderGivesWhatTheFolderGives(name: String, format: PackRequest.Format) async throws {
        defer { try? test.cleanUp() }
        let project = try test.project(name)
        try EndToEnd.host(["/bin/chmod", "755", project.appending("pyproject.toml").string])
        if name == "git-versioned" { try Self.tag(project) }
        let archive = test.folder.appending("blob")
        var pack = request(project)
        pack.destination = archive
        pack.format = format
        let packed = try await python.pack(pack)
        #expect(try EndToEnd.host(["/usr/bin/sha256sum", archive.string]).hasPrefix(packed.sha256 + " "))
        #expect(packed.size == Self.size(archive))
        #expect(packed.leftOut == 0)

        let direct = await build(project, "direct")
        let unpacked = await build(archive, "unpacked", name: "\(name).\(format.rawValue)")
        #expect(direct.status == .succeeded, "\(String(describing: direct.reason))")
        #expect(unpacked.status == .succeeded, "\(String(describing: unpacked.reason))")
        #expect(unpacked.sandbox.staging == "unpack")
        #expect(direct.artifacts.map(\.name) == unpacked.artifacts.map(\.name))
        for (one, other) in zip(direct.artifacts, unpacked.artifacts) {
            let contents = try ProjectArchive.contents(of: FilePath(try #require(one.path)))
            #expect(try contents == ProjectArchive.contents(of: FilePath(try #require(other.path))))
            #expect(contents.count > 3)
        }
        #expect(unpacked.withoutHostPaths().artifacts.allSatisfy { $0.path == nil })
    }

    @Test func whatABuildTellsOnItsWayIsEnoughToMeasureIt() async throws {
        defer { try? test.cleanUp() }
        let project = try test.project("hello")
        let seen = Mutex<(launched: [Duration], cache: [EnvironmentReport.Cache], phases: [Phase])>(([], [], []))
        var build = BuildRequest(source: project)
        build.allowMissing = allowMissing
        build.constraintsText = "setuptools<79\n"
        build.runTime = .seconds(600)
        let result = await python.run(build) { event in
            seen.withLock { seen in
                switch event {
                case .launched(let time): seen.launched.append(time)
                case .environment(let report): seen.cache.append(report.cache)
                case .phaseEnded(let report): seen.phases.append(report.name)
                default: break
                }
            }
        }
        #expect(result.status == .succeeded, "\(String(describing: result.reason))")
        let version = result.environment?.resolved.first { $0.name == "setuptools" }?.version ?? ""
        #expect(version.hasPrefix("77.") || version.hasPrefix("78."), "\(version)")
        seen.withLock { seen in
            #expect(seen.launched.count >= 3)
            #expect(seen.launched.allSatisfy { $0 > .zero && $0 < .seconds(10) })
            #expect(seen.cache.last == result.environment?.cache)
            #expect(seen.phases == result.phases.map(\.name))
        }
        #expect(try python.sweep().left.isEmpty)
    }

    @Test func aFolderBehindALinkOrOutsideOfTheRootIsRefused() async throws {
        defer { try? test.cleanUp() }
        _ = try test.project("hello")
        try FileManager.default.createSymbolicLink(
            atPath: test.folder.appending("link").string, withDestinationPath: "hello")
        for folder in [test.folder.appending("link"), "/usr", test.folder.appending("none")] {
            #expect(await failure(request(folder))?.code == .invalidRequest)
        }
    }

    @Test func aFolderThatIsTooLargeIsRefusedAndLeavesNothing() async throws {
        defer { try? test.cleanUp() }
        let project = try test.project("hello")
        let noise = try FileHandle(forReadingFrom: URL(filePath: "/dev/urandom")).read(upToCount: 1 << 20)
        try #require(noise).write(to: URL(filePath: project.appending("noise").string))
        for change: (inout PackRequest) -> Void in [
            { $0.largestArchiveBytes = 100_000 }, { $0.largestContentBytes = 100_000 }, { $0.mostEntries = 3 },
        ] {
            var pack = request(project)
            change(&pack)
            let failure = await failure(pack)
            #expect(failure?.code == .limit, "\(String(describing: failure))")
            #expect(failure?.limit != nil)
            #expect(!FileManager.default.fileExists(atPath: pack.destination.string))
        }
        // Positive control: nothing else is wrong with it.
        #expect(try await python.pack(request(project)).entries == 6)
    }

    @Test func aDestinationThatCannotBeWrittenIsAFault() async throws {
        defer { try? test.cleanUp() }
        let project = try test.project("hello")
        var pack = request(project)
        pack.destination = test.folder.appending("none/blob")
        let failure = await failure(pack)
        #expect(failure?.code == .internalFault)
        #expect(failure?.message.contains("cannot make the archive") == true)
    }

    @Test func onlyItsOwnerNeedsToReadAFolder() async throws {
        defer { try? test.cleanUp() }
        let project = try test.project("hello")
        try EndToEnd.host(["/bin/chmod", "-R", "go-rwx", project.string])
        #expect(try await python.pack(request(project)).entries == 5)
    }

    private func request(_ folder: FilePath) -> PackRequest {
        var request = PackRequest(folder: folder, root: test.folder, destination: test.folder.appending("archive"))
        request.allowMissing = allowMissing
        return request
    }

    private func failure(_ request: PackRequest) async -> BuildFailure? {
        do throws(BuildFailure) {
            _ = try await python.pack(request)
            return nil
        } catch {
            return error
        }
    }

    private func build(_ source: FilePath, _ output: String, name: String? = nil) async -> BuildResult {
        var request = BuildRequest(source: source)
        request.sourceName = name
        request.outputFolder = test.folder.appending(output)
        request.allowMissing = allowMissing
        return await python.run(request) { _ in }
    }

    private static func tag(_ project: FilePath) throws {
        let git = ["/usr/bin/git", "-C", project.string, "-c", "user.name=t", "-c", "user.email=t@example.invalid"]
        for words in [["init", "-q"], ["add", "."], ["commit", "-qm", "first"], ["tag", "v3.1"]] {
            try EndToEnd.host(git + words)
        }
    }

    private static func size(_ path: FilePath) -> UInt64 {
        let attributes = Result { try FileManager.default.attributesOfItem(atPath: path.string) }
        return (try? attributes.get())?[.size] as? UInt64 ?? 0
    }
}
