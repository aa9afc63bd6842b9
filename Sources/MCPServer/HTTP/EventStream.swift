public import HTTPTypes

/// A stream of server-sent events that carries the messages of one call, as the transport has it.
public struct EventStream: Sendable {
    /// How often a comment tells proxies, and this server, that the connection is alive.
    private static let interval: Duration = .seconds(10)

    private let body: @Sendable (@escaping MCPServer.Notify) async -> Void

    /// - Parameter body: Sends messages, and returns after the last.
    init(_ body: @escaping @Sendable (@escaping MCPServer.Notify) async -> Void) {
        self.body = body
    }

    /// The header fields of its response.
    public static var fields: HTTPFields {
        var fields: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-cache, no-transform"]
        // Proxies are not to hold events back.
        fields[MCPField.buffering] = "no"
        return fields
    }

    /// Writes the events, to the last one. It is to be run in a task that is cancelled when the client closes the
    /// connection; then, and when writing fails, the call is cancelled where its revision says so.
    ///
    /// - Parameter write: Writes bytes to the client; throws when it is gone.
    /// - Throws: What `write` throws.
    public func run(_ write: ([UInt8]) async throws -> Void) async throws {
        // Little goes through here: a message every few seconds, and one that is large at the end.
        let (events, continuation) = AsyncStream<[UInt8]>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [body] in
                await body { continuation.yield(Self.event($0)) }
                continuation.finish()
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: Self.interval)
                    continuation.yield(Array(": alive\n\n".utf8))
                }
            }
            defer { group.cancelAll() }
            for await event in events { try await write(event) }
        }
    }

    private static func event(_ message: JSONValue) -> [UInt8] {
        Array("event: message\ndata: ".utf8) + message.bytes + Array("\n\n".utf8)
    }
}
