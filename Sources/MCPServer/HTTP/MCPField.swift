import HTTPTypes

/// The header fields of the streamable HTTP transport.
enum MCPField {
    static let session = name("Mcp-Session-Id")
    static let revision = name("MCP-Protocol-Version")
    static let method = name("Mcp-Method")
    static let name = name("Mcp-Name")
    static let buffering = name("X-Accel-Buffering")

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a token (RFC 9110)") }
        return name
    }
}
