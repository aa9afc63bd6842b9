/// A strong entity tag (RFC 9110, 8.8.3).
struct EntityTag: Equatable, CustomStringConvertible {
    /// What stands between the quotes: no quotes, no control characters.
    let opaque: String

    var description: String { "\"\(opaque)\"" }

    /// If-None-Match: weak comparison; true means 304.
    func isAmong(_ field: String?) -> Bool {
        guard let field else { return false }
        if field.split(separator: ",").contains(where: { $0.filter { $0 != " " } == "*" }) { return true }
        return Self.tags(field).contains { $0.opaque == opaque }
    }

    /// If-Range: strong comparison (13.1.5). A field that is a date never matches: no date is sent.
    func allowsRange(_ field: String?) -> Bool {
        guard let field else { return true }
        let tags = Self.tags(field)
        return tags.count == 1 && !tags[0].isWeak && tags[0].opaque == opaque
    }

    /// The tags of a list, however they are spaced. Text between them is passed over.
    private static func tags(_ field: String) -> [(opaque: String, isWeak: Bool)] {
        var found: [(String, Bool)] = []
        var rest = field[...]
        while let open = rest.firstIndex(of: "\"") {
            let inside = rest[rest.index(after: open)...]
            guard let close = inside.firstIndex(of: "\"") else { break }
            found.append((String(inside[..<close]), rest[..<open].hasSuffix("W/")))
            rest = inside[inside.index(after: close)...]
        }
        return found
    }
}
