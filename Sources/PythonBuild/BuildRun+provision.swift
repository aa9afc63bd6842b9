import EgressProxy
import FoundationEssentials
import Glibc
import Logging
import Sandbox
import SandboxProtocol
import SystemPackage

extension BuildRun {
    /// The environment that holds just these requirements: from the store, or made now.
    func provision(
        _ requires: [Requirement], _ interpreter: Interpreter
    ) async throws(BuildFailure) -> BuildEnvironment {
        try await journal.phase(.provision) { () throws(BuildFailure) in
            let index = try IndexConfiguration(
                environment: context.environment,
                pip: PipSettings(environment: context.environment, prefix: FilePath(interpreter.prefix)) {
                    context.state.read($0).map { String(decoding: $0, as: UTF8.self) }
                })
            let lock = try await resolve(requires, interpreter, index)
            let digest = hexadecimalDigest([interpreter.digest, lock.text, "layout 1"])
            let stored = context.state.environments.appending(digest)
            var cache = EnvironmentReport.Cache.hit
            if !isDirectory(stored) {
                cache = .miss
                try await context.state.locked(digest) { () throws(BuildFailure) in
                    if !isDirectory(stored) { try await make(lock, interpreter, index, as: stored) }
                }
            }
            journal.set(
                environment: EnvironmentReport(
                    python: interpreter.title, requires: requires.map(\.text), resolved: lock.packages, cache: cache))
            return .provisioned(stored, interpreter)
        }
    }

    private func resolve(
        _ requires: [Requirement], _ interpreter: Interpreter, _ index: IndexConfiguration
    ) async throws(BuildFailure) -> Lock {
        if requires.isEmpty { return Lock(text: "", resolvedAt: 0) }
        let constraints = try readConstraints(index)
        let texts = requires.map(\.text).sorted()
        let key = hexadecimalDigest(texts + ["constraints", constraints, interpreter.digest, index.digest])
        let file = context.state.locks.appending("\(key).json")
        if let bytes = context.state.read(file), let lock: Lock = JSON.value(from: bytes) {
            if request.offline || lock.isFresh(now: Date().timeIntervalSince1970) { return lock }
        }
        var mounts: [MountStep] = [
            .file(at: "/order/requirements.txt", text: texts.map { "\($0)\n" }.joined()),
            .scratch(at: "/out", mode: 0o755),
        ]
        if !constraints.isEmpty { mounts.append(.file(at: "/order/constraints.txt", text: constraints)) }
        let outcome = try await uv(
            "resolve", interpreter, index, constraints: !constraints.isEmpty, mounts: mounts, network: !request.offline,
            output: "/out", failure: "cannot resolve the build requirements \(texts.joined(separator: ", "))")
        let lock = Lock(text: try lockText(outcome), resolvedAt: Date().timeIntervalSince1970)
        try context.state.write(Array(try JSON.text(lock).utf8), to: file)
        return lock
    }

    private func lockText(_ outcome: SandboxOutcome) throws(BuildFailure) -> String {
        guard let output = outcome.output, let bytes = readFile("lock.txt", in: output.descriptor, limit: 4 << 20)
        else {
            throw BuildFailure(.provisioningFailed, "the resolver left no lock")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func readConstraints(_ index: IndexConfiguration) throws(BuildFailure) -> String {
        var texts: [String] = []
        if let text = request.constraintsText { texts.append(try ConstraintLines.checked(text)) }
        for file in (request.constraints.map { [$0] } ?? []) + index.constraints {
            guard let bytes = context.state.read(file) else {
                let origin = file == request.constraints ? "--dependency-constraints-txt" : "pip's option constraint"
                throw BuildFailure(.invalidRequest, "\(origin): \(file) cannot be read")
            }
            texts.append(String(decoding: bytes, as: UTF8.self))
        }
        return texts.joined(separator: "\n")
    }

    /// Downloads with the network, installs without it, compiles without it, and moves the whole
    /// into the store. No interpreter that could see a downloaded package runs while there is a
    /// network.
    private func make(
        _ lock: Lock, _ interpreter: Interpreter, _ index: IndexConfiguration, as stored: FilePath
    ) async throws(BuildFailure) {
        let draft = try context.state.makeDraftEnvironment(try context.state.record())
        defer { context.state.remove(draft) }
        try giveToProvision(draft)
        let order: [MountStep] = [.file(at: "/order/lock.txt", text: lock.text)]
        if !lock.isEmpty {
            _ = try await uv(
                "download", interpreter, index, mounts: order, network: !request.offline,
                failure: "cannot download the build environment")
        }
        _ = try await uv(
            "install", interpreter, index, empty: lock.isEmpty, mounts: order, draft: draft, network: false,
            failure: "cannot install the build environment")
        _ = try await uv(
            "compile", interpreter, index, draft: draft, network: false, cache: false,
            failure: "cannot byte-compile the build environment")
        // It is complete: from here on it is never written again.
        try context.state.store(draft, as: stored)
    }

    private struct Options: Encodable {
        var python: String
        var index: [String]
        var constraints: Bool
        var empty: Bool
    }

    private func uv(
        _ step: String, _ interpreter: Interpreter, _ index: IndexConfiguration, constraints: Bool = false,
        empty: Bool = false, mounts: [MountStep] = [], draft: FilePath? = nil, network: Bool, cache: Bool = true,
        output: String? = nil, failure: String
    ) async throws(BuildFailure) -> SandboxOutcome {
        let options = Options(
            python: interpreter.baseExecutable, index: index.options + (network ? [] : ["--offline"]),
            constraints: constraints, empty: empty)
        var steps =
            mounts + interpreterMounts([interpreter.basePrefix], asOwner: true) + [
                .bind(source: context.toolchain.uv.string, at: "/toolchain/uv", access: .readOnly),
                ContainedScript.provision.mount,
            ]
        var stored: [(folder: FilePath, inside: String)] = draft.map { [($0, BuildEnvironment.mountPoint)] } ?? []
        if cache {
            try context.state.make(context.state.downloads, mode: 0o755)
            try giveToProvision(context.state.downloads)
            steps += index.mounts
            stored.append((context.state.downloads, "/cache"))
        }
        let collector = LogCollector()
        let arguments = [
            context.toolchain.python.string, "-I", "-S", ContainedScript.provision.path, step, try JSON.text(options),
        ]
        let access = network ? IndexAccess(index, logger) : nil
        var causes: [String] = []
        let outcome = try await writing(to: stored) { mounts, role throws(BuildFailure) in
            let proxy = access?.makeProxy()
            let result = await Result { () async throws(BuildFailure) in
                try await contained(
                    arguments, under: profiles.provision, mounts: steps + mounts,
                    environment: (access?.variables ?? [:]).merging(["UV_PYTHON_DOWNLOADS": "never"]) { $1 },
                    egress: proxy, role: role, output: output, log: collector.take)
            }
            if let report = await proxy?.stop() {
                journal.account(report)
                causes = report.causes
            }
            return try result.get()
        }
        let code = try exitCode(outcome, doing: "provisioning the build environment")
        guard code == 0 else {
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
            guard error.code == .stagingUnavailable else { throw error }
            logger.debug("mapped store refused", metadata: ["cause": "\(error.message)"])
            return try await body(mounts(.writable), .storeOwner)
        }
    }

    /// Only provisioning writes there.
    private func giveToProvision(_ folder: FilePath) throws(BuildFailure) {
        guard chown(folder.string, JobRole.storeUser, JobRole.storeGroup) == 0 else {
            throw BuildFailure(
                .internalFault, "cannot give \(folder) to the provisioning user: \(String(cString: strerror(errno)))")
        }
    }
}
