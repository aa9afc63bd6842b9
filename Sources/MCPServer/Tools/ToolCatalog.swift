import SourceText

/// What `tools/list` tells: the tools with their schemas, as `tools.json` has them.
struct ToolCatalog: Sendable {
    private let tools: [[String: JSONValue]]

    static let standard = ToolCatalog()

    /// The document itself.
    static var text: String { String(decoding: PackageResources.tools_json, as: UTF8.self) }

    private init() {
        do throws(SourceFault) {
            let document = try JSONValue(PackageResources.tools_json, bounds: SourceBounds())
            tools = document.array?.compactMap(\.object) ?? []
        } catch {
            preconditionFailure("tools.json is a part of buildbox, and it is no JSON: \(error)")
        }
    }

    /// The tools that a caller may know of, as a revision has them and always in the same order.
    func reply(for revision: Revision, where isShown: (ToolName) -> Bool) -> Reply {
        let shown = tools.filter { tool in
            tool["name"]?.string.flatMap(ToolName.init(rawValue:)).map(isShown) ?? false
        }
        return Reply(
            ["tools": .array(shown.map { .object(Self.form($0, revision)) })], keeping: .milliseconds(300_000))
    }

    private static func form(_ tool: [String: JSONValue], _ revision: Revision) -> [String: JSONValue] {
        var tool = tool
        if !revision.hasCoreTasks { tool["execution"] = nil }
        if !revision.hasStructuredContent {
            for later in ["title", "outputSchema", "_meta"] { tool[later] = nil }
        }
        return tool
    }
}
