import BuildService
import ServiceLifecycle

/// Brings a job's events and signs of life to one writer, one thing at a time: the next events are read from the disk
/// only when the ones before are written. It ends with the events, or when the service stops.
final class EventFeed: Sendable {
    enum Item: Sendable {
        case events([JobEvent])
        case heartbeat
    }

    private let items: AsyncThrowingStream<Item, any Error>
    private let written: AsyncStream<Void>.Continuation
    private let reader: Task<Void, Never>
    private let clock: Task<Void, Never>

    /// Begins to read.
    ///
    /// - Parameters:
    ///   - events: What is brought.
    ///   - heartbeat: Between two signs of life; they come beside the events, whatever else comes.
    init(_ events: JobEvents, heartbeat: Duration) {
        let (items, source) = AsyncThrowingStream<Item, any Error>.makeStream()
        let (acknowledgements, written) = AsyncStream<Void>.makeStream()
        self.items = items
        self.written = written
        reader = Task {
            do {
                try await cancelWhenGracefulShutdown {
                    var acknowledged = acknowledgements.makeAsyncIterator()
                    for try await batch in events {
                        source.yield(.events(batch))
                        guard await acknowledged.next() != nil else { return }
                    }
                }
                source.finish()
            } catch {
                source.finish(throwing: error)
            }
        }
        clock = Task {
            do {
                while true {
                    try await Task.sleep(for: heartbeat)
                    source.yield(.heartbeat)
                }
            } catch {
                // Cancelled: the feed is over.
            }
        }
    }

    /// One writer has it.
    func makeIterator() -> Iterator { Iterator(items: items.makeAsyncIterator(), written: written) }

    /// Ends both tasks; nothing of the feed is left.
    func stop() {
        written.finish()
        reader.cancel()
        clock.cancel()
    }

    struct Iterator {
        fileprivate var items: AsyncThrowingStream<Item, any Error>.AsyncIterator
        fileprivate let written: AsyncStream<Void>.Continuation
        private var isOwed = false

        fileprivate init(
            items: AsyncThrowingStream<Item, any Error>.AsyncIterator, written: AsyncStream<Void>.Continuation
        ) {
            self.items = items
            self.written = written
        }

        /// The next item; the one before is done with.
        mutating func next() async throws -> Item? {
            if isOwed { written.yield() }
            let item = try await items.next(isolation: #isolation)
            isOwed = if case .events = item { true } else { false }
            return item
        }
    }
}
