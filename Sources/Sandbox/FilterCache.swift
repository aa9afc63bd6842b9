import CLinux
import Crypto
import FoundationEssentials
import Glibc
import Linux
import SystemPackage

/// Compiled seccomp filters by profile digest: compiling costs more than the whole rest of a launch.
/// Each file ends with the SHA-256 of what is before it, so that a damaged one is made anew.
struct FilterCache: Sendable {
    let folder: FilePath
    let ledger: RunLedger

    /// The compiled filter of a profile, 8 bytes an instruction.
    func program(for profile: SandboxProfile) throws(SandboxError) -> [UInt8] {
        let file = folder.appending("\(profile.digest)-\(SeccompCompiler.version).bpf")
        if let program = read(file) { return program }
        do {
            try FileManager.default.createDirectory(
                atPath: folder.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SandboxError(.setUp, "cannot make the filter cache \(folder): \(error)")
        }
        try store(profile, as: file)
        guard let program = read(file) else {
            throw SandboxError(.setUp, "cannot read back the compiled filter \(file)")
        }
        return program
    }

    /// Written aside and renamed: whoever looks finds a whole filter or none.
    private func store(_ profile: SandboxProfile, as file: FilePath) throws(SandboxError) {
        let record = try ledger.hold()
        defer { withExtendedLifetime(record) {} }
        let draft = folder.appending(".\(record.newName())")
        let number = clinux_open(draft.string, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard number >= 0 else {
            throw SandboxError(.setUp, "cannot write to the filter cache \(folder): \(SystemCallError(errno))")
        }
        let descriptor = OwnedDescriptor(owning: number)
        defer { unlink(draft.string) }
        let program = try SeccompCompiler.compile(profile.seccomp)
        let bytes = program + Array(SHA256.hash(data: program))
        guard write(descriptor.number, bytes, bytes.count) == bytes.count, fsync(descriptor.number) == 0,
            rename(draft.string, file.string) == 0
        else {
            throw SandboxError(.setUp, "cannot store the compiled filter \(file): \(SystemCallError(errno))")
        }
    }

    private func read(_ file: FilePath) -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: file.string) else { return nil }
        let program = Array(data.dropLast(SHA256.byteCount))
        guard !program.isEmpty, program.count % 8 == 0,
            data.suffix(SHA256.byteCount) == Data(SHA256.hash(data: program))
        else { return nil }
        return program
    }
}
