import ArgumentParser
import Foundation
import PythonBuild
import SourceText

/// `buildbox env gc`: the store, kept to limits.
struct EnvCollect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove what was used least recently, until the rest fits.",
        discussion: """
            What was not used for longer than --older-than goes first, then the least recently used until all \
            environments, built wheels and downloads together fit into --max-size. What a build uses stays.

            EXAMPLES
              buildbox env gc                       keep to $\(StoreLimits.variable)
              buildbox env gc --max-size 5GiB
              buildbox env gc --older-than 30d --dry-run
            """
    )

    @Option(help: ArgumentHelp("How much of the disk the store may take.", valueName: "size"))
    var maxSize: ByteSize?

    @Option(help: ArgumentHelp("How long something may be unused.", valueName: "30d|12h|45m"))
    var olderThan: String?

    @Flag(help: "Say what would be removed, and remove nothing.")
    var dryRun = false

    func validate() throws {
        if let olderThan, longSpan(olderThan) == nil {
            throw ValidationError("--older-than takes a number of days, hours or minutes, such as 30d")
        }
    }

    func run() throws {
        let store = buildStore()
        try reporting { () throws(BuildFailure) in
            let excess = store.excess(over: try limits())
            if dryRun {
                for item in excess {
                    let line = "\(item.kind.rawValue) \(item.id.prefix(12)), \(binarySize(item.bytes))\n"
                    writeFully(Array("would remove \(line)".utf8), to: STDOUT_FILENO)
                }
            } else {
                _ = try removing(excess, from: store)
            }
        }
    }

    private func limits() throws(BuildFailure) -> StoreLimits {
        let age = olderThan.flatMap { longSpan($0) }
        guard maxSize == nil, age == nil else { return StoreLimits(size: maxSize, age: age) }
        return try StoreLimits(environment: ProcessInfo.processInfo.environment)
    }
}
