import FoundationEssentials
import Glibc
import Synchronization
public import SystemPackage

/// The records of the runs of one $BUILDBOX_HOME: who is alive, and what the dead left.
public final class RunLedger: Sendable {
    /// Records, and folders that belong to them.
    public let folder: FilePath

    private struct State {
        weak var record: RunRecord?
    }

    private let state = Mutex(State())

    public init(folder: FilePath) {
        self.folder = folder
    }

    /// This process's record. It lives as long as somebody keeps it; all who ask meanwhile get the same.
    ///
    /// - Throws: ``SandboxError`` where no record can be made or locked.
    public func hold() throws(SandboxError) -> RunRecord {
        let result = state.withLock { state in
            if let record = state.record { return Result<RunRecord, SandboxError>.success(record) }
            return Result { () throws(SandboxError) in
                do {
                    try FileManager.default.createDirectory(
                        atPath: folder.string, withIntermediateDirectories: true,
                        attributes: [.posixPermissions: 0o700])
                } catch {
                    throw SandboxError(.setUp, "cannot make the folder \(folder): \(error)")
                }
                let record = try RunRecord(in: folder)
                state.record = record
                return record
            }
        }
        return try result.get()
    }

    /// Removes what dead runs left: their control groups with every process in them, their drafts and
    /// folders, and at last their records. What cannot be removed keeps its record, for the next sweep.
    ///
    /// - Parameter drafts: Folders in which names with a leading `.` are drafts of runs.
    /// - Returns: What was removed, and what could not be.
    public func sweep(drafts: [FilePath]) -> Sweep {
        var sweep = Sweep()
        // What there is, first: a run's record is made before anything of it and removed after all of it.
        let found =
            names(in: folder).filter { !$0.hasSuffix(RunRecord.ending) }.map { (folder, $0, $0[...]) }
            + drafts.flatMap { folder in
                names(in: folder).filter { $0.hasPrefix(".") }.map { (folder, $0, $0.dropFirst()) }
            }
        var items: [String: [FilePath]] = [:]
        for (folder, name, owned) in found {
            let owner = owned.prefix { $0 != "." }
            items[String(owner), default: []].append(folder.appending(name))
        }
        for name in names(in: folder) where name.hasSuffix(RunRecord.ending) {
            let owner = String(name.dropLast(RunRecord.ending.count))
            let belongings = items.removeValue(forKey: owner) ?? []
            guard let dead = DeadRun(record: folder.appending(name)) else { continue }
            dead.bury(belongings, &sweep)
        }
        // The rest has no record in the list above, which may be older than its record.
        for (owner, belongings) in items.sorted(by: { $0.key < $1.key })
        where access(folder.appending(owner + RunRecord.ending).string, F_OK) != 0 && errno == ENOENT {
            var traces = Sweep.Traces()
            for path in belongings { traces.remove(path) }
            sweep.add(traces, hadRecord: false)
        }
        return sweep
    }

    private func names(in folder: FilePath) -> [String] {
        // A folder that is not there holds nothing of anybody.
        let names = Result { try FileManager.default.contentsOfDirectory(atPath: folder.string) }
        guard case .success(let names) = names else { return [] }
        return names.sorted()
    }
}
