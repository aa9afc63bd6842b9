import CLinux
import FoundationEssentials
import Glibc
import Linux
import SystemPackage

/// Compiled seccomp filters by profile digest: compiling costs more than the whole rest of a launch.
struct FilterCache: Sendable {
    let folder: FilePath

    /// The compiled filter of a profile, 8 bytes an instruction.
    func program(for profile: SandboxProfile) throws(SandboxError) -> [UInt8] {
        let file = folder.appending("\(profile.digest)-\(SeccompCompiler.version).bpf")
        if let program = read(file) { return program }
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
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
        let draft = folder.appending(".\(RunName.next())")
        let number = clinux_open(draft.string, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard number >= 0 else {
            throw SandboxError(.setUp, "cannot write to the filter cache \(folder): \(SystemCallError(errno))")
        }
        let descriptor = OwnedDescriptor(owning: number)
        defer { unlink(draft.string) }
        try SeccompCompiler.compile(profile.seccomp, to: descriptor.number)
        guard fsync(descriptor.number) == 0, rename(draft.string, file.string) == 0 else {
            throw SandboxError(.setUp, "cannot store the compiled filter \(file): \(SystemCallError(errno))")
        }
    }

    private func read(_ file: FilePath) -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: file.string), !data.isEmpty, data.count % 8 == 0 else {
            return nil
        }
        return Array(data)
    }
}
