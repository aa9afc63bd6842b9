public import BuildAPI
public import Policy

/// A build that somebody asks for. Its source is named by `document.source`: a blob that the grant
/// uploaded, or a folder of this host.
public struct Submission: Sendable {
    public var document: BuildDocument
    /// The caller's hold on its Idempotency-Key, from ``BuildService/claim(_:as:)``.
    public var claim: IdempotencyClaim?

    /// The arguments of the tool that was called, for the policy; nil where it was none. Those that the document
    /// has too count as the document has them.
    public var arguments: PolicyValue?

    public init(document: BuildDocument, claim: IdempotencyClaim? = nil, arguments: PolicyValue? = nil) {
        self.document = document
        self.claim = claim
        self.arguments = arguments
    }
}
