/// One request of a client, understood: what it asks for, in which revision.
public struct Call: Equatable, Sendable {
    public enum Method: Equatable, Sendable {
        case initialize(requested: String)
        case discover
        case ping
        case listTools
        /// `asTask`: the client wants a task instead of the result (revision 2025-11-25).
        case callTool(ToolName, arguments: [String: JSONValue], asTask: Bool)
        case listResources(cursor: String?)
        case listResourceTemplates
        case readResource(uri: String)
        case getTask(String)
        case taskResult(String)
        case cancelTask(String)
        case updateTask(String)
        case listTasks(cursor: String?)
        /// A stream of changes. Nothing that this server offers changes; it is held open all the same.
        case listen
    }

    public let id: RequestID
    public let revision: Revision
    public let method: Method
    /// Under which the client wants to hear of progress.
    public let progressToken: RequestID?
    /// Whether this request's client takes a task for an answer (2026-07-28, extension `io.modelcontextprotocol/tasks`).
    public let takesTasks: Bool
}
