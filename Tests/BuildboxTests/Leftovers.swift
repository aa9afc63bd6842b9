import Foundation

/// What one run could leave on this host: control groups under its name, mounts, and processes
/// that carry its mark in their environment.
struct Leftovers: Equatable, CustomStringConvertible {
    var cgroups: [String]
    var processes: [String]
    var mounts: Int

    var description: String { "cgroups \(cgroups), processes \(processes), \(mounts) mounts" }

    /// What is left of the run of a `buildbox` process; `mark` is the value of a variable that its build was given (`-e`).
    static func of(run pid: Int32, mark: String) throws -> Leftovers {
        let groups = try EndToEnd.host([
            "/bin/sh", "-c", "find /sys/fs/cgroup -type d -name 'buildbox-\(pid)-*' 2>/dev/null || true",
        ])
        let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
            guard name.allSatisfy(\.isNumber) else { return false }
            let environment = FileManager.default.contents(atPath: "/proc/\(name)/environ") ?? Data()
            return environment.range(of: Data(mark.utf8)) != nil
        }
        return Leftovers(
            cgroups: groups.split(separator: "\n").map(String.init), processes: processes, mounts: try mountCount())
    }

    static func none() throws -> Leftovers {
        Leftovers(cgroups: [], processes: [], mounts: try mountCount())
    }

    private static func mountCount() throws -> Int {
        try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8).split(separator: "\n").count
    }
}
