import FoundationEssentials
import HTTPTypes

/// Compares what the headers of a request of revision 2026-07-28 say with its body ("Server Validation"): what a proxy
/// decided by the ones is to hold for the other.
enum HeaderCheck {
    /// - Parameters:
    ///   - fields: The headers.
    ///   - method: The body's.
    ///   - params: The body's.
    /// - Throws: ``ProtocolFault`` with the code `headerMismatch`.
    static func check(
        _ fields: HTTPFields, method: String, params: [String: JSONValue]
    ) throws(ProtocolFault) {
        let revision = params["_meta"]?.object?[MetaKey.revision]?.string
        try compare(try single(MCPField.revision, fields), revision, "MCP-Protocol-Version")
        try compare(try single(MCPField.method, fields), method, "Mcp-Method")
        let named = try single(MCPField.name, fields)
        switch method {
        case "tools/call", "prompts/get":
            if let name = params["name"]?.string { try compare(try decoded(named), name, "Mcp-Name") }
        case "resources/read":
            if let uri = params["uri"]?.string { try compare(try decoded(named), uri, "Mcp-Name") }
        case "tasks/get", "tasks/update", "tasks/cancel":
            // The extension wants it of clients; not all have it yet.
            if named != nil, let task = params["taskId"]?.string { try compare(try decoded(named), task, "Mcp-Name") }
        default: break
        }
    }

    private static func single(_ name: HTTPField.Name, _ fields: HTTPFields) throws(ProtocolFault) -> String? {
        let values = fields[values: name]
        guard values.count <= 1 else {
            throw ProtocolFault(.headerMismatch, "the header \(name.canonicalName) came \(values.count) times")
        }
        return values.first
    }

    private static func compare(
        _ header: String?, _ body: String?, _ name: String
    ) throws(ProtocolFault) {
        guard let header else { throw ProtocolFault(.headerMismatch, "the header \(name) is missing") }
        guard header == body else {
            throw ProtocolFault(.headerMismatch, "the header \(name) does not say what the body says")
        }
    }

    /// `=?base64?...?=` stands for text that no header can carry.
    private static func decoded(_ value: String?) throws(ProtocolFault) -> String? {
        let prefix = "=?base64?"
        guard let value, value.hasPrefix(prefix), value.hasSuffix("?="), value.utf8.count >= prefix.utf8.count + 2
        else {
            return value
        }
        let inner = String(value.dropFirst(prefix.count).dropLast(2))
        guard let data = Data(base64Encoded: inner), data.base64EncodedString() == inner,
            let text = String(validating: data, as: UTF8.self)
        else { throw ProtocolFault(.headerMismatch, "the header Mcp-Name is not base64 of UTF-8 as it says") }
        return text
    }
}
