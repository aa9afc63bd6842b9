import FoundationEssentials

/// JSON as buildbox writes it: sorted keys, whole lines.
enum JSON {
    static func text(_ value: some Encodable) throws(BuildFailure) -> String {
        let encoder = JSONEncoder()
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
