import Glibc
import Linux
import SystemPackage

/// What a sweep removed of dead runs, and what it could not.
public struct Sweep: Equatable, Sendable {
    /// Dead runs that were found.
    public private(set) var runs = 0
    public private(set) var removed: [String] = []
    /// What is left, and why.
    public private(set) var left: [String] = []

    struct Traces {
        var removed: [String] = []
        var left: [String] = []

        mutating func remove(_ path: FilePath) {
            let folder = isFolder(path)
            note(removeTree(path), "\(folder ? "folder" : "file") \(path)")
        }

        mutating func note(_ removal: Removal, _ what: String) {
            switch removal {
            case .removed: removed.append(what)
            case .absent: break
            case .failed(let cause): left.append("\(what) (\(cause))")
            }
        }

        private func isFolder(_ path: FilePath) -> Bool {
            FileFacts.ifAny(of: path.string, followingLinks: false)?.isFolder == true
        }
    }

    /// Without a record, only what was really there counts as a run: another sweep may have been faster.
    mutating func add(_ traces: Traces, hadRecord: Bool) {
        guard hadRecord || !traces.removed.isEmpty || !traces.left.isEmpty else { return }
        runs += 1
        removed += traces.removed
        left += traces.left
    }

    /// One line for people, or nil when there was nothing to sweep.
    public var summary: String? {
        guard runs > 0 else { return nil }
        let swept = removed.isEmpty ? "nothing but its record" : Self.list(removed)
        let rest = left.isEmpty ? "" : "; could not remove \(Self.list(left))"
        return "swept \(runs) dead run\(runs == 1 ? "" : "s"): \(swept)\(rest)"
    }

    private static func list(_ items: [String]) -> String {
        let most = 12
        let more = items.count > most ? " and \(items.count - most) more" : ""
        return items.prefix(most).joined(separator: ", ") + more
    }
}
