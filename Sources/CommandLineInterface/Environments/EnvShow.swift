import ArgumentParser
import Foundation
import PythonBuild

/// `buildbox env show`: one item of the store.
struct EnvShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what an environment holds, with the digests of its packages.",
        discussion: """
            EXAMPLES
              buildbox env show 3f9c
              buildbox env show --json 3f9c | jq -r '.packages[] | "\\(.name)==\\(.version)"'
            """
    )

    @Argument(help: ArgumentHelp("The beginning of its digest, as `env ls` shows it.", valueName: "id"))
    var id: String

    @Flag(help: "Print one document (JSON).")
    var json = false

    func run() throws {
        let item = try reporting { () throws(BuildFailure) in try buildStore().item(id) }
        let text = json ? try documentText(item) : lines(item).map { JobTable.safe($0) + "\n" }.joined()
        writeFully(Array(text.utf8), to: STDOUT_FILENO)
    }

    private func lines(_ item: StoredItem) -> [String] {
        let style = Date.ISO8601FormatStyle()
        var lines = ["\(item.kind.rawValue) \(item.id)"]
        if let python = item.python { lines.append("python     \(python), \(item.executable ?? "")") }
        if let file = item.file { lines.append("file       \(file)") }
        if let made = item.madeAt { lines.append("made       \(made.formatted(style))") }
        lines.append("last used  \(item.lastUsed.formatted(style))\(item.inUse ? ", in use now" : "")")
        lines.append("size       \(binarySize(item.bytes))")
        lines.append(item.packages.isEmpty ? "holds      nothing beside the interpreter" : "holds")
        for package in item.packages {
            lines.append("  \(package.name)==\(package.version)")
            lines += package.sha256.map { "    sha256:\($0)" }
            if let sdist = package.sdistSha256 {
                lines.append("    built from the source distribution sha256:\(sdist)")
            }
        }
        return lines
    }
}
