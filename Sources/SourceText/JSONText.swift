/// The text of a JSON document, read strictly (RFC 8259): UTF-8 without a byte order mark, no name
/// twice in an object, nothing behind the value.
public enum JSONText {
    /// - Throws: The first ``SourceFault``: what was expected, and where.
    public static func parse(
        _ bytes: [UInt8], bounds: SourceBounds = SourceBounds()
    ) throws(SourceFault) -> SourceValue {
        guard bytes.count <= bounds.bytes else {
            throw SourceFault(
                "the text has \(bytes.count) bytes; \(bounds.bytes) are allowed", at: SourcePosition(line: 1, column: 1)
            )
        }
        var parser = JSONParser(bytes, deepest: bounds.depth)
        return try parser.document()
    }
}
