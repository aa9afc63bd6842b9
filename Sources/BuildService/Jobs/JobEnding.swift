import BuildAPI
import FoundationEssentials
import PythonBuild
import SystemPackage

/// What the store is to keep of a job that ends.
struct JobEnding: Sendable {
    var result: BuildResult
    var at: Date
    /// Bytes of its logs, for retention.
    var logBytes: UInt64 = 0
    /// The artifacts' files, for those that `result` names.
    var files: [String: FilePath] = [:]
}
