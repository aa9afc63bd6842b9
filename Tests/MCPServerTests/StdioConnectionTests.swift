import MCPServer
import SourceText
import Testing

@Suite("The protocol on a connection")
struct StdioConnectionTests {
    private let list = #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#
    private let build = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"python_build"}}"#
    private let cancel = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#

    @Test(
        "initialize is answered with the revision that was asked for, or with the newest that has it",
        arguments: [
            ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"),
            ("2024-11-05", "2025-11-25"), ("2026-07-28", "2025-11-25"), ("tomorrow", "2025-11-25"),
        ])
    func negotiation(_ asked: String, _ got: String) {
        var transcript = Transcript()
        let answers = transcript.answers(
            #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"\#(asked)"}}"#)
        #expect(answers.count == 1)
        #expect(answers.first?.object?["result"]?.object?["protocolVersion"] == .string(got))
    }

    @Test("nothing is served before a revision is named, and initialize comes once")
    func order() {
        var transcript = Transcript()
        #expect(transcript.code(list) == -32602)
        #expect(transcript.code(#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#) == -32602)
        var opened = Transcript.opened(.november2025)
        #expect(opened.calls(list).count == 1)
        #expect(
            opened.code(#"{"jsonrpc":"2.0","id":9,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"#)
                == -32600)
        #expect(opened.answers(#"{"jsonrpc":"2.0","id":3,"method":"ping"}"#).first?.object?["result"] == [:])
    }

    @Test("a request that names revision 2026-07-28 is served without a handshake, and beside one")
    func stateless() {
        let request = #"{"jsonrpc":"2.0","id":5,"method":"tools/list","params":{\#(Transcript.meta)}}"#
        var fresh = Transcript()
        #expect(fresh.calls(request).map(\.revision) == [.july2026])
        var opened = Transcript.opened(.june2025)
        #expect(opened.calls(request).map(\.revision) == [.july2026])
        #expect(opened.calls(list).map(\.revision) == [.june2025])
        let discover = fresh.answers(
            #"{"jsonrpc":"2.0","id":6,"method":"server/discover","params":{\#(Transcript.meta)}}"#)
        let result = discover.first?.object?["result"]?.object
        #expect(result?["supportedVersions"]?.array?.first == "2026-07-28")
        #expect(result?["resultType"] == "complete")
    }

    @Test(
        "what a revision does not have is not found or not valid in it",
        arguments: [
            ("ping", "", -32601), ("initialize", #""protocolVersion":"2025-11-25""#, -32601),
            ("logging/setLevel", "", -32601), ("tasks/result", #""taskId":"x""#, -32601), ("tasks/list", "", -32601),
            ("prompts/list", "", -32601), ("completion/complete", "", -32601), ("resources/subscribe", "", -32601),
            ("tasks/get", #""taskId":"x""#, -32021), ("tools/call", #""name":"rm""#, -32602),
            ("tools/call", #""name":"python_build","arguments":[]"#, -32602), ("tools/call", "", -32602),
            ("tools/list", #""cursor":"x""#, -32602), ("resources/read", "", -32602),
            ("subscriptions/listen", "", -32602),
        ] as [(String, String, Int64)])
    func statelessErrors(_ method: String, _ params: String, _ code: Int64) {
        var transcript = Transcript()
        let rest = params.isEmpty ? "" : params + ","
        #expect(
            transcript.code(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{\#(rest)\#(Transcript.meta)}}"#)
                == code)
    }

    @Test("a revision that is not spoken is told with those that are")
    func unsupported() {
        var transcript = Transcript()
        let answers = transcript.answers(
            #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"1900-01-01","io.modelcontextprotocol/clientCapabilities":{}}}}"#
        )
        let error = answers.first?.object?["error"]?.object
        #expect(error?["code"] == -32022)
        #expect(error?["data"]?.object?["requested"] == "1900-01-01")
        #expect(error?["data"]?.object?["supported"]?.array?.count == Revision.allCases.count)
    }

    @Test("metadata that is not whole is refused")
    func metadata() {
        var transcript = Transcript()
        #expect(
            transcript.code(
                #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#
            ) == -32602)
        #expect(transcript.code(#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":5}}"#) == -32602)
        #expect(
            transcript.code(
                #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":5,"io.modelcontextprotocol/clientCapabilities":{}}}}"#
            ) == -32602)
    }

    @Test("an id is not used twice at once; afterwards it is free")
    func ids() throws {
        var transcript = Transcript.opened(.november2025)
        let calls = transcript.calls(build)
        let call = try #require(calls.first)
        #expect(transcript.code(list) == -32600)
        #expect(transcript.connection.answer(call, .success(Reply.empty)) != nil)
        #expect(transcript.connection.answer(call, .success(Reply.empty)) == nil)
        #expect(transcript.calls(list).count == 1)
    }

    @Test("a cancelled call is stopped, and nothing is written for it any more")
    func cancellation() throws {
        var transcript = Transcript.opened(.november2025)
        let calls = transcript.calls(build)
        let call = try #require(calls.first)
        #expect(transcript.connection.notification(for: call.id, [:]) != nil)
        #expect(transcript.receive(cancel) == [.cancel(.integer(1))])
        #expect(transcript.connection.notification(for: call.id, [:]) == nil)
        #expect(transcript.connection.answer(call, .success(Reply.empty)) == nil)
        #expect(transcript.receive(cancel) == [], "a second time there is nothing to cancel")
        for params in ["{}", #"{"requestId":null}"#, #"{"requestId":"1"}"#, #"{"requestId":99}"#] {
            #expect(
                transcript.receive(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":\#(params)}"#) == [])
        }
    }

    @Test("at the end of the input builds are cancelled, and what is answered at once still is")
    func end() throws {
        var transcript = Transcript.opened(.november2025)
        let calls = transcript.calls(build)
        let call = try #require(calls.first)
        let others = transcript.calls(#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#)
        let other = try #require(others.first)
        #expect(transcript.connection.finish() == [.cancel(.integer(1))])
        #expect(transcript.connection.answer(call, .success(Reply.empty)) == nil)
        #expect(transcript.connection.answer(other, .success(Reply.empty)) != nil)
        #expect(transcript.connection.isIdle)
    }

    @Test("no more than so many calls run at once")
    func bounded() {
        var transcript = Transcript.opened(.november2025)
        for id in 1...StdioConnection.mostCalls {
            #expect(transcript.calls(#"{"jsonrpc":"2.0","id":\#(id),"method":"tools/list"}"#).count == 1)
        }
        #expect(transcript.code(#"{"jsonrpc":"2.0","id":"more","method":"tools/list"}"#) == 1001)
    }

    @Test("only revision 2025-03-26 has batches")
    func batchesRefused() {
        let batch = "[\(list)]"
        for revision in [Revision.june2025, .november2025] {
            var transcript = Transcript.opened(revision)
            #expect(transcript.code(batch) == -32600)
        }
        var fresh = Transcript()
        #expect(fresh.code(batch) == -32600)
        #expect(
            fresh.code(#"[{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{\#(Transcript.meta)}}]"#) == -32600)
    }

    @Test("a batch is answered in one array when the last of its calls is")
    func batches() throws {
        var transcript = Transcript.opened(.march2025)
        let ping = #"{"jsonrpc":"2.0","id":"p","method":"ping"}"#
        let note = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
        #expect(transcript.receive("[\(note)]") == [])
        #expect(transcript.answers("[\(ping),\(note),7]").first?.array?.count == 2)
        let second = #"{"jsonrpc":"2.0","id":2,"method":"resources/list"}"#
        let calls = transcript.calls("[\(list),\(ping),\(second)]")
        #expect(calls.count == 2)
        #expect(transcript.connection.answer(calls[0], .success(Reply.empty)) == nil)
        let last = transcript.connection.answer(calls[1], .success(Reply.empty))
        let line = try #require(last)
        #expect(try JSONValue(line, bounds: SourceBounds()).array?.count == 3)
        #expect(
            transcript.answers(
                #"[{"jsonrpc":"2.0","id":3,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}]"#
            ).first?.array?.first?.object?["error"]?.object?["code"] == -32600)
    }

    @Test("a call that is cancelled in its own batch does not hold the others up")
    func cancelledInBatch() throws {
        var transcript = Transcript.opened(.march2025)
        let ping = #"{"jsonrpc":"2.0","id":"p","method":"ping"}"#
        let actions = transcript.receive("[\(build),\(cancel),\(ping)]")
        let written = actions.compactMap { if case .write(let line) = $0 { line } else { nil } }
        #expect(written.count == 1)
        #expect(try JSONValue(written[0], bounds: SourceBounds()).array?.count == 1)
        #expect(transcript.connection.isIdle)
    }

    @Test("tasks of revision 2025-11-25 are asked for by the call, those of 2026-07-28 declared by the client")
    func tasks() {
        var november = Transcript.opened(.november2025)
        let asked = november.calls(
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"python_build","task":{"ttl":5}}}"#)
        #expect(asked.map(\.method) == [.callTool(.build, arguments: [:], asTask: true)])
        #expect(
            november.code(
                #"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"python_build_status","task":{}}}"#)
                == -32601)
        var june = Transcript.opened(.june2025)
        #expect(june.code(#"{"jsonrpc":"2.0","id":1,"method":"tasks/get","params":{"taskId":"x"}}"#) == -32601)
        #expect(
            june.calls(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"python_build","task":{}}}"#)
                .map(\.method) == [.callTool(.build, arguments: [:], asTask: false)])
        let declared =
            #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}"#
        var july = Transcript()
        #expect(
            july.calls(#"{"jsonrpc":"2.0","id":1,"method":"tasks/get","params":{"taskId":"x",\#(declared)}}"#)
                .map(\.method) == [.getTask("x")])
        #expect(
            july.calls(#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"python_build",\#(declared)}}"#)
                .map(\.takesTasks) == [true])
    }
}
