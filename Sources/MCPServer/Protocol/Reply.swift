/// The result of a call, before it is put into the form of a revision.
public struct Reply: Equatable, Sendable {
    /// How long a client may keep it (revision 2026-07-28). No one else may: what is listed belongs to a grant.
    enum Keeping: Equatable, Sendable {
        case milliseconds(Int64)
        /// Not a result that is kept.
        case none
    }

    private let fields: [String: JSONValue]
    private let keeping: Keeping
    private let type: String

    init(_ fields: [String: JSONValue], keeping: Keeping = .none, type: String = "complete") {
        self.fields = fields
        self.keeping = keeping
        self.type = type
    }

    /// The member `result` of the response.
    func result(in revision: Revision, server: JSONValue) -> JSONValue {
        guard revision.isStateless else { return .object(fields) }
        var fields = fields
        var meta = fields["_meta"]?.object ?? [:]
        meta[MetaKey.server] = server
        fields["_meta"] = .object(meta)
        fields["resultType"] = .string(type)
        if case .milliseconds(let time) = keeping {
            fields["ttlMs"] = .integer(time)
            fields["cacheScope"] = "private"
        }
        return .object(fields)
    }
}

extension Reply {
    /// The result that says nothing but that all went well.
    public static let empty = Reply([:])
}
