public import FoundationEssentials
import SourceText

/// JSON as buildbox writes it: sorted keys, whole lines.
enum JSON {
    static func text(_ value: some Encodable) throws(BuildFailure) -> String {
        let encoder = DocumentEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw BuildFailure(.internalFault, "cannot encode \(type(of: value)): \(error)")
        }
    }

    static func value<Value: Decodable>(_: Value.Type = Value.self, from bytes: [UInt8]) -> Value? {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch {
            return nil
        }
    }
}

/// Encodes what buildbox hands out as JSON: as Foundation does, with every character that steers a terminal or hides
/// text written as an escape. Documents hold names and messages that strangers chose, and people print documents.
public final class DocumentEncoder: JSONEncoder, @unchecked Sendable {
    public override init() { super.init() }

    public override func encode<Value: Encodable>(_ value: Value) throws -> Data {
        Data(JSONText.escaped(Array(try super.encode(value))))
    }
}
