import BuildAPI
import FoundationEssentials

/// How a job ended, for those who follow it.
struct JobEnd: Equatable, Sendable {
    let state: JobState
    let exitCode: Int32
    let attempt: Int
    let time: Date
}
