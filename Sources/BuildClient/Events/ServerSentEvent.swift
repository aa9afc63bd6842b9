/// One event of a stream (WHATWG HTML, section 9.2, "Server-sent events").
struct ServerSentEvent: Equatable, Sendable {
    /// The last id that the stream gave, which an event need not have itself.
    var id: String?
    var name: String
    var data: String
}
