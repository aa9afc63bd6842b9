import Sandbox

/// The profile of each phase: the request's own for whatever runs code of the project, a fixed one
/// for the rest.
struct PhaseProfiles {
    let project: SandboxProfile
    /// Reads sources and artifacts as data: the phases inspect and verify.
    let inspect: SandboxProfile
    let provision: SandboxProfile

    init(project name: String, _ find: (String) throws(BuildFailure) -> SandboxProfile) throws(BuildFailure) {
        project = try find(name)
        inspect = try find("inspect")
        provision = try find("provision")
    }
}
