public import HTTPTypes

/// What the MCP endpoint answers.
public enum HTTPAnswer: Sendable {
    /// Writes bytes to the client; throws when it is gone.
    public typealias Write = @Sendable ([UInt8]) async throws -> Void

    case whole(HTTPResponse.Status, HTTPFields, [UInt8])
    /// A stream of server-sent events with status 200. The closure writes them and returns at their end; it is to be
    /// run in a task that is cancelled when the client closes the connection.
    case stream(HTTPFields, @Sendable (Write) async throws -> Void)
}
