public import HTTPTypes

/// What the MCP endpoint answers.
public enum HTTPAnswer: Sendable {
    case whole(HTTPResponse.Status, HTTPFields, [UInt8])
    /// Status 200, with ``EventStream/fields``.
    case stream(EventStream)
}
