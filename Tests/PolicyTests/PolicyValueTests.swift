import Foundation
import Testing

@testable import Policy

@Suite struct PolicyValueTests {
    @Test(arguments: [
        "null", "true", "0", "-7", "9223372036854775808", "18446744073709551615", "1.5", "\"x\"", "[1,\"a\",null]",
        "{\"a\":{\"b\":[true,2.5]}}",
    ])
    func decodingMeansWhatReadingMeans(text: String) throws {
        let decoded = try JSONDecoder().decode(PolicyValue.self, from: Data(text.utf8))
        let read = try PolicyValue(json: text)
        #expect(decoded.equals(read))
        #expect(decoded.kind == read.kind)
    }

    @Test func halfJSONIsRefused() {
        #expect(throws: (any Error).self) { try PolicyValue(json: "{\"a\":") }
    }
}
