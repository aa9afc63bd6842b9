import Foundation
import SystemPackage

/// What killed runs of one user left: records and folders in $BUILDBOX_HOME, drafts there and in the
/// output folder, control groups.
struct Traces: Equatable, CustomStringConvertible {
    var files: [String] = []
    var cgroups: [String] = []

    var description: String { "files \(files), cgroups \(cgroups)" }

    /// Of every run whose supervisor had one of these process ids.
    static func of(runs pids: Set<Int32>, home: FilePath, output: FilePath) throws -> Traces {
        var traces = Traces()
        traces.files += try names(in: home.appending("runs")).map { "runs/\($0)" }
        for folder in ["filters", "interpreters", "memos", "locks", "environments", "wheelhouse"] {
            traces.files += try names(in: home.appending(folder)).filter { $0.hasPrefix(".") }.map { "\(folder)/\($0)" }
        }
        traces.files += try names(in: output).filter { $0.hasPrefix(".") }.map { "output/\($0)" }
        let groups = try EndToEnd.host([
            "/bin/sh", "-c", "find /sys/fs/cgroup -type d -name 'buildbox-*-*' 2>/dev/null || true",
        ])
        traces.cgroups = groups.split(separator: "\n").map(String.init).filter { path in
            let words = FilePath(path).lastComponent?.string.split(separator: "-") ?? []
            return words.count > 1 && Int32(words[1]).map(pids.contains) ?? false
        }
        return traces
    }

    private static func names(in folder: FilePath) throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder.string) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
    }
}
