import ArgumentParser
import Foundation
import PythonBuild

/// `buildbox env rm`: items of the store, away with them.
struct EnvRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove stored environments, built wheels and downloads.",
        discussion: """
            The next build that needs one makes it anew. One that a build uses stays, and the exit code is 1.

            EXAMPLES
              buildbox env rm 3f9c a71e
              buildbox env rm --all
            """
    )

    @Argument(help: ArgumentHelp("The beginnings of their digests, as `env ls` shows them.", valueName: "id"))
    var ids: [String] = []

    @Flag(help: "Everything that no build uses.")
    var all = false

    func validate() throws {
        guard all != !ids.isEmpty else { throw ValidationError("name what is to be removed, or give --all") }
    }

    func run() throws {
        let store = buildStore()
        let kept = try reporting { () throws(BuildFailure) in
            var items: [StoredItem] = []
            // All of them are looked up before any is removed.
            if all { items = store.items() } else { for id in ids { items.append(try store.item(id)) } }
            return try removing(items, from: store)
        }
        if !kept.isEmpty { throw ExitCode(1) }
    }
}

/// Removes items, and says of each what became of it.
///
/// - Returns: Those that are in use and stay.
func removing(_ items: [StoredItem], from store: BuildStore) throws(BuildFailure) -> [StoredItem] {
    var kept: [StoredItem] = []
    for item in items {
        let name = "\(item.kind.rawValue) \(item.id.prefix(12))"
        if try store.remove(item) {
            FileHandle.standardError.write(Data("buildbox: removed \(name), \(binarySize(item.bytes))\n".utf8))
        } else {
            kept.append(item)
            FileHandle.standardError.write(Data("buildbox: \(name) is used by a build and stays\n".utf8))
        }
    }
    return kept
}
