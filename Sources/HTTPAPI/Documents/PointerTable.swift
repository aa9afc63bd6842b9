import SourceText

/// The JSON Pointers (RFC 6901) of a document's values and member names by where they stand in its text.
struct PointerTable {
    private var pointers: [SourcePosition: String] = [:]

    init(_ root: SourceValue) {
        var rest = [root]
        while let value = rest.popLast() {
            pointers[value.position] = value.path.pointer
            switch value.content {
            case .array(let elements): rest += elements
            case .object(let members):
                for member in members {
                    pointers[member.position] = member.value.path.pointer
                    rest.append(member.value)
                }
            default: break
            }
        }
    }

    /// The document's own where nothing stands there.
    subscript(_ position: SourcePosition) -> String { pointers[position] ?? "" }
}
