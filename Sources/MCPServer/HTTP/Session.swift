import BuildService
import Synchronization

/// A session of the revisions that have one, from `initialize` to DELETE. It belongs to a grant and grants nothing.
final class Session: Sendable {
    let id: String
    let grant: String
    let revision: Revision
    private let running = Mutex<[RequestID: Task<Void, Never>]>([:])

    init(id: String, grant: String, revision: Revision) {
        self.id = id
        self.grant = grant
        self.revision = revision
    }

    /// Starts a call that goes on without its client: up to revision 2025-11-25 a closed connection cancels nothing.
    ///
    /// - Throws: ``ProtocolFault`` for an id that is in use, and for too many calls at once.
    func start(_ call: Call, _ body: @escaping @Sendable () async -> Void) throws(ProtocolFault) {
        let fault: ProtocolFault? = running.withLock { running in
            guard running[call.id] == nil else {
                return ProtocolFault(
                    .invalidRequest, "a call with this id is still running: give each its own", id: call.id)
            }
            guard running.count < StdioConnection.mostCalls else {
                return ProtocolFault(
                    .busy, "\(StdioConnection.mostCalls) calls are running: wait for one to end", id: call.id)
            }
            running[call.id] = Task { [weak self] in
                await body()
                self?.running.withLock { $0[call.id] = nil }
            }
            return nil
        }
        if let fault { throw fault }
    }

    func cancel(_ id: RequestID) { running.withLock { $0[id] }?.cancel() }

    var isIdle: Bool { running.withLock { $0.isEmpty } }
}
