import Crypto
import FoundationEssentials
public import SandboxProtocol
import SourceText
public import SystemPackage

/// A named set of rules for a kind of command: what of the kernel and of the host it may use. Read
/// from a JSON file; `sandbox-profiles/profile.schema.json` describes the format.
public struct SandboxProfile: Sendable {
    public let name: String
    public let description: String
    public let file: FilePath
    let seccomp: SeccompRules
    /// Files and folders of the host that are shown read-only beside the fixed base.
    public let readOnly: [String]
    /// Files and folders of the base that are covered. In the last component `*` stands for any
    /// characters: ``coveredPaths()`` says what that is on this host.
    public let hidden: [String]
    /// Paths below /proc that show nothing, and such that cannot be written; absent ones are passed over.
    public let maskedPaths: [String]
    public let readonlyPaths: [String]
    public let landlock: LandlockRules
    /// What a caller gets who sets no limit.
    public let limits: LimitSettings
    /// Every layer is either required, or had where the host can.
    public let required: LayerSet
    public let whereAvailable: LayerSet
    /// SHA-256 of the file: what a compiled filter is cached under.
    public let digest: String

    /// Reads a profile file.
    ///
    /// - Throws: ``SandboxError`` with the code `profile`: every fault in the file, each on a line of
    ///   its own as `FILE:LINE:COLUMN: message`.
    public init(contentsOf file: FilePath) throws(SandboxError) {
        do throws(ProfileFaults) {
            try self.init(reading: file)
        } catch {
            throw SandboxError(.profile, error.description)
        }
    }

    /// Reads a profile file and has its filter compiled, which tells of rules that contradict each other.
    ///
    /// - Throws: ``ProfileFaults``.
    public init(checking file: FilePath) throws(ProfileFaults) {
        try self.init(reading: file)
        let faults: [SourceFault]
        do throws(SandboxError) {
            faults = try SeccompCompiler.faults(in: seccomp)
        } catch {
            throw ProfileFaults(file: file, error.message)
        }
        guard faults.isEmpty else { throw ProfileFaults(file: file, faults) }
    }

    private init(reading file: FilePath) throws(ProfileFaults) {
        // Read whole: a file that grows beyond the bound is refused by its size.
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(filePath: file.string)))
        } catch {
            throw ProfileFaults(file: file, "there is no readable profile")
        }
        let reader = ProfileReader(file)
        guard let contents = try reader.read(bytes) else { throw ProfileFaults(file: file, reader.faults) }
        name = contents.name
        description = contents.description
        self.file = file
        seccomp = contents.seccomp
        readOnly = contents.readOnly
        hidden = contents.hidden
        maskedPaths = contents.maskedPaths
        readonlyPaths = contents.readonlyPaths
        landlock = contents.landlock
        limits = contents.limits
        required = contents.required
        whereAvailable = contents.whereAvailable
        digest = SHA256.hash(data: bytes).hexadecimal
    }

    var shownMounts: [MountStep] {
        readOnly.map { .bind(source: $0, at: $0, access: .readOnly) }
    }

    /// System calls that are allowed whatever their arguments.
    public var allowedCalls: Int { seccomp.allowed.count }
    /// System calls whose arguments decide.
    public var callsDecidedByArgument: Int { seccomp.decidedByArgument.count }
}

extension Digest {
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
