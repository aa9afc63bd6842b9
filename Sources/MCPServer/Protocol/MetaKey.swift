/// Names in `_meta` that the protocol reserves, and this server's own.
enum MetaKey {
    static let revision = "io.modelcontextprotocol/protocolVersion"
    static let capabilities = "io.modelcontextprotocol/clientCapabilities"
    static let server = "io.modelcontextprotocol/serverInfo"
    static let subscription = "io.modelcontextprotocol/subscriptionId"
    static let relatedTask = "io.modelcontextprotocol/related-task"
    static let progressToken = "progressToken"
    /// The extension for tasks of revision 2026-07-28.
    static let tasksExtension = "io.modelcontextprotocol/tasks"
}
