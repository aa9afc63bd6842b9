/// A line of /proc/self/mountinfo (proc_pid_mountinfo(5)).
struct MountPoint: Equatable, Sendable {
    let path: String
    /// What of its file system is seen at `path`.
    let root: String
    let type: String
    let readOnly: Bool

    static func parse(_ mountinfo: String) -> [MountPoint] {
        mountinfo.split(separator: "\n").compactMap { line in
            let halves = line.split(separator: " - ", maxSplits: 1)
            guard halves.count == 2, let type = halves[1].split(separator: " ").first else { return nil }
            let place = halves[0].split(separator: " ")
            guard place.count >= 6 else { return nil }
            return MountPoint(
                path: String(place[4]), root: String(place[3]), type: String(type),
                readOnly: place[5].split(separator: ",").contains("ro"))
        }
    }
}
