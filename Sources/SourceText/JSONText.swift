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

extension JSONText {
    /// A JSON text in which every character that steers or hides is written as an escape, `\uXXXX`: the values are the
    /// same (RFC 8259, section 7), and whoever prints the text as it is prints nothing but visible characters.
    public static func escaped(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(where: { $0 >= 0x7f }) else { return text }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.count + 64)
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            if scalar.value >= 0x7f, ForeignText.isHidden(scalar) {
                for unit in scalar.utf16 {
                    let digits = String(unit, radix: 16)
                    escaped += Array("\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8)
                }
            } else {
                escaped += scalar.utf8
            }
        }
        return escaped
    }
}
