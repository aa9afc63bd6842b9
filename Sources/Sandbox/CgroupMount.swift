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
                path: unescaped(place[4]), root: unescaped(place[3]), unified: kind[0] == "cgroup2",
                controllers: Set(kind[2].split(separator: ",").map(String.init)))
        }
    }

    /// Where a process's group lies in the file system.
    func path(of place: CgroupPlace) -> String {
        var relative = place.path
        // The root as whole components: `/a` is no prefix of `/ab`.
        if root != "/", relative == root || relative.hasPrefix(root + "/") {
            relative = String(relative.dropFirst(root.count))
        }
        return relative == "/" || relative.isEmpty ? path : path + relative
    }
}

/// Space, tab, newline and backslash are octal in mountinfo.
private func unescaped(_ field: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
        let digits = String(decoding: rest.prefix(3), as: UTF8.self)
        if byte == UInt8(ascii: "\\"), digits.utf8.count == 3, let code = UInt8(digits, radix: 8) {
            bytes.append(code)
            rest = rest.dropFirst(3)
        } else {
            bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
