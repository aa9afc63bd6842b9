import BuildAPI
@testable import BuildService
import Foundation
@_spi(TestKit) import ServiceLifecycle
import SystemPackage
import TestSupport

/// A service that runs, with a scripted builder; it is to be stopped before it goes.
final class RunningService: Sendable {
    let service: BuildService
    let builder: ScriptedBuilder
    let clock: ManualClock
    private let manager = GracefulShutdownManager()
    private let task: Task<Void, any Error>

    static let alice = Principal(grant: "alice", subject: "test", scopes: [.build, .read])
    static let bob = Principal(grant: "bob", subject: "test", scopes: [.build, .read])
    static let admin = Principal(grant: "operator", subject: "test", scopes: [.admin])

    init(
        _ home: FilePath, builder: ScriptedBuilder = ScriptedBuilder(), clock: ManualClock = ManualClock(),
        packer: (any FolderPacker)? = nil,
        blobs: (any BlobStore) -> any BlobStore = { $0 }, store: (any JobStore) -> any JobStore = { $0 },
        _ change: (inout ServiceSettings) -> Void = { _ in }
    ) async throws {
        var settings = ServiceSettings(home: home)
        settings.running = 2
        settings.reserve = 0
        change(&settings)
        let service = try BuildService(
            settings: settings, builder: builder, packer: packer, clock: clock, blobs: blobs, store: store)
        self.service = service
        self.builder = builder
        self.clock = clock
        task = Task { [manager] in
            try await TaskLocals.$gracefulShutdownManager.withValue(manager) { try await service.run() }
        }
        while service.readiness == .starting { await Task.yield() }
    }

    /// Stops taking jobs and waits for the running ones.
    func drain() async throws {
        manager.shutdownGracefully()
        try await task.value
    }

    func beginDrain() { manager.shutdownGracefully() }

    func waitForStop() async throws { try await task.value }

    /// Stops at once.
    func stop() async throws {
        task.cancel()
        // What it threw when it was cancelled does not matter.
        _ = await task.result
    }

    /// Uploads bytes and asks for a build of them.
    func submit(
        _ content: String = "source", as principal: Principal = alice, key: String? = nil,
        _ change: (inout BuildDocument) -> Void = { _ in }
    ) async throws -> Admission {
        let blob = try await upload(content, as: principal)
        var document = BuildDocument(source: SourceDocument(blob: blob.digest, name: "hello.tar.gz"))
        change(&document)
        let claim = try key.map { try service.claim($0, as: principal) }
        return try await service.submit(Submission(document: document, claim: claim), as: principal)
    }

    func upload(_ content: String, as principal: Principal = alice) async throws -> BlobDocument {
        let upload = try service.beginUpload(as: principal)
        try Array(content.utf8).withUnsafeBytes { try upload.write($0) }
        return try await upload.finish()
    }

    /// The job once it has ended.
    func end(of id: String) async throws -> JobDocument {
        let log = try await service.follow(id, as: Self.admin)
        while true {
            let generation = log.changed.generation
            if log.view.end != nil { return try await service.job(id, as: Self.admin) }
            await log.changed.wait(past: generation)
        }
    }

    /// All events of a job that ends.
    func events(of id: String, after sequence: UInt64 = 0) async throws -> [JobEvent] {
        var all: [JobEvent] = []
        for try await events in try await service.events(of: id, after: sequence, as: Self.admin) { all += events }
        return all
    }
}

/// Runs `body` with a service in a home of its own, and stops it.
func withService(
    builder: ScriptedBuilder = ScriptedBuilder(), clock: ManualClock = ManualClock(),
    packer: (any FolderPacker)? = nil, _ change: (inout ServiceSettings) -> Void = { _ in },
    _ body: (RunningService) async throws -> Void
) async throws {
    let home = try TemporaryFolder()
    let running = try await RunningService(home.path, builder: builder, clock: clock, packer: packer, change)
    do {
        try await body(running)
    } catch {
        try await running.stop()
        throw error
    }
    try await running.stop()
    withExtendedLifetime(home) {}
}
