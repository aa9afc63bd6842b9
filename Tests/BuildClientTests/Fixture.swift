import BuildClient
import Synchronization

/// A client that is quick to try again and to give up.
func client(
    of server: ScriptedServer, token: String? = nil, remarks: Remarks = Remarks(),
    policy: RetryPolicy = RetryPolicy(
        patience: .seconds(10), firstPause: .milliseconds(1), longestPause: .milliseconds(2))
) throws(ClientError) -> BuildClient {
    try BuildClient(server: try ServerAddress(server.url), token: token, policy: policy) { remarks.add($0) }
}

/// What a client told people.
final class Remarks: Sendable {
    private let list = Mutex<[String]>([])

    var all: [String] { list.withLock { $0 } }

    func add(_ remark: String) { list.withLock { $0.append(remark) } }
}

/// Runs a test's body against a scripted server, which goes afterwards.
func withServer(
    cutAfter: Int? = nil, _ script: @escaping ScriptedServer.Script, _ body: (ScriptedServer) async throws -> Void
) async throws {
    let server = try await ScriptedServer(cutAfter: cutAfter, script)
    do {
        try await body(server)
    } catch {
        try await server.close()
        throw error
    }
    try await server.close()
}

/// A job's document as a server writes it.
func job(_ id: String = "01JD3Y6QG8Z4V5W7X9A2B4C6D8", state: String = "queued", blob: String? = nil) -> String {
    #"{"id":"\#(id)","grant":"local","state":"\#(state)","created_at":"2026-01-01T00:00:00.000Z","priority":0,"#
        + #""attempt":0,"cancel_requested":false,"source":{\#(blob.map { #""blob":"\#($0)""# } ?? "")},"request":{}}"#
}

/// Events as a server writes them.
func event(_ sequence: Int, _ name: String, _ data: String) -> String {
    "id: \(sequence)\nevent: \(name)\ndata: \(data)\n\n"
}

func logEvent(_ sequence: Int, _ text: String) -> String {
    event(sequence, "log", #"{"stream":"stdout","offset":0,"length":1,"attempt":1,"text":"\#(text)"}"#)
}

let endEvent = #"{"state":"succeeded","exit_code":0}"#
