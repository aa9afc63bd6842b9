/// The events of a job from some sequence on, in order, to its end. They are read from the disk when they are
/// asked for: who reads slowly holds nobody up and nothing in memory. One task reads at a time.
public struct JobEvents: AsyncSequence, Sendable {
    public typealias Element = [JobEvent]
    public typealias Failure = any Error

    private let log: JobLog
    private let after: UInt64

    init(_ log: JobLog, after sequence: UInt64) {
        self.log = log
        let view = log.view
        // A sequence that was never reached (only a power cut takes events back) means: what comes now.
        after = Swift.min(sequence, view.end == nil ? view.last : view.last + 1)
    }

    /// True when the job has ended and there is nothing after the sequence that was asked for.
    public var isOver: Bool {
        let view = log.view
        return view.end != nil && after > view.last
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let log: JobLog
        private var next: UInt64
        private var isOver = false

        fileprivate init(_ log: JobLog, after sequence: UInt64) {
            self.log = log
            next = sequence + 1
        }

        /// The next events that there are: some, at most 128 KiB of log in them. Waits for one; nil after the end.
        ///
        /// - Throws: ``ServiceFault`` when they cannot be read, `CancellationError` when the task is cancelled.
        public mutating func next() async throws -> [JobEvent]? {
            while !isOver {
                let generation = log.changed.generation
                if let events = try ready() { return events }
                guard !isOver else { return nil }
                await log.changed.wait(past: generation)
                try Task.checkCancellation()
            }
            return nil
        }

        /// What is there without waiting. On its own, and not inlined: within an asynchronous function that throws, the
        /// optimizer of Swift 6.3.1 crashes over it (splitting the coroutine).
        @inline(never)
        private mutating func ready() throws -> [JobEvent]? {
            let view = log.view
            if next <= view.last {
                let events = try log.read(next, through: view.last, mostBytes: 64 << 10)
                next += UInt64(events.count)
                return events
            }
            guard let end = view.end else { return nil }
            isOver = true
            guard next == view.last + 1 else { return nil }
            return [
                JobEvent(
                    sequence: next, attempt: end.attempt, time: end.time,
                    kind: .end(end.state, exitCode: end.exitCode))
            ]
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(log, after: after) }
}
