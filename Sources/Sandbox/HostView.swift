import Glibc
public import SandboxProtocol
import SystemPackage

/// The base that every command sees: the host's programs read-only, the few files of /etc that
/// they need, devices, a procfs, and folders to write in.
public enum HostView {
    public static let home = "/home/builder"
    public static let temporary = "/tmp"

    static func mounts(for identity: Identity, network: NetworkAccess) -> [MountStep] {
        var steps: [MountStep] = [.bind(source: "/usr", at: "/usr", access: .readOnly)]
        steps += topLevel
        steps += etc(identity, network)
        steps.append(.processes(at: "/proc"))
        // Keys of the host's user, whose id an ordinary user's build shares. A device on a mount
        // without devices: it cannot be opened.
        if exists("/proc/keys") { steps.append(.bind(source: "/dev/null", at: "/proc/keys", access: .readOnly)) }
        steps += ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"].map { .device($0) }
        steps += [
            .symbolicLink(at: "/dev/fd", target: "/proc/self/fd"),
            .symbolicLink(at: "/dev/stdin", target: "/proc/self/fd/0"),
            .symbolicLink(at: "/dev/stdout", target: "/proc/self/fd/1"),
            .symbolicLink(at: "/dev/stderr", target: "/proc/self/fd/2"),
            .scratch(at: "/dev/shm", mode: 0o1777),
            .scratch(at: temporary, mode: 0o1777),
            .scratch(at: home, mode: 0o700),
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

    private static func etc(_ identity: Identity, _ network: NetworkAccess) -> [MountStep] {
        let user = identity.insideUser
        let group = identity.insideGroup
        var steps: [MountStep] = [
            .file(
                at: "/etc/passwd",
                text: "root:x:0:0:root:/root:/usr/sbin/nologin\nbuilder:x:\(user):\(group):builder:\(home):/bin/sh\n"
                    + "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"),
            .file(at: "/etc/group", text: "root:x:0:\nbuilder:x:\(group):\nnogroup:x:65534:\n"),
            .file(at: "/etc/nsswitch.conf", text: "passwd: files\ngroup: files\nhosts: files dns\n"),
        ]
        steps += shared.map { .bind(source: $0, at: $0, access: .readOnly) }
        switch network {
        case .none:
            steps.append(.file(at: "/etc/hosts", text: "127.0.0.1 localhost buildbox\n::1 localhost\n"))
        case .host:
            for path in ["/etc/hosts", "/etc/resolv.conf"] where exists(FilePath(path)) {
                steps.append(.bind(source: path, at: path, access: .readOnly))
            }
        }
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
