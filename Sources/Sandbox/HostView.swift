import Glibc
public import SandboxProtocol
public import SystemPackage

/// The base that every command sees: the host's programs read-only, the few files of /etc that
/// they need, devices, a procfs, and folders to write in.
public struct HostView {
    public static let home = "/home/builder"
    public static let temporary = "/tmp"

    /// Folders that the sandbox makes itself, and the host's own that must not show through them.
    private static let reserved = [
        "/proc", "/sys", "/dev", "/src", "/out", "/env", "/frontend", "/buildbox", "/cache", "/order", "/tmp",
    ]

    /// Why a path of the host cannot be shown inside at its own place; nil where it can. Links are
    /// looked through: what they lead to is what would be shown.
    public static func objection(toShowing path: FilePath) -> String? {
        let real = realpath(path.string, nil)
        defer { free(real) }
        for place in [path, real.map { FilePath(String(cString: $0)) } ?? path] {
            let own = reserved.first { place == FilePath($0) || ($0 != "/tmp" && place.starts(with: FilePath($0))) }
            guard place != "/", own == nil else {
                let through = place == path ? "" : " leads to \(place), which"
                return "\(path)\(through) cannot be shown: \(own ?? place.string) is the sandbox's own inside"
            }
        }
        return nil
    }

    private let identity: Identity
    private let profile: SandboxProfile

    init(_ request: SandboxRequest, identity: Identity) {
        self.identity = identity
        profile = request.profile
    }

    var mounts: [MountStep] {
        var steps: [MountStep] = [.bind(source: "/usr", at: "/usr", access: .readOnly)]
        steps += Self.topLevel
        steps += etc
        steps.append(.processes(at: "/proc"))
        steps += profile.maskedPaths.map { .mask($0) } + profile.readonlyPaths.map { .readOnly($0) }
        steps += profile.shownMounts
        steps += profile.coveredPaths().map { .mask($0) }
        steps += ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"].map { .device($0) }
        steps += [
            .symbolicLink(at: "/dev/fd", target: "/proc/self/fd"),
            .symbolicLink(at: "/dev/stdin", target: "/proc/self/fd/0"),
            .symbolicLink(at: "/dev/stdout", target: "/proc/self/fd/1"),
            .symbolicLink(at: "/dev/stderr", target: "/proc/self/fd/2"),
            .scratch(at: "/dev/shm", mode: 0o1777),
            .scratch(at: Self.temporary, mode: 0o1777),
            .scratch(at: Self.home, mode: 0o700),
        ]
        return steps
    }

    /// /bin, /lib and their like: links into /usr on a merged-/usr system, folders elsewhere.
    private static let topLevel: [MountStep] = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"].compactMap { name in
        let path = "/\(name)"
        if let target = readLink(path) { return .symbolicLink(at: path, target: target) }
        return exists(FilePath(path)) ? .bind(source: path, at: path, access: .readOnly) : nil
    }

    /// What programs in /usr need of /etc. CMake asks for debian_version to know the modes that
    /// Debian gives to libraries; /usr/lib/os-release tells as much.
    private static let shared = [
        "/etc/ld.so.cache", "/etc/alternatives", "/etc/debian_version", "/etc/ssl/certs", "/etc/pki/tls/certs",
    ].filter { exists(FilePath($0)) }

    private var etc: [MountStep] {
        let user = identity.insideUser
        let group = identity.insideGroup
        var steps: [MountStep] = [
            .file(
                at: "/etc/passwd",
                text:
                    "root:x:0:0:root:/root:/usr/sbin/nologin\nbuilder:x:\(user):\(group):builder:\(Self.home):/bin/sh\n"
                    + "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"),
            .file(at: "/etc/group", text: "root:x:0:\nbuilder:x:\(group):\nnogroup:x:65534:\n"),
            .file(at: "/etc/hosts", text: "127.0.0.1 localhost buildbox\n::1 localhost\n"),
            .file(at: "/etc/nsswitch.conf", text: "passwd: files\ngroup: files\nhosts: files dns\n"),
        ]
        steps += Self.shared.map { .bind(source: $0, at: $0, access: .readOnly) }
        return steps
    }

    private static func readLink(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}

extension MountStep {
    /// A small synthetic text file.
    public static func file(at path: String, text: String) -> MountStep {
        .file(at: path, contents: Array(text.utf8))
    }
}
