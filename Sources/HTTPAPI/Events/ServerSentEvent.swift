import NIOCore

/// One event of a stream of server-sent events (HTML Living Standard, 9.2).
struct ServerSentEvent: Equatable {
    /// What a client sends as Last-Event-ID when it resumes; nil leaves the one before in force.
    var id: UInt64?
    var name: String
    /// One line.
    var data: String

    var bytes: ByteBuffer {
        var text = ""
        if let id { text += "id: \(id)\n" }
        text += "event: \(name)\ndata: \(data)\n\n"
        return ByteBuffer(string: text)
    }

    /// A comment, which clients pass over: it keeps the connection from looking dead.
    static let heartbeat = ByteBuffer(string: ": still here\n\n")

    /// How long a client waits before it connects again.
    static func retry(milliseconds: Int) -> ByteBuffer { ByteBuffer(string: "retry: \(milliseconds)\n\n") }
}
