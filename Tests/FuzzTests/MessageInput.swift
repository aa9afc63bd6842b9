import MCPServer
import SourceText
import TestSupport

/// What an MCP client sends. Every line is answered, started or passed over; what is written is one message a line.
enum MessageInput {
    static let seeds = [
        #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{}}}"#
            + "\n"
            + #"[{"jsonrpc":"2.0","id":2,"method":"tools/list"},{"jsonrpc":"2.0","id":"p","method":"ping"}]"# + "\n"
            + #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}"# + "\n",
        #"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"python_build","arguments":{"args":["-w"]},"#
            + #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","progressToken":7,"#
            + #""io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}"#
            + "\n",
    ].map { Array($0.utf8) }

    static let tokens = [
        "{", "}", "[", "]", ",", ":", "\"", "\n", "null", "true", "1", "-0", "1e999", "\"id\"", "\"method\"",
        "\"params\"",
        "\"tools/call\"", "\"2025-11-25\"", "\"2026-07-28\"", "\\u0000", "\\ud800", "[[[[[[[[[[[[[[[[",
    ].map { Array($0.utf8) }

    @Sendable static func make(_ generator: inout SeededGenerator) -> [UInt8] {
        Mutation.of(seeds.randomElement(using: &generator) ?? [], tokens: tokens, &generator)
    }

    @Sendable static func check(_ bytes: [UInt8]) throws -> Bool {
        var connection = StdioConnection(handshake: Handshake(version: "1"))
        var actions = connection.receive(bytes[...])
        var isAccepted = false
        for case .start(let call) in actions {
            isAccepted = true
            if let line = connection.answer(call, .success(.empty)) { actions.append(.write(line)) }
        }
        actions += connection.finish()
        guard connection.isIdle else { throw FuzzFinding("a call is left that was answered") }
        for case .write(let line) in actions {
            guard line.last == 0x0a, !line.dropLast().contains(0x0a) else { throw FuzzFinding("no line is written") }
            _ = try JSONValue(line, bounds: SourceBounds())
        }
        return isAccepted
    }
}
