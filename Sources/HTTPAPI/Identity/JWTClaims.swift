import JWTKit

/// The claims of a token (RFC 7519), of which strings, lists of strings and numbers are kept. Checking them is for
/// ``JWTVerifier``, which knows what they are to be.
struct JWTClaims: JWTPayload {
    enum Value: Equatable, Sendable {
        case text(String)
        case list([String])
        case number(Double)
    }

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    var values: [String: Value]

    init(_ values: [String: Value]) {
        self.values = values
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        values = [:]
        for name in container.allKeys {
            if let text = try? container.decode(String.self, forKey: name) {
                values[name.stringValue] = .text(text)
            } else if let list = try? container.decode([String].self, forKey: name) {
                values[name.stringValue] = .list(list)
            } else if let number = try? container.decode(Double.self, forKey: name) {
                values[name.stringValue] = .number(number)
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for (name, value) in values {
            switch value {
            case .text(let text): try container.encode(text, forKey: Name(stringValue: name))
            case .list(let list): try container.encode(list, forKey: Name(stringValue: name))
            case .number(let number): try container.encode(number, forKey: Name(stringValue: name))
            }
        }
    }

    func verify(using algorithm: some JWTAlgorithm) async throws {}

    func text(_ name: String) -> String? {
        if case .text(let text) = values[name] { text } else { nil }
    }

    func number(_ name: String) -> Double? {
        if case .number(let number) = values[name], number.isFinite { number } else { nil }
    }

    /// A list, or what a string with spaces lists (RFC 8693, 4.2).
    func words(_ name: String) -> [String] {
        switch values[name] {
        case .text(let text): text.split(separator: " ").map(String.init)
        case .list(let list): list
        default: []
        }
    }
}
