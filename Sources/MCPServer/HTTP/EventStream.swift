import HTTPTypes

/// A stream of server-sent events that carries messages, as the transport has it.
enum EventStream {
    static var fields: HTTPFields {
        var fields: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-cache, no-transform"]
        // Proxies are not to hold events back.
        fields[MCPField.buffering] = "no"
        return fields
    }

    /// How often a comment tells proxies, and this server, that the connection is alive.
    private static let interval: Duration = .seconds(10)

    /// Writes what `body` sends. When the client is gone, or the task is cancelled, so is `body`.
    static func run(
        _ write: HTTPAnswer.Write, _ body: @escaping @Sendable (@escaping MCPServer.Notify) async -> Void
    ) async throws {
        // Little goes through here: a message every few seconds, and one that is large at the end.
        let (events, continuation) = AsyncStream<[UInt8]>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await body { continuation.yield(event($0)) }
                continuation.finish()
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: interval)
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
