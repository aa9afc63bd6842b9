import Crypto
import FoundationEssentials

/// Whether a text is a SHA-256 as buildbox writes it: 64 hexadecimal digits in lower case.
func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
}

extension Sequence<UInt8> {
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Hexadecimal SHA-256.
func sha256(_ bytes: some DataProtocol) -> String { SHA256.hash(data: bytes).hexadecimal }
