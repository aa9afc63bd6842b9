import FoundationEssentials

/// A Repr-Digest field (RFC 9530): the SHA-256 of the whole representation, whatever part of it is sent.
enum DigestField {
    /// - Parameter hexadecimal: 64 hexadecimal digits.
    /// - Returns: The field's value; nil for what is no such digest.
    static func sha256(_ hexadecimal: String) -> String? {
        var bytes: [UInt8] = []
        var rest = hexadecimal[...]
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16), rest.count >= 2 else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes.count == 32 ? "sha-256=:\(Data(bytes).base64EncodedString()):" : nil
    }
}
