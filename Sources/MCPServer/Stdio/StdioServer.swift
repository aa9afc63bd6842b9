public import BuildService
import Synchronization

/// Serves one client on two byte streams, as the stdio transport of every revision has it.
public final class StdioServer: Sendable {
    private struct State {
        var connection: StdioConnection
        var tasks: [Int: Task<Void, Never>] = [:]
        /// The calls that can still be cancelled.
        var numbers: [RequestID: Int] = [:]
        var next = 0
    }

    private let server: MCPServer
    private let principal: Principal
    private let writer: LineWriter
    private let state: Mutex<State>

    public init(server: MCPServer, principal: Principal, writer: LineWriter) {
        self.server = server
        self.principal = principal
        self.writer = writer
        state = Mutex(State(connection: StdioConnection(handshake: server.handshake)))
    }

    /// Serves until the input ends or the task is cancelled. When this returns no build that a call waited for runs any
    /// more, and every call is answered that still was to be.
    public func run(_ input: InputReader) async {
        while !Task.isCancelled, let bytes = await input.next() {
            await carryOut(state.withLock { $0.connection.receive(bytes[...]) })
        }
        await carryOut(state.withLock { $0.connection.finish() })
        while let task = state.withLock({ $0.tasks.values.first }) { await task.value }
    }

    private func carryOut(_ actions: [StdioConnection.Action]) async {
        for action in actions {
            switch action {
            case .write(let line): await write(line)
            case .start(let call): start(call)
            case .cancel(let id):
                let task = state.withLock { state in
                    state.numbers.removeValue(forKey: id).flatMap { state.tasks[$0] }
                }
                task?.cancel()
            }
        }
    }

    private func write(_ line: [UInt8]) async {
        guard await !writer.write(line) else { return }
        // Nobody reads: as if the input had ended.
        let tasks = state.withLock { state in
            _ = state.connection.finish()
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
    }

    private func start(_ call: Call) {
        state.withLock { state in
            let number = state.next
            state.next += 1
            state.numbers[call.id] = number
            // It cannot end before it is in the table: it needs the lock for that.
            state.tasks[number] = Task { await self.perform(call, number) }
        }
    }

    private func perform(_ call: Call, _ number: Int) async {
        let outcome = await server.perform(call, as: principal) { [self] message in
            let line = state.withLock { $0.connection.notification(for: call.id, message) }
            if let line { await write(line) }
        }
        let line = state.withLock { state in
            if state.numbers[call.id] == number { state.numbers[call.id] = nil }
            return state.connection.answer(call, outcome)
        }
        if let line { await write(line) }
        state.withLock { $0.tasks[number] = nil }
    }
}
