import Foundation
import PythonBuild

/// A value as JSON text for people and programs: keys sorted, ending in a newline.
func documentText(_ value: some Encodable) throws -> String {
    let encoder = DocumentEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.dateEncodingStrategy = .iso8601
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
}
