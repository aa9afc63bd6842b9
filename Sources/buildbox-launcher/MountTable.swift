import CLinux
import Glibc
import Linux
import SandboxProtocol

/// Where something is mounted, of proc_pid_mountinfo(5).
struct MountTable {
    private let paths: [String]

    init(procfs: String) throws(LaunchFault) {
        do throws(SystemCallError) {
            paths = Self.paths(in: try readLong("\(procfs)/self/mountinfo"))
        } catch {
            throw LaunchFault(
                step: .mounts, layer: .mountNamespace, errno: error.code, detail: "read \(procfs)/self/mountinfo")
        }
    }

    /// Each place once, those above others first.
    func paths(below path: String) -> [String] {
        let prefix = path == "/" ? path : "\(path)/"
        var found: [String] = []
        for place in paths where place.hasPrefix(prefix) && place != prefix && !found.contains(place) {
            found.append(place)
        }
        return found.sorted { $0.utf8.count < $1.utf8.count }
    }

    /// The fifth word of each line; octal escapes stand for blanks and backslashes.
    private static func paths(in table: [UInt8]) -> [String] {
        table.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard words.count == 6 else { return nil }
            var bytes: [UInt8] = []
            var rest = words[4]
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "\\"), rest.count >= 3 else {
                    bytes.append(byte)
                    continue
                }
                bytes.append(rest.prefix(3).reduce(0) { $0 &* 8 &+ ($1 &- UInt8(ascii: "0")) })
                rest.removeFirst(3)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
