import Glibc
import SandboxProtocol

/// Which of buildbox's identities a command runs under. Roles never share a host id, so that no
/// project's code can touch what provisioning writes.
public enum JobRole: Sendable {
    /// Code of the project, or anything that reads what it brings.
    case build
    /// Downloads and installs; runs no code of the project.
    case provision

    /// The ids that own what the role writes on the host: the caller's own, unless it is root.
    public var hostUser: UInt32 { identity.hostUser }
    public var hostGroup: UInt32 { identity.hostGroup }

    /// Host ids that root uses. They lie above the ids of people (up to 65535) and of containers
    /// that subuid(5) usually hands out, and belong to nobody.
    private static let firstHostID: UInt32 = 0x6262_0000

    var identity: Identity {
        guard geteuid() == 0 else {
            return Identity(
                insideUser: Self.insideID, insideGroup: Self.insideID, hostUser: geteuid(), hostGroup: getegid(),
                privileged: false)
        }
        let id = Self.firstHostID + (self == .build ? 1 : 0)
        return Identity(
            insideUser: Self.insideID, insideGroup: Self.insideID, hostUser: id, hostGroup: id, privileged: true)
    }

    /// Inside every command is the ordinary user `builder`.
    static let insideID: UInt32 = 1000
}
