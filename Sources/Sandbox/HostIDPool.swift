import CLinux
import FoundationEssentials
import Glibc
import Linux
import SandboxProtocol

/// The host ids that root hands out to running commands, one each: what the kernel counts or
/// protects by user (signals, keyrings, processes, files) is never shared between two of them.
///
/// An id is held by a lock on its file in a folder of the whole host, which the kernel releases
/// when this process ends, however it does.
struct HostIDPool: Sendable {
    /// Above the ids of people (up to 65535) and of containers that subuid(5) usually hands out;
    /// they belong to nobody. The first owns what is stored.
    static let first: UInt32 = 0x6262_0000
    static let count: UInt32 = 4096
    /// Inside every command is the ordinary user `builder`.
    static let insideID: UInt32 = 1000

    let folder: String

    init(folder: String = "/run/buildbox/ids") {
        self.folder = folder
    }

    /// An identity, held as long as the claim lives.
    func claim(_ role: JobRole) throws(SandboxError) -> Claim {
        guard geteuid() == 0 else {
            return Claim(identity: Self.own, lock: nil)
        }
        try makeFolder()
        if role == .storeOwner { return Claim(identity: Self.identity(0), lock: try lock(0, wait: true)) }
        let start = UInt32.random(in: 1..<Self.count)
        for step in 0..<Self.count - 1 {
            let number = (start - 1 + step) % (Self.count - 1) + 1
            if let lock = try lock(number, wait: false) { return Claim(identity: Self.identity(number), lock: lock) }
        }
        throw SandboxError(
            .setUp, "all \(Self.count - 1) host ids in \(folder) are in use: fewer builds can run at once")
    }

    /// An identity that nothing else uses until this is released or given up.
    final class Claim: Sendable {
        let identity: Identity
        private let lock: Int32?

        fileprivate init(identity: Identity, lock: Int32?) {
            self.identity = identity
            self.lock = lock
        }

        deinit {
            if let lock { close(lock) }
        }
    }

    /// What the doctor's trials run under: an id behind those that are handed out, or the user's own.
    static var ofTrials: Identity { geteuid() == 0 ? identity(count) : own }

    private static var own: Identity {
        Identity(
            insideUser: insideID, insideGroup: insideID, hostUser: geteuid(), hostGroup: getegid(), privileged: false)
    }

    private static func identity(_ number: UInt32) -> Identity {
        let id = first + number
        return Identity(
            insideUser: insideID, insideGroup: insideID, hostUser: id, hostGroup: id, privileged: true)
    }

    private func makeFolder() throws(SandboxError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SandboxError(.setUp, "cannot make \(folder), where host ids are handed out: \(error)")
        }
    }

    /// A locked descriptor of an id's file; nil where another command has it.
    private func lock(_ number: UInt32, wait: Bool) throws(SandboxError) -> Int32? {
        let file = "\(folder)/\(Self.first + number)"
        do throws(SystemCallError) {
            let descriptor = OwnedDescriptor(
                owning: try system { clinux_open(file, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600) })
            let number = descriptor.number
            try system { flock(number, wait ? LOCK_EX : LOCK_EX | LOCK_NB) }
            return descriptor.release()
        } catch {
            if error.code == EWOULDBLOCK { return nil }
            throw SandboxError(.setUp, "cannot lock the host id's file \(file): \(error)")
        }
    }
}
