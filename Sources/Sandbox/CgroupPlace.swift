/// The group of this process in one hierarchy (a line of /proc/self/cgroup, cgroups(7)).
struct CgroupPlace: Equatable {
    let path: String
    let unified: Bool
    /// Version 1 only.
    let controllers: Set<String>

    static func own() -> [CgroupPlace] {
        parse(textOfFile("/proc/self/cgroup") ?? "")
    }

    static func parse(_ text: String) -> [CgroupPlace] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard words.count == 3 else { return nil }
            return CgroupPlace(
                path: String(words[2]), unified: words[0] == "0" && words[1].isEmpty,
                controllers: Set(words[1].split(separator: ",").map(String.init)))
        }
    }
}
