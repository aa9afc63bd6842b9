import CLinux
import Crypto
import FoundationEssentials
import Glibc
import Linux
public import Sandbox
public import SystemPackage

/// Everything that buildbox keeps between runs, below $BUILDBOX_HOME. Every file in it is written
/// aside and renamed, so that a crash leaves the old or the new; what is aside carries the name of
/// its run's record (`RunRecord`).
public struct StateFolder: Sendable {
    public let root: FilePath
    /// The records of this folder's runs.
    public let ledger: RunLedger

    public init(root: FilePath) {
        self.root = root
        ledger = RunLedger(folder: root.appending("runs"))
    }

    public var filters: FilePath { root.appending("filters") }
    var interpreters: FilePath { root.appending("interpreters") }
    var memos: FilePath { root.appending("memos") }
    var locks: FilePath { root.appending("locks") }
    var environments: FilePath { root.appending("environments") }
    var wheelhouse: FilePath { root.appending("wheelhouse") }
    /// Wheels of indexes, each under its own SHA-256.
    var downloads: FilePath { root.appending("wheels") }

    var environmentStore: FolderStore<EnvironmentRecord> { FolderStore(state: self, folder: environments) }
    var wheelStore: FolderStore<BuiltWheel> { FolderStore(state: self, folder: wheelhouse) }
    var downloadStore: FolderStore<DownloadedWheel> { FolderStore(state: self, folder: downloads) }

    /// Refuses a folder that another user could change: what lies in it is run and trusted.
    ///
    /// - Throws: ``BuildFailure`` with the code `sandboxSetUp`. A folder that is not there yet is fine.
    public func check() throws(BuildFailure) {
        let facts: FileFacts
        do throws(SystemCallError) {
            facts = try FileFacts(of: root.string)
        } catch {
            if error.code == ENOENT { return }
            throw BuildFailure(.sandboxSetUp, "cannot look at $BUILDBOX_HOME, \(root): \(error)")
        }
        let remedy = "set BUILDBOX_HOME to a folder that is yours alone"
        guard facts.isFolder else {
            throw BuildFailure(.sandboxSetUp, "$BUILDBOX_HOME, \(root), is not a folder: \(remedy)")
        }
        guard facts.owner == geteuid() else {
            throw BuildFailure(
                .sandboxSetUp,
                "$BUILDBOX_HOME, \(root), belongs to the user \(facts.owner), who could change what buildbox "
                    + "runs as the user \(geteuid()): \(remedy)")
        }
        guard facts.mode & 0o022 == 0 else {
            throw BuildFailure(
                .sandboxSetUp,
                "$BUILDBOX_HOME, \(root), can be written to by others (mode "
                    + "\(String(facts.permissions, radix: 8))): chmod go-w it, or \(remedy)")
        }
    }

    /// Makes the folders, for this user only.
    public func prepare() throws(BuildFailure) {
        try check()
        for folder in [root, interpreters, memos, locks, environments, wheelhouse, downloads, ledger.folder] {
            try make(folder, mode: 0o700)
        }
        // What an earlier version let its installer keep, where every build of the home could write.
        remove(root.appending("downloads"))
    }

    /// Removes what dead runs left.
    func sweep() -> Sweep {
        ledger.sweep(drafts: [filters, interpreters, memos, locks, environments, wheelhouse, downloads])
    }

    /// This process's record, to be kept as long as something is being made.
    func record() throws(BuildFailure) -> RunRecord {
        do throws(SandboxError) {
            return try ledger.hold()
        } catch {
            throw BuildFailure(error)
        }
    }

    /// A new folder for one run.
    func makeRunFolder(_ record: RunRecord) throws(BuildFailure) -> FilePath {
        let folder = ledger.folder.appending(record.newName())
        try make(folder, mode: 0o700)
        return folder
    }

    /// A folder beside stored ones, to be moved into the store once it is whole.
    func makeDraft(in store: FilePath, _ record: RunRecord) throws(BuildFailure) -> FilePath {
        let folder = store.appending(".\(record.newName())")
        try make(folder, mode: 0o755)
        return folder
    }

    /// Moves a whole draft into the store. Its files reach the disk before its name does, so that
    /// not even a power cut leaves a folder with holes.
    func store(_ draft: FilePath, as stored: FilePath) throws(BuildFailure) {
        do throws(SystemCallError) {
            let folder = OwnedDescriptor(owning: try system { clinux_open(draft.string, O_RDONLY | O_DIRECTORY, 0) })
            try system { fchmod(folder.number, 0o755) }
            try system { clinux_sync_file_system(folder.number) }
            try system { rename(draft.string, stored.string) }
            let store = OwnedDescriptor(
                owning: try system {
                    clinux_open(stored.removingLastComponent().string, O_RDONLY | O_DIRECTORY, 0)
                })
            try system { fsync(store.number) }
        } catch {
            throw BuildFailure(.internalFault, "cannot move what was made to \(stored): \(error)")
        }
    }

    func make(_ folder: FilePath, mode: UInt32) throws(BuildFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder.string, withIntermediateDirectories: true,
                attributes: [.posixPermissions: Int(mode)])
        } catch {
            throw BuildFailure(.internalFault, "cannot make the folder \(folder): \(error)")
        }
    }

    func remove(_ folder: FilePath) {
        // What cannot be removed now is swept by a later run.
        _ = Result { try FileManager.default.removeItem(atPath: folder.string) }
    }

    func write(_ bytes: [UInt8], to file: FilePath) throws(BuildFailure) {
        let record = try record()
        defer { withExtendedLifetime(record) {} }
        let draft = file.removingLastComponent().appending(".\(record.newName())")
        do throws(SystemCallError) {
            let descriptor = OwnedDescriptor(
                owning: try system { clinux_open(draft.string, O_WRONLY | O_CREAT | O_EXCL, 0o644) })
            var written = 0
            while written < bytes.count {
                written += try system {
                    bytes[written...].withUnsafeBytes { Glibc.write(descriptor.number, $0.baseAddress, $0.count) }
                }
            }
            try system { fsync(descriptor.number) }
            try system { rename(draft.string, file.string) }
        } catch {
            unlink(draft.string)
            throw BuildFailure(.internalFault, "cannot write \(file): \(error)")
        }
    }

    func read(_ file: FilePath) -> [UInt8]? {
        FileManager.default.contents(atPath: file.string).map { Array($0) }
    }
}

extension Result {
    var value: Success? {
        if case .success(let value) = self { value } else { nil }
    }
}

/// Hexadecimal SHA-256 of strings, each ended by a NUL.
func hexadecimalDigest(_ parts: [String]) -> String {
    var hash = SHA256()
    for part in parts {
        hash.update(data: Array(part.utf8) + [0])
    }
    return hash.finalize().hexadecimal
}

/// Hexadecimal SHA-256 of bytes.
func hexadecimalDigest(of bytes: [UInt8]) -> String { SHA256.hash(data: bytes).hexadecimal }

extension Digest {
    var hexadecimal: String {
        map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
