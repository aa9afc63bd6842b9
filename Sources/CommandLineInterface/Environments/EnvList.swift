import ArgumentParser
import Foundation
import PythonBuild
import SourceText

/// `buildbox env ls`: what is stored.
struct EnvList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List stored environments, built wheels and downloads, the last used first.",
        discussion: """
            EXAMPLES
              buildbox env ls
              buildbox env ls --json | jq -r '.items[] | select(.in_use | not) | .id'
            """
    )

    @Flag(help: "Print one document (JSON).")
    var json = false

    private struct Document: Encodable {
        var items: [StoredItem]
        /// Of the items.
        var bytes: UInt64
        /// Of those items that are downloads.
        var downloadedBytes: UInt64
    }

    func run() throws {
        let store = buildStore()
        let items = Array(store.items().reversed())
        let document = Document(
            items: items, bytes: items.reduce(0) { $0 + $1.bytes },
            downloadedBytes: items.filter { $0.kind == .download }.reduce(0) { $0 + $1.bytes })
        let text = json ? try documentText(document) : table(document)
        writeFully(Array(text.utf8), to: STDOUT_FILENO)
    }

    private func table(_ document: Document) -> String {
        let now = Date()
        let rows = document.items.map { item in
            [
                String(item.id.prefix(12)), item.kind.rawValue, binarySize(item.bytes),
                item.inUse ? "in use" : "\(ageText(seconds: now.timeIntervalSince(item.lastUsed))) ago",
                item.python ?? "-", JobTable.safe(contents(of: item)),
            ]
        }
        let heading = ["ID", "KIND", "SIZE", "LAST USED", "PYTHON", "CONTENTS"]
        let table = TextTable(rows: [heading] + rows, width: columns(of: STDOUT_FILENO)).text
        return table + "\(rows.count) stored, \(binarySize(document.bytes)), downloads among them: "
            + "\(binarySize(document.downloadedBytes))\n"
    }

    private func contents(of item: StoredItem) -> String {
        if let file = item.file { return file }
        return item.packages.isEmpty
            ? "nothing" : item.packages.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
    }
}

/// A size for people, with three figures at most: `980 B`, `12.4 MiB`.
func binarySize(_ bytes: UInt64) -> String {
    var (value, units) = (Double(bytes), ["B", "KiB", "MiB", "GiB", "TiB"][...])
    while value >= 1024, units.count > 1 {
        value /= 1024
        units.removeFirst()
    }
    let digits = units.first == "B" || value >= 100 ? "\(Int(value))" : "\(Double(Int(value * 10)) / 10)"
    return "\(digits) \(units.first ?? "")"
}
