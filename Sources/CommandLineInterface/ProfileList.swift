import ArgumentParser
import Foundation
import Sandbox
import SystemPackage

/// `buildbox profile list`: the profiles that can be named.
struct ProfileList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the profiles that can be named, and where each lies.",
        discussion: """
            EXAMPLES
              buildbox profile list
              buildbox profile list --json | jq -r '.[].name'
            """
    )

    @Flag(help: "Print an array of names and paths (JSON).")
    var json = false

    private struct Entry: Encodable {
        var name: String
        var file: String
    }

    func run() throws {
        let search = Installation(environment: ProcessInfo.processInfo.environment).profiles
        let entries = search.all.map { Entry(name: $0.key, file: $0.value.string) }.sorted { $0.name < $1.name }
        let width = entries.map(\.name.count).max() ?? 0
        let lines = entries.map { entry in
            entry.name + String(repeating: " ", count: width - entry.name.count) + "  \(entry.file)\n"
        }
        writeFully(Array((json ? try documentText(entries) : lines.joined()).utf8), to: STDOUT_FILENO)
    }
}
