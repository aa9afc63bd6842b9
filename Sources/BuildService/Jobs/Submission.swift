public import BuildAPI

/// A build that somebody asks for. Its source is named by `document.source`: a blob that the grant
/// uploaded, or a folder of this host.
public struct Submission: Sendable {
    public var document: BuildDocument
    /// The caller's hold on its Idempotency-Key, from ``BuildService/claim(_:as:)``.
    public var claim: IdempotencyClaim?

    public init(document: BuildDocument, claim: IdempotencyClaim? = nil) {
        self.document = document
        self.claim = claim
    }
}
