import BuildAPI

/// What the queue needs to know of a job.
struct UnendedJob: Equatable, Sendable {
    let id: JobID
    let place: FairQueue.Place
    let state: JobState
}
