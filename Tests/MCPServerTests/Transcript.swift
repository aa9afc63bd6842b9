import Foundation
import SourceText
import MCPServer

/// A connection that tests talk to in JSON texts.
struct Transcript {
    var connection = StdioConnection(handshake: Handshake(version: "1"))

    static let meta =
        #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#

    /// Initialized with a revision.
    static func opened(_ revision: Revision) -> Transcript {
        var transcript = Transcript()
        _ = transcript.receive(
            #"{"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"\#(revision.rawValue)","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#
        )
        return transcript
    }

    mutating func receive(_ message: String) -> [StdioConnection.Action] {
        connection.receive(Array((message + "\n").utf8)[...])
    }

    /// The messages that are written at once.
    mutating func answers(_ message: String) -> [JSONValue] {
        receive(message).compactMap { action in
            if case .write(let line) = action { try? JSONValue(line, bounds: .init()) } else { nil }
        }
    }

    /// The calls that are started.
    mutating func calls(_ message: String) -> [Call] {
        receive(message).compactMap { if case .start(let call) = $0 { call } else { nil } }
    }

    /// The code of the one error that is written.
    mutating func code(_ message: String) -> Int64? {
        let answers = answers(message)
        return answers.count == 1 ? answers[0].object?["error"]?.object?["code"]?.integer : nil
    }
}
