/// A mounted control group hierarchy (proc_pid_mountinfo(5)).
struct CgroupMount: Equatable {
    let path: String
    /// The group that is seen at `path`.
    let root: String
    let unified: Bool
    /// Version 1 only.
    let controllers: Set<String>

    static func all() -> [CgroupMount] {
        parse(textOfFile("/proc/self/mountinfo") ?? "")
    }

    static func parse(_ mountinfo: String) -> [CgroupMount] {
        mountinfo.split(separator: "\n").compactMap { line in
            let halves = line.split(separator: " - ", maxSplits: 1)
            guard halves.count == 2 else { return nil }
            let place = halves[0].split(separator: " ")
            let kind = halves[1].split(separator: " ")
            guard place.count >= 5, kind.count >= 3, kind[0] == "cgroup" || kind[0] == "cgroup2" else { return nil }
            return CgroupMount(
                path: String(place[4]), root: String(place[3]), unified: kind[0] == "cgroup2",
                controllers: Set(kind[2].split(separator: ",").map(String.init)))
        }
    }

    /// Where a process's group lies in the file system.
    func path(of place: CgroupPlace) -> String {
        var relative = place.path
        if root != "/", relative.hasPrefix(root) { relative = String(relative.dropFirst(root.count)) }
        return relative == "/" || relative.isEmpty ? path : path + relative
    }
}
