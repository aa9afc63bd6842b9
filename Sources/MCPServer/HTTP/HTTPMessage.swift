public import HTTPTypes

/// A request to the MCP endpoint, its body read. Its caller is known, and that no web page of another origin sent it.
public struct HTTPMessage: Sendable {
    public let method: HTTPRequest.Method
    public let fields: HTTPFields
    /// At most ``Incoming/largest`` bytes; nil: it had more.
    public let body: [UInt8]?

    public init(method: HTTPRequest.Method, fields: HTTPFields, body: [UInt8]?) {
        self.method = method
        self.fields = fields
        self.body = body
    }
}
