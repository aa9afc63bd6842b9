public import PythonBuild

/// An artifact of a job, open for reading.
public struct ArtifactFile: Sendable {
    public let name: String
    public let kind: DistributionKind
    /// Its bytes, with size and SHA-256.
    public let blob: BlobFile
}
