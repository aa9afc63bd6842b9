import PythonBuild

/// An artifact as the store has it.
struct StoredArtifact: Sendable {
    let name: String
    let kind: DistributionKind
    let blob: String
    let size: UInt64
}
