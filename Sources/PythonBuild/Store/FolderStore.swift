import CLinux
import FoundationEssentials
import Glibc
import Linux
import Sandbox
import SystemPackage

/// Folders that are made once, never written again and shared by every build that needs them: each under a digest of
/// all that decides what is in it, and beside it a label that says what it is. A label's modification time is the
/// folder's last use.
///
/// What uses a folder holds a shared lock on its name; what makes or removes it, an exclusive one. Locks are the
/// kernel's (flock(2)): a killed process holds none.
struct FolderStore<Record: Codable & Sendable>: Sendable {
    let state: StateFolder
    let folder: FilePath

    /// What lies beside a folder.
    private struct Label: Codable {
        var record: Record
        /// What the folder takes of the disk.
        var bytes: UInt64
    }

    /// A folder that is there, and stays there for as long as its lease is held.
    struct Found: Sendable {
        let folder: FilePath
        let record: Record?
        let lease: Lease
    }

    func path(_ name: String) -> FilePath { folder.appending(name) }

    private func labelPath(_ name: String) -> FilePath { folder.appending("\(name).json") }

    private func label(_ name: String) -> Label? { state.read(labelPath(name)).flatMap { JSON.value(from: $0) } }

    /// Takes a stored folder into use.
    ///
    /// - Returns: nil where there is none.
    func find(_ name: String) async throws(BuildFailure) -> Found? {
        guard isDirectory(path(name)) else { return nil }
        let lease = try await state.lock(name, .shared)
        // It may have been removed while the lock was waited for.
        guard isDirectory(path(name)) else { return nil }
        return Found(folder: path(name), record: use(name), lease: lease)
    }

    /// Takes a stored folder into use, which is made first where there is none, by one process at a time. `make` fills
    /// a new folder and says what it is; where it throws nothing is stored.
    ///
    /// - Parameters:
    ///   - name: The digest that it is stored under.
    ///   - patience: How long another process that makes the folder is waited for; nil is without end.
    ///   - onWait: Called once, when another process is waited for.
    ///   - make: Fills a new folder.
    /// - Returns: nil where the other process took longer than that.
    /// - Throws: What `make` throws, and ``BuildFailure`` where the store cannot be written.
    func find(
        _ name: String, waitingAtMost patience: Duration?, onWait: () -> Void = {},
        orMake make: (FilePath) async throws(BuildFailure) -> Record
    ) async throws(BuildFailure) -> (found: Found, isNew: Bool)? {
        let deadline = patience.map { ContinuousClock.now + $0 }
        var isNew = false
        var hasTold = false
        while true {
            if isDirectory(path(name)), let found = try await find(name) { return (found, isNew) }
            guard let lease = try state.tryLock(name, .exclusive) else {
                if !hasTold { onWait() }
                hasTold = true
                if let deadline, ContinuousClock.now >= deadline { return nil }
                try await state.pause()
                continue
            }
            if !isDirectory(path(name)) {
                try await fill(name, make)
                isNew = true
            }
            withExtendedLifetime(lease) {}
        }
    }

    /// The same, waiting for others without end.
    func find(
        _ name: String, orMake make: (FilePath) async throws(BuildFailure) -> Record
    ) async throws(BuildFailure) -> (found: Found, isNew: Bool) {
        guard let made = try await find(name, waitingAtMost: nil, orMake: make) else {
            throw BuildFailure(.internalFault, "waiting for \(path(name)) ended without it")
        }
        return made
    }

    private func fill(
        _ name: String, _ make: (FilePath) async throws(BuildFailure) -> Record
    ) async throws(BuildFailure) {
        let runs = try state.record()
        defer { withExtendedLifetime(runs) {} }
        let draft = try state.makeDraft(in: folder, runs)
        defer { state.remove(draft) }
        let record = try await make(draft)
        // The label goes first: a crash between the two leaves one of nothing, which the next making writes anew.
        let label = Label(record: record, bytes: occupiedBytes(draft))
        try state.write(Array(try JSON.text(label).utf8), to: labelPath(name))
        try state.store(draft, as: path(name))
    }

    /// Its record, and the time of its use set to now. A label that cannot be read or touched harms no build.
    private func use(_ name: String) -> Record? {
        utimensat(AT_FDCWD, labelPath(name).string, nil, 0)
        return label(name)?.record
    }

    /// What there is, the least recently used first.
    func entries() -> [Entry] {
        let names = Result { try FileManager.default.contentsOfDirectory(atPath: folder.string) }
        return (names.value ?? []).filter { !$0.hasPrefix(".") && isDirectory(path($0)) }.map(entry)
            .sorted { ($0.lastUsed, $0.name) < ($1.lastUsed, $1.name) }
    }

    struct Entry {
        let name: String
        /// Nil where it cannot be read: the folder serves builds all the same.
        let record: Record?
        /// Seconds since 1970.
        let lastUsed: Int
        /// Bytes on the disk.
        let bytes: UInt64
        /// Somebody holds a lease of it at this moment.
        let inUse: Bool
    }

    private func entry(_ name: String) -> Entry {
        let facts = FileFacts.ifAny(of: labelPath(name).string) ?? FileFacts.ifAny(of: path(name).string)
        let label = label(name)
        return Entry(
            name: name, record: label?.record, lastUsed: facts?.modified.seconds ?? 0,
            bytes: label?.bytes ?? occupiedBytes(path(name)), inUse: state.isLocked(name))
    }

    enum Removal: Equatable { case removed, inUse, absent }

    /// Removes a stored folder, unless somebody uses it.
    func remove(_ name: String) throws(BuildFailure) -> Removal {
        guard isDirectory(path(name)) else { return .absent }
        guard let lease = try state.tryLock(name, .exclusive) else { return .inUse }
        defer { withExtendedLifetime(lease) {} }
        let runs = try state.record()
        defer { withExtendedLifetime(runs) {} }
        // In one step, so that no build finds a part of it.
        let aside = folder.appending(".\(runs.newName())")
        guard rename(path(name).string, aside.string) == 0 else {
            if errno == ENOENT { return .absent }
            throw BuildFailure(.internalFault, "cannot remove \(path(name)): \(SystemCallError(errno))")
        }
        unlink(labelPath(name).string)
        state.remove(aside)
        return .removed
    }
}

/// What a folder's files take of the disk, in bytes.
func occupiedBytes(_ folder: FilePath) -> UInt64 {
    let paths = Result { try FileManager.default.subpathsOfDirectory(atPath: folder.string) }
    return (paths.value ?? []).reduce(0) { sum, path in
        sum + (FileFacts.ifAny(of: folder.appending(path).string, followingLinks: false)?.occupied ?? 0)
    }
}
