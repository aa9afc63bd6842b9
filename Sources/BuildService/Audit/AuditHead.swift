/// The last line of an audit log, as far as it is known.
struct AuditHead: Equatable, Sendable {
    var sequence: UInt64
    var hash: String

    /// Of a log without lines.
    static let empty = AuditHead(sequence: 0, hash: String(repeating: "0", count: 64))
}
