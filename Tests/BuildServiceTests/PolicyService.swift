import BuildAPI
import Foundation
import Logging
import SystemPackage
import TestSupport

@testable import BuildService

/// A service that keeps a policy, with a scripted builder; it is to be stopped before it goes.
final class PolicyService: Sendable {
    let service: BuildService
    let builder: ScriptedBuilder
    let clock: ManualClock
    let file: FilePath
    private let task: Task<Void, any Error>

    static let alice = Principal(grant: "alice", subject: "a", scopes: [.build, .read])
    static let bob = Principal(grant: "bob", subject: "b", scopes: [.build, .read])
    static let ops = Principal(grant: "ops", subject: "o", scopes: [.read, .approve])
    static let admin = Principal(grant: "operator", subject: "root", scopes: [.admin])

    /// A service with a policy, as text; nil: the file that the home has from an earlier service.
    init(
        _ home: FilePath, _ policy: String?, clock: ManualClock = ManualClock(),
        _ change: (inout ServiceSettings) -> Void = { _ in }
    ) async throws {
        var settings = ServiceSettings(home: home)
        settings.running = 2
        settings.reserve = 0
        change(&settings)
        file = home.appending("policy.json")
        if let policy { try Data(policy.utf8).write(to: URL(filePath: file.string)) }
        builder = ScriptedBuilder()
        self.clock = clock
        let source = try PolicySource(file, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let service = try BuildService(settings: settings, builder: builder, clock: clock, policy: source)
        self.service = service
        task = Task { try await service.run() }
        while service.readiness == .starting { await Task.yield() }
    }

    /// Stops at once.
    func stop() async {
        task.cancel()
        // What it threw when it was cancelled does not matter.
        _ = await task.result
    }

    /// Uploads bytes and asks for a build of them.
    func submit(
        as principal: Principal = alice, _ change: (inout BuildDocument) -> Void = { _ in }
    ) async throws(ServiceFault) -> JobDocument {
        let upload = try service.beginUpload(as: principal)
        do {
            try Array("source".utf8).withUnsafeBytes { try upload.write($0) }
        } catch {
            throw ServiceFault(.internalFault, "\(error)")
        }
        let blob = try await upload.finish()
        var document = BuildDocument(source: SourceDocument(blob: blob.digest, name: "hello.tar.gz"))
        change(&document)
        return try await service.submit(Submission(document: document), as: principal).job
    }

    /// Submits, and gives the fault that it is refused with.
    func refusal(
        as principal: Principal = alice, _ change: (inout BuildDocument) -> Void = { _ in }
    ) async -> ServiceFault? {
        do throws(ServiceFault) {
            _ = try await submit(as: principal, change)
            return nil
        } catch {
            return error
        }
    }

    /// The audit log's lines with this event.
    func audited(_ event: String) throws -> [[String: Any]] {
        let text = try String(contentsOfFile: service.files.audit.string, encoding: .utf8)
        return try text.split(separator: "\n").compactMap { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        }.filter { $0["event"] as? String == event }
    }

    static let tenAMinute = """
        {"version":"1","default":"deny","tools":{"python_build":{"limits":\
        [{"counter":"python_build_rate","window":"minute","max":10,"scope":"grant"}]}}}
        """

    static let approved = """
        {"version":"1","default":"deny","tools":{"python_build":{"action":"require_approval","reason":"look first",\
        "approval":{"timeout":60,"approvers":["ops"]},\
        "limits":[{"counter":"rate","window":"minute","max":1,"scope":"grant"}]}}}
        """
}

/// Runs `body` with a service in a home of its own, and stops it.
func withPolicy(
    _ policy: String, clock: ManualClock = ManualClock(), _ change: (inout ServiceSettings) -> Void = { _ in },
    _ body: (PolicyService) async throws -> Void
) async throws {
    let home = try TemporaryFolder()
    let running = try await PolicyService(home.path, policy, clock: clock, change)
    do {
        try await body(running)
    } catch {
        await running.stop()
        throw error
    }
    await running.stop()
    withExtendedLifetime(home) {}
}
