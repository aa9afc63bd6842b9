public import BuildAPI

/// A job that is in the store, synced to the disk.
public struct Admission: Sendable {
    public let job: JobDocument
    /// True when an earlier request with the same Idempotency-Key made it.
    public let isReplay: Bool
}
