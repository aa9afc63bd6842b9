import NIOCore
import Synchronization

/// Every channel and every task of a proxy that serves, so that its end leaves none behind.
final class OpenChannels: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var tasks: [Int: Task<Void, Never>] = [:]
        var nextTask = 0
        var ended = false
    }

    let eventLoop: any EventLoop
    private let state = Mutex(State())

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Keeps a channel until it is closed. Fails, so that it is closed at once, when the end has come.
    func add(_ channel: any Channel) -> EventLoopFuture<Void> {
        let key = ObjectIdentifier(channel)
        let ended = state.withLock {
            if !$0.ended { $0.channels[key] = channel }
            return $0.ended
        }
        guard !ended else { return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
        channel.closeFuture.whenComplete { _ in self.state.withLock { $0.channels[key] = nil } }
        return channel.eventLoop.makeSucceededVoidFuture()
    }

    /// Runs `body` in a task that is cancelled and awaited at the end.
    func perform<Value: Sendable>(
        _ body: @escaping @Sendable () async throws(EgressError) -> Value
    ) -> EventLoopFuture<Value> {
        let promise = eventLoop.makePromise(of: Value.self)
        state.withLock { state in
            guard !state.ended else {
                promise.fail(EgressError(.unreachable, "the proxy has ended"))
                return
            }
            let number = state.nextTask
            state.nextTask += 1
            state.tasks[number] = Task {
                let result = await Result { () async throws(EgressError) in try await body() }
                promise.completeWith(result.mapError { $0 as any Error })
                self.state.withLock { $0.tasks[number] = nil }
            }
        }
        return promise.futureResult
    }

    /// Closes every channel, cancels every task and returns when all of them are gone.
    func end() async {
        let (channels, tasks) = state.withLock { state in
            state.ended = true
            return (Array(state.channels.values), Array(state.tasks.values))
        }
        for task in tasks { task.cancel() }
        for channel in channels { channel.close(promise: nil) }
        for channel in channels { _ = await Result { () async throws in try await channel.closeFuture.get() } }
        for task in tasks { await task.value }
    }
}
