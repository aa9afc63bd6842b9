import HTTPTypes

/// What a client takes: the transport wants it to take both forms; one that takes JSON alone gets that.
struct Acceptance {
    let stream: Bool

    /// - Throws: ``HTTPRefusal`` for a body that is no JSON and for a client that takes none.
    init(_ fields: HTTPFields) throws(HTTPRefusal) {
        let type = fields[.contentType].map { Self.essence(of: $0[...]) }
        guard type == "application/json" else {
            throw HTTPRefusal(
                .unsupportedMediaType, ProtocolFault(.invalidRequest, "the body is application/json"))
        }
        let accepted = Set((fields[.accept] ?? "*/*").split(separator: ",").map { Self.essence(of: $0) })
        guard !accepted.isDisjoint(with: ["application/json", "application/*", "*/*"]) else {
            throw HTTPRefusal(
                .notAcceptable,
                ProtocolFault(.invalidRequest, "the header Accept lists application/json and text/event-stream"))
        }
        stream = !accepted.isDisjoint(with: ["text/event-stream", "text/*", "*/*"])
    }

    /// A media type without its parameters, in small letters.
    private static func essence(of text: Substring) -> String {
        let type = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)[0]
        return type.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }.lowercased()
    }
}
