import BuildService
import SourceText
import Synchronization

/// What stands in a job's logs before the events that a follower gets: a few bytes, to know whether a character or an
/// escape sequence had begun there.
final class LogWindow: Sendable {
    private let service: BuildService
    private let id: String
    private let principal: Principal
    private let logs = Mutex<[Int: LogReader]>([:])

    init(service: BuildService, id: String, principal: Principal) {
        self.service = service
        self.id = id
        self.principal = principal
    }

    /// Opens the log that an event lies in, where it does not begin it.
    func prepare(for event: JobEvent) async throws {
        guard case .log(_, let offset, _) = event.kind, offset > 0 else { return }
        guard logs.withLock({ $0[event.attempt] == nil }) else { return }
        let log = try await service.log(of: id, attempt: event.attempt, as: principal)
        logs.withLock { $0[event.attempt] = log }
    }

    /// The bytes from an offset; none where the log was not opened.
    func read(attempt: Int, offset: UInt64, count: Int) throws -> [UInt8] {
        try logs.withLock { $0[attempt] }?.read(at: offset, count: count) ?? []
    }
}
