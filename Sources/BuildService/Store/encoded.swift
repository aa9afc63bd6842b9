import BuildAPI
import FoundationEssentials

/// A document as text, spelled as clients see it. For values without floating-point numbers that JSON has no word for.
func encoded(_ value: some Encodable) -> String {
    do {
        return String(decoding: try DocumentCoding.encoder().encode(value), as: UTF8.self)
    } catch {
        // Only NaN and infinities cannot be encoded: no document that was decoded from JSON has any.
        preconditionFailure("\(type(of: value)) has no JSON: \(error)")
    }
}

func decoded<Value: Decodable>(_: Value.Type = Value.self, from text: String) throws -> Value {
    try DocumentCoding.decoder().decode(Value.self, from: Data(text.utf8))
}
