import BuildAPI
import FoundationEssentials

/// A job that is to be admitted.
struct NewJob: Sendable {
    struct Key: Sendable {
        let text: String
        /// Of the request: another one under the same key is a mistake.
        let fingerprint: String
        /// Keys that were used before are forgotten.
        let since: Date
    }

    let id: JobID
    let grant: String
    let subject: String
    let priority: Int
    let document: BuildDocument
    let source: SourceDocument
    let retryOf: JobID?
    let createdAt: Date
    let queueDeadline: Date
    let runTime: Duration
    let key: Key?
    /// What a policy decided on it, where there is one; never a denial.
    var policy: PolicyTerms?
}
