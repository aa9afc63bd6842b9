import Sandbox
import SandboxProtocol
import SystemPackage

extension PythonBuild {
    /// Packs a folder of this host into an archive, in a sandbox that only reads it. The archive depends on the
    /// folder's content alone. `.git` is part of it; links are kept as links and never followed.
    ///
    /// - Throws: ``BuildFailure``: `invalidRequest` for a folder that is not there, not below the root, or cannot
    ///   be packed; `limit` for one that is too large; `internalFault` for a destination that cannot be written;
    ///   `cancelled`; what ``run(_:events:)`` reports where there is no sandbox. The destination is not there then.
    public func pack(_ request: PackRequest) async throws(BuildFailure) -> PackedFolder {
        let folder = try AllowedFolder(request.folder, below: request.root)
        try state.prepare()
        let profile = try profile("inspect")
        let file = try ArchiveFile(request.destination)
        do throws(BuildFailure) {
            let report = try await pack(request, folder, under: profile, into: file)
            let archive = try file.finish()
            return PackedFolder(
                sha256: archive.sha256, size: archive.size, contentBytes: report.contentBytes,
                entries: report.entries, leftOut: report.leftOut)
        } catch {
            file.remove()
            throw error
        }
    }

    private struct Report: Decodable {
        struct Limit: Decodable {
            var kind: LimitHit.Kind
            var limit: UInt64
            var observed: UInt64
        }

        var entries: UInt64
        var contentBytes: UInt64
        var leftOut: UInt64

        private enum CodingKeys: String, CodingKey {
            case entries
            case contentBytes = "content_bytes"
            case leftOut = "left_out"
        }
    }

    private struct Refusal: Decodable {
        var error: String
        var limit: Report.Limit?
    }

    private struct Options: Encodable {
        var form: String
        var bytes: UInt64
        var entries: UInt64
        var device: UInt64
        var inode: UInt64
    }

    private func pack(
        _ request: PackRequest, _ folder: borrowing AllowedFolder, under profile: SandboxProfile, into file: ArchiveFile
    ) async throws(BuildFailure) -> Report {
        let collector = LogCollector()
        let outcome = try await contained(request, folder, under: profile, into: file, collector)
        if let fault = file.fault { throw fault }
        switch outcome.verdict {
        case .exited(0): break
        case .cancelled: throw BuildFailure(.cancelled, "cancelled while packing \(request.folder)")
        case .stopped(let hit) where hit.kind == .log:
            let size = LimitHit(kind: .disk, limit: hit.limit, observed: hit.observed)
            throw BuildFailure(.limit, "\(request.folder) packs to more than \(LimitHit.bytes(hit.limit))", limit: size)
        case .stopped(let hit):
            throw BuildFailure(.limit, hit.message(doing: "packing \(request.folder)"), limit: hit)
        case .exited, .signalled:
            throw BuildFailure(.internalFault, "\(request.folder) cannot be packed: \(collector.tail)")
        }
        if let report: Report = JSON.value(from: outcome.report) { return report }
        guard let refusal: Refusal = JSON.value(from: outcome.report) else {
            throw BuildFailure(.internalFault, "packing \(request.folder) gave no answer")
        }
        let message = "the folder \(request.folder) cannot be packed: \(refusal.error)"
        guard let hit = refusal.limit else { throw BuildFailure(.invalidRequest, message) }
        throw BuildFailure(.limit, message, limit: LimitHit(kind: hit.kind, limit: hit.limit, observed: hit.observed))
    }

    /// The archive comes as the command's output, so that no more of it is held than a pipe does.
    private func contained(
        _ request: PackRequest, _ folder: borrowing AllowedFolder, under profile: SandboxProfile,
        into file: ArchiveFile, _ collector: LogCollector
    ) async throws(BuildFailure) -> SandboxOutcome {
        let format = request.format.archive
        let options = Options(
            form: format.rawValue, bytes: request.largestContentBytes, entries: request.mostEntries,
            device: folder.device, inode: folder.inode)
        var limits = SandboxLimits().setting(profile.limits)
        limits.logBytes = request.largestArchiveBytes
        limits.logOverflow = .stop
        var sandboxRequest = SandboxRequest(
            arguments: [
                toolchain.python.string, "-I", "-S", ContainedScript.pack.path, Source.mountPoint,
                try JSON.text(options),
            ],
            environment: ["HOME": HostView.home, "LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"],
            limits: limits, profile: profile, allowMissing: request.allowMissing, wantsReport: true)
        let scripts = format.mounts(toolchain) + [ContainedScript.pack.mount]
        func mounts(_ access: BindAccess) -> [MountStep] {
            scripts + [.bind(source: folder.realPath, at: Source.mountPoint, access: access)]
        }
        do throws(BuildFailure) {
            sandboxRequest.mounts = mounts(.identicalAsOwner)
            return try await run(sandboxRequest, into: file, collector)
        } catch {
            guard error.code == .stagingUnavailable else { throw error }
            sandboxRequest.mounts = mounts(.identical)
            return try await run(sandboxRequest, into: file, collector)
        }
    }

    private func run(
        _ request: SandboxRequest, into file: ArchiveFile, _ collector: LogCollector
    ) async throws(BuildFailure) -> SandboxOutcome {
        // A task of its own, so that a disk that is full ends the packing at once.
        let task = Task {
            await Result { () async throws(BuildFailure) in
                do throws(SandboxError) {
                    return try await sandbox.run(request) { stream, bytes in
                        if stream == .stdout { file.take(bytes) } else { collector.take(stream, bytes) }
                    }
                } catch {
                    throw BuildFailure(sandbox: error)
                }
            }
        }
        file.onFault { task.cancel() }
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        return try result.get()
    }
}
