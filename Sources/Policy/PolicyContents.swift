/// What a policy file says, when nothing is wrong with it.
struct PolicyContents: Sendable {
    enum Default: Sendable { case allow, deny }

    var otherwise: Default
    var hidesAll: Bool
    /// In the order of the file, with the place of each.
    var hidden: [String]
    var allTools: [CounterLimit]
    var tools: [String: ToolRule]
}
