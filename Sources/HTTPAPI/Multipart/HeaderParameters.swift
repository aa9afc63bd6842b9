/// A field value with parameters, such as `form-data; name="source"` (RFC 9110, 5.6.6).
struct HeaderParameters: Equatable {
    /// In lower case.
    let value: String
    private let parameters: [String: String]

    /// A parameter, its name in lower case.
    subscript(_ name: String) -> String? { parameters[name] }

    /// Nil where the text does not follow the grammar or has a parameter twice.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        Self.skipSpace(&rest)
        let head = rest.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
        rest = rest[head.endIndex...]
        guard !head.isEmpty, head.allSatisfy({ Self.isToken($0) || $0 == UInt8(ascii: "/") }) else { return nil }
        value = String(decoding: head, as: UTF8.self).lowercased()
        var parameters: [String: String] = [:]
        Self.skipSpace(&rest)
        while rest.popFirst() == UInt8(ascii: ";") {
            Self.skipSpace(&rest)
            // A semicolon at the end, as some clients write it.
            if rest.isEmpty { break }
            let name = rest.prefix(while: Self.isToken)
            rest = rest[name.endIndex...]
            guard !name.isEmpty, rest.popFirst() == UInt8(ascii: "="), let text = Self.text(&rest) else { return nil }
            let key = String(decoding: name, as: UTF8.self).lowercased()
            guard parameters.updateValue(text, forKey: key) == nil else { return nil }
            Self.skipSpace(&rest)
        }
        guard rest.isEmpty else { return nil }
        self.parameters = parameters
    }

    /// A character of a token (RFC 9110, 5.6.2).
    static func isToken(_ byte: UInt8) -> Bool {
        switch Unicode.Scalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9": true
        case "!", "#", "$", "%", "&", "'", "*", "+", "-", ".", "^", "_", "`", "|", "~": true
        default: false
        }
    }

    private static func skipSpace(_ rest: inout ArraySlice<UInt8>) {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
    }

    /// A token, or a quoted string in which a backslash stands before quotes and backslashes only: browsers write
    /// Windows paths without escaping.
    private static func text(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.first == UInt8(ascii: "\"") else {
            let token = rest.prefix(while: isToken)
            rest = rest[token.endIndex...]
            return token.isEmpty ? nil : String(decoding: token, as: UTF8.self)
        }
        rest = rest.dropFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(validating: bytes, as: UTF8.self)
            case UInt8(ascii: "\\") where rest.first == UInt8(ascii: "\"") || rest.first == UInt8(ascii: "\\"):
                bytes.append(rest.removeFirst())
            default: bytes.append(byte)
            }
        }
        return nil
    }
}
