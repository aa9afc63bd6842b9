import FoundationEssentials

/// A bearer token as it is sent: `bbx_ID_SECRET`.
struct TokenText: CustomStringConvertible, Sendable {
    let id: String
    /// 32 bytes.
    let secret: [UInt8]

    init(id: String, secret: [UInt8]) {
        self.id = id
        self.secret = secret
    }

    init?(_ text: String) {
        // 43 characters of base64url are 32 bytes. The secret may have a `_` in it, the id has none.
        let bytes = Array(text.utf8)
        guard bytes.count == 4 + 16 + 1 + 43, bytes.starts(with: "bbx_".utf8), bytes[20] == UInt8(ascii: "_") else {
            return nil
        }
        let id = bytes[4..<20]
        guard id.allSatisfy(Self.idCharacters.contains),
            bytes[21...].allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") })
        else { return nil }
        let standard = String(decoding: bytes[21...], as: UTF8.self)
            .replacing("-", with: "+").replacing("_", with: "/")
        guard let secret = Data(base64Encoded: standard + "="), secret.count == 32 else { return nil }
        self.id = String(decoding: id, as: UTF8.self)
        self.secret = Array(secret)
        // The last character has bits to spare: with others in them it would be another text of the same token.
        guard description == text else { return nil }
    }

    var description: String {
        let text = Data(secret).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return "bbx_\(id)_\(text)"
    }

    static func newID() -> String {
        // 32 characters: five bits of each random byte choose one evenly.
        String(decoding: (0..<16).map { _ in idCharacters[Int(UInt8.random(in: 0...31))] }, as: UTF8.self)
    }

    private static let idCharacters = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
}
