/// A revision of the Model Context Protocol that this server speaks, oldest first.
public enum Revision: String, CaseIterable, Comparable, Sendable {
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    /// Stateless: each request says its revision and the client's capabilities.
    case july2026 = "2026-07-28"

    /// What an `initialize` is answered with that asks for a revision without one.
    static let newestWithHandshake = november2025

    public static func < (left: Revision, right: Revision) -> Bool { left.rawValue < right.rawValue }

    /// Whether each request carries its own revision and capabilities.
    var isStateless: Bool { self >= .july2026 }
    var hasBatches: Bool { self == .march2025 }
    /// `structuredContent`, `outputSchema`, links to resources, titles, `_meta` of tools.
    var hasStructuredContent: Bool { self >= .june2025 }
    /// Tasks as part of the protocol; later they are an extension.
    var hasCoreTasks: Bool { self == .november2025 }

    /// The code for a resource that is not there.
    var resourceNotFound: ProtocolFault.Code { isStateless ? .invalidParams : .resourceNotFound }
}
