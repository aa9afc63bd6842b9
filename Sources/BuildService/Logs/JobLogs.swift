import BuildAPI
import FoundationEssentials
import Glibc
import Linux
import Synchronization
import SystemPackage

/// The logs that somebody reads or writes now, one object a job.
final class JobLogs: Sendable {
    private struct Reference {
        weak var log: JobLog?
    }

    private let open = Mutex<[JobID: Reference]>([:])
    private let folder: FilePath

    init(folder: FilePath) {
        self.folder = folder
    }

    /// The job's log, the same for all who ask while one of them has it.
    func log(of record: JobRecord) throws(ServiceFault) -> JobLog {
        try log(
            of: record.id, createdAt: record.createdAt,
            first: record.approval == nil ? .queued : .awaitingApproval)
    }

    /// - Parameters:
    ///   - id: The job's.
    ///   - createdAt: The time of its admission.
    ///   - first: The state that the job was admitted in.
    /// - Returns: The log, open as long as somebody has it.
    /// - Throws: ``ServiceFault`` where its files cannot be opened.
    func log(of id: JobID, createdAt: Date, first: JobState = .queued) throws(ServiceFault) -> JobLog {
        if let log = current(id) { return log }
        let made: JobLog
        do throws(SystemCallError) {
            made = try JobLog(id, first, createdAt: createdAt, files: JobFiles(id, in: folder)) { [weak self] in
                self?.forget(id)
            }
        } catch {
            throw ServiceFault(.storeUnavailable, "cannot open the log of the build \(id): \(error)")
        }
        return open.withLock { open in
            // Whoever was faster counts; what was made here goes, and takes away only what is not there any more.
            if let log = open[id]?.log { return log }
            open[id] = Reference(log: made)
            return made
        }
    }

    /// The job's log if anybody has it.
    func current(_ id: JobID) -> JobLog? { open.withLock { $0[id]?.log } }

    func isOpen(_ id: JobID) -> Bool { current(id) != nil }

    /// Removes all that a job has on the disk. Who reads it now can read on.
    func remove(_ id: JobID) throws(ServiceFault) {
        let files = JobFiles(id, in: folder)
        guard access(files.folder.string, F_OK) == 0 else { return }
        do {
            try FileManager.default.removeItem(atPath: files.folder.string)
        } catch {
            throw ServiceFault(.storeUnavailable, "cannot remove \(files.folder): \(error)")
        }
    }

    /// Removes what is of no job: one that was deleted while its files could not be removed, or the process died.
    ///
    /// - Parameter jobs: All that there are.
    /// - Throws: ``ServiceFault`` with the code `storeUnavailable`.
    func sweep(_ jobs: Set<JobID>) throws(ServiceFault) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.string)
        } catch {
            throw ServiceFault(.storeUnavailable, "cannot look through \(folder): \(error)")
        }
        for id in names.compactMap(JobID.init) where !jobs.contains(id) { try remove(id) }
    }

    private func forget(_ id: JobID) {
        // What the weak reference gives may be the last owner: it goes outside of the lock, which its deinit takes.
        let other = open.withLock { open in
            let other = open[id]?.log
            if other == nil { open[id] = nil }
            return other
        }
        withExtendedLifetime(other) {}
    }
}
