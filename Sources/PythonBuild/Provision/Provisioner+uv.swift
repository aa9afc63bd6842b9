import EgressProxy
import Logging
import Sandbox
import SandboxProtocol
import SystemPackage

extension Provisioner {
    /// A step of `provision.py`.
    enum Step: String {
        case resolve, download, install, compile

        var hasNetwork: Bool { self == .resolve || self == .download }
        var hasCache: Bool { self != .compile }
    }

    private struct Options: Encodable {
        var python: String
        var index: [String]
        var constraints: Bool
        var empty: Bool
    }

    /// Runs a step with the installer. It may take the `wheels` of the wheelhouse and no others, and writes the
    /// environment `draft`; `failure` is said when it fails, before what it printed.
    func uv(
        _ step: Step, constraints: Bool = false, empty: Bool = false, wheels: [BuiltWheel] = [],
        mounts: [MountStep] = [], draft: FilePath? = nil, output: String? = nil, failure: String
    ) async throws(BuildFailure) -> SandboxOutcome {
        let network = step.hasNetwork && !request.offline
        let options = Options(
            python: interpreter.baseExecutable,
            index: index.options + (wheels.isEmpty ? [] : ["--find-links", Self.wheelFolder])
                + (network ? [] : ["--offline"]),
            constraints: constraints, empty: empty)
        var steps =
            mounts + interpreterMounts([interpreter.basePrefix], asOwner: true) + [
                .bind(source: run.context.toolchain.uv.string, at: "/toolchain/uv", access: .readOnly),
                ContainedScript.provision.mount,
            ]
        steps += wheels.map { wheel in
            .bind(
                source: state.wheelStore.path(wheel.key).appending(wheel.file).string,
                at: "\(Self.wheelFolder)/\(wheel.file)", access: .readOnly)
        }
        var stored: [(folder: FilePath, inside: String)] = draft.map { [($0, BuildEnvironment.mountPoint)] } ?? []
        if step.hasCache {
            try state.make(state.downloads, mode: 0o755)
            try giveToProvision(state.downloads)
            steps += index.mounts
            stored.append((state.downloads, "/cache"))
        }
        return try await contained(
            [ContainedScript.provision.path, step.rawValue, try JSON.text(options)], mounts: steps, stored: stored,
            network: network, output: output, doing: "provisioning the build environment", failure: failure)
    }

    private static let wheelFolder = "/wheelhouse"

    /// Runs a Python program of buildbox's own, which may reach the index where `network` says so.
    func contained(
        _ arguments: [String], mounts steps: [MountStep], stored: [(folder: FilePath, inside: String)] = [],
        network: Bool, output: String?, doing what: String, failure: String
    ) async throws(BuildFailure) -> SandboxOutcome {
        let collector = LogCollector()
        let access = network ? IndexAccess(index, run.logger) : nil
        let profile = try run.profiles.provision()
        var causes: [String] = []
        let outcome = try await writing(to: stored) { mounts, role throws(BuildFailure) in
            let proxy = access?.makeProxy()
            let result = await Result { () async throws(BuildFailure) in
                try await run.contained(
                    [run.context.toolchain.python.string, "-I", "-S"] + arguments, under: profile,
                    mounts: steps + mounts,
                    environment: (access?.variables ?? [:]).merging(["UV_PYTHON_DOWNLOADS": "never"]) { $1 },
                    egress: proxy, role: role, output: output, log: collector.take)
            }
            if let report = await proxy?.stop() {
                run.journal.account(report)
                causes = report.causes
            }
            return try result.get()
        }
        guard try run.exitCode(outcome, doing: what) == 0 else {
            let offline = request.offline ? " (offline: only what earlier builds left can be used)" : ""
            let reasons = ([collector.tail] + causes.prefix(8)).filter { !$0.isEmpty }.joined(separator: "\n")
            throw BuildFailure(.provisioningFailed, "\(failure)\(offline):\n\(reasons)")
        }
        return outcome
    }

    /// Runs a command that writes to stored folders: under an id of its own where the file system's
    /// mounts can map ids, and as their owner, one at a time, where they cannot.
    private func writing(
        to stored: [(folder: FilePath, inside: String)],
        _ body: ([MountStep], JobRole) async throws(BuildFailure) -> SandboxOutcome
    ) async throws(BuildFailure) -> SandboxOutcome {
        func mounts(_ access: BindAccess) -> [MountStep] {
            stored.map { .bind(source: $0.folder.string, at: $0.inside, access: access) }
        }
        do throws(BuildFailure) {
            return try await body(mounts(.writableAsOwner), .job)
        } catch {
            guard error.code == .stagingUnavailable, !stored.isEmpty else { throw error }
            run.logger.debug("mapped store refused", metadata: ["cause": "\(error.message)"])
            return try await body(mounts(.writable), .storeOwner)
        }
    }
}
