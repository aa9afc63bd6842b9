/// The events of a job from some sequence on, in order, to its end. They are read from the disk when they are
/// asked for: who reads slowly holds nobody up and nothing in memory. One task reads at a time.
public struct JobEvents: AsyncSequence, Sendable {
    public typealias Element = [JobEvent]
    public typealias Failure = any Error

    /// True when the job has ended and there is nothing after the sequence that was asked for.
    public let isOver: Bool

    public struct AsyncIterator: AsyncIteratorProtocol {
        /// The next events that there are: some, at most 128 KiB of log in them. Waits for one; nil after the end.
        ///
        /// - Throws: ``ServiceFault`` when they cannot be read, `CancellationError` when the task is cancelled.
        public mutating func next() async throws -> [JobEvent]? { nil }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }
}
