/// Messages of this server.
enum Outgoing {
    static func response(_ id: RequestID, _ result: JSONValue) -> JSONValue {
        ["jsonrpc": "2.0", "id": id.value, "result": result]
    }

    /// An error response. `revision` is nil where none is agreed upon yet.
    static func error(_ fault: ProtocolFault, in revision: Revision?) -> JSONValue {
        var message: [String: JSONValue] = ["jsonrpc": "2.0", "error": fault.error]
        if let id = fault.id {
            message["id"] = id.value
        } else if let revision, revision < .november2025 {
            // JSON-RPC's null, which the schemas of these revisions have no words for; later ones leave the id out.
            message["id"] = .null
        }
        return .object(message)
    }

    static func notification(_ method: String, _ params: [String: JSONValue]) -> JSONValue {
        ["jsonrpc": "2.0", "method": .string(method), "params": .object(params)]
    }
}
