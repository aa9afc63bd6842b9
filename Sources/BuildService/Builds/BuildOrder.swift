public import BuildAPI
public import SystemPackage

/// One attempt at a job, as a builder gets it.
public struct BuildOrder: Sendable {
    /// The job's id.
    public let job: String
    /// From 1.
    public let attempt: Int
    public let document: BuildDocument
    /// The source archive; its file name, which tells its format, is `sourceName`.
    public let source: FilePath
    public let sourceName: String
    /// An empty folder for the artifacts.
    public let output: FilePath
    /// An empty folder for what the builder needs beside, gone after the build.
    public let scratch: FilePath
}
