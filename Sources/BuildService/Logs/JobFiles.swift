import SystemPackage

/// What a job that has run has on the disk.
struct JobFiles: Sendable {
    let folder: FilePath

    init(_ id: JobID, in jobs: FilePath) {
        folder = jobs.appending(id.description)
    }

    /// The index: an ``EventRecord`` for each event from the second on. The first is that the job was queued, the last
    /// how it ended; both are what the store says.
    var events: FilePath { folder.appending("events") }

    /// The texts of notes, one behind the other.
    var notes: FilePath { folder.appending("notes") }

    /// What an attempt printed, as it was.
    func log(_ attempt: Int) -> FilePath { folder.appending("log.\(attempt)") }
}
