import EgressProxy
import Logging
import Sandbox
import SandboxProtocol
import SystemPackage

extension Provisioner {
    /// A step of `provision.py`.
    enum Step: String {
        case resolve, install, compile
    }

    private struct Options: Encodable {
        var python: String
        var index: [String]
        var constraints: Bool
        var empty: Bool
        /// What the step may unpack.
        var bytes: UInt64
    }

    /// Runs a step with the installer. It may take these `wheels` and, when it resolves, those that an index has. All that
    /// it writes is its own scratch space and the environment `draft`: what it downloads or keeps in a cache ends with
    /// it, since it read bytes from outside. `failure` is said when it fails, before what it printed.
    func uv(
        _ step: Step, constraints: Bool = false, empty: Bool = false, wheels: [BuiltWheel] = [],
        mounts: [MountStep] = [], draft: FilePath? = nil, output: String? = nil, failure: String
    ) async throws(BuildFailure) -> SandboxOutcome {
        let network = step == .resolve && !request.offline
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
        var index: [String] = []
        if step == .resolve {
            steps += self.index.mounts
            index = self.index.options
            if request.offline {
                let published = try await publishedMounts()
                steps += published
                index = self.index.offlineOptions + ["--find-links", Self.publishedFolder]
            }
            if !wheels.isEmpty { index += ["--find-links", Self.wheelFolder] }
        }
        let options = Options(
            python: interpreter.baseExecutable, index: index, constraints: constraints, empty: empty,
            bytes: try sharedLimits().diskBytes)
        steps.append(.file(at: "/order/options.json", text: try JSON.text(options)))
        return try await contained(
            [ContainedScript.provision.path, step.rawValue], mounts: steps,
            stored: draft.map { [($0, BuildEnvironment.mountPoint)] } ?? [], network: network, output: output,
            doing: "provisioning the build environment", failure: failure)
    }

    static let wheelFolder = "/wheelhouse"
    static let publishedFolder = "/published"

    /// What a command may use that makes something which other builds use as well: what the operator lets it have, so
    /// that one caller's limits do not decide how long others wait or what they get. Time and disk are this caller's.
    func sharedLimits() throws(BuildFailure) -> SandboxLimits { run.sharedLimits(under: try run.profiles.provision()) }

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
                    egress: proxy, role: role, output: output, limits: try sharedLimits(), log: collector.take)
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
