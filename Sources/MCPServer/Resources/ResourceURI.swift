/// `buildbox://builds/ID/log`, `.../result` and `.../artifacts/NAME`: what a build leaves, as MCP names it.
enum ResourceURI: Equatable {
    case log(build: String)
    case result(build: String)
    case artifact(build: String, name: String)

    static let templates = [
        "buildbox://builds/{build_id}/log", "buildbox://builds/{build_id}/result",
        "buildbox://builds/{build_id}/artifacts/{name}",
    ]

    /// Nil for what is no URI of this server.
    init?(_ text: String) {
        let prefix = "buildbox://builds/"
        guard text.utf8.count <= 1024, text.hasPrefix(prefix) else { return nil }
        let parts = text.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false).map(
            String.init)
        guard let build = parts.first, Self.isBuild(build) else { return nil }
        switch (parts.count, parts.dropFirst().first) {
        case (2, "log"): self = .log(build: build)
        case (2, "result"): self = .result(build: build)
        case (3, "artifacts"):
            guard let name = Self.decoded(parts[2]) else { return nil }
            self = .artifact(build: build, name: name)
        default: return nil
        }
    }

    /// The build that left it.
    var build: String {
        switch self {
        case .log(let build), .result(let build), .artifact(let build, name: _): build
        }
    }

    var text: String {
        switch self {
        case .log(let build): "buildbox://builds/\(build)/log"
        case .result(let build): "buildbox://builds/\(build)/result"
        case .artifact(let build, let name): "buildbox://builds/\(build)/artifacts/\(Self.encoded(name))"
        }
    }

    /// Whether a text can be a build's id: a ULID.
    static func isBuild(_ text: String) -> Bool {
        text.utf8.count == 26
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || ((65...90).contains(byte) && !"ILOU".utf8.contains(byte))
            }
    }

    /// Characters that stand for themselves in a segment (RFC 3986, unreserved), and `+` and `!`, which versions have.
    private static func encoded(_ name: String) -> String {
        name.utf8.reduce(into: "") { text, byte in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-._~+!".utf8.contains(byte)
            if isPlain {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
    }

    private static func decoded(_ segment: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(segment.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else {
                return nil
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        return bytes.isEmpty ? nil : String(validating: bytes, as: UTF8.self)
    }
}
