import Foundation
import MCPServer
import Testing

@Suite("The form of messages")
struct IncomingTests {
    private func fault(_ text: String) -> ProtocolFault? {
        do throws(ProtocolFault) {
            _ = try Incoming(Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test("requests, notifications and responses are told apart")
    func forms() throws {
        #expect(
            try Incoming(Array(#"{"jsonrpc":"2.0","id":7,"method":"ping","params":{"a":[1,null]}}"#.utf8))
                == .request(id: .integer(7), method: "ping", params: ["a": [1, .null]]))
        #expect(
            try Incoming(Array(#"{"jsonrpc":"2.0","id":"x","method":"ping"}"#.utf8))
                == .request(id: .string("x"), method: "ping", params: [:]))
        #expect(
            try Incoming(Array(#"{"jsonrpc":"2.0","method":"n"}"#.utf8)) == .notification(method: "n", params: [:]))
        #expect(try Incoming(Array(#"{"jsonrpc":"2.0","id":1,"result":{}}"#.utf8)) == .response)
    }

    @Test(
        "what is no message is refused with the code that JSON-RPC has for it, and with its id where there is one",
        arguments: [
            ("{", -32700, nil),
            ("", -32700, nil),
            ("nul", -32700, nil),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping"} x"#, -32700, nil),
            (#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, -32700, nil),
            ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\u{0}\"}", -32700, nil),
            (String(repeating: "[", count: 100_000), -32700, nil),
            ("[" + String(repeating: "0,", count: 200_000) + "0]", -32700, nil),
            ("1", -32600, nil),
            ("\"ping\"", -32600, nil),
            ("[]", -32600, nil),
            ("[" + Array(repeating: "1", count: 33).joined(separator: ",") + "]", -32600, nil),
            (#"{"id":1,"method":"ping"}"#, -32600, 1),
            (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600, 1),
            (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600, nil),
            (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600, nil),
            (#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600, nil),
            (#"{"jsonrpc":"2.0","id":1,"method":5}"#, -32600, 1),
            (#"{"jsonrpc":"2.0","id":1,"method":""}"#, -32600, 1),
            (#"{"jsonrpc":"2.0","id":1}"#, -32600, 1),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#, -32602, 1),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":null}"#, -32602, 1),
        ] as [(String, Int64, Int64?)])
    func malformed(_ text: String, _ code: Int64, _ id: Int64?) throws {
        let refusal = fault(text)
        let fault = try #require(refusal)
        #expect(fault.code.rawValue == code)
        #expect(fault.id == id.map { .integer($0) })
    }

    @Test("bytes that are not UTF-8 are no message")
    func notUnicode() {
        #expect(throws: ProtocolFault.self) {
            try Incoming(Array(#"{"jsonrpc":"2.0","method":""#.utf8) + [0xff] + Array(#""}"#.utf8))
        }
    }

    @Test("a message that is too large is refused; the largest is not")
    func sizes() throws {
        let frame = #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":""}}"#
        let fill = String(repeating: "a", count: Incoming.largest - frame.utf8.count)
        let largest = #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":"\#(fill)"}}"#
        #expect(largest.utf8.count == Incoming.largest)
        #expect(fault(largest) == nil)
        #expect(fault(largest + " ")?.code == .invalidRequest)
    }

    @Test("the members of a batch stand or fall on their own")
    func batch() throws {
        let message = try Incoming(Array(#"[{"jsonrpc":"2.0","id":1,"method":"ping"},5]"#.utf8))
        guard case .batch(let members) = message else {
            Issue.record("no batch")
            return
        }
        #expect(members[0] == .success(.request(id: .integer(1), method: "ping", params: [:])))
        #expect(throws: ProtocolFault.self) { try members[1].get() }
    }
}
