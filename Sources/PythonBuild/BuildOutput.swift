import Sandbox

/// The folder that one invocation of the frontend filled, and what it was to leave there.
struct BuildOutput: Sendable {
    let folder: OutputFolder
    let kinds: Set<DistributionKind>
}
