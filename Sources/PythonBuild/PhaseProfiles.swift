import Sandbox

/// The profile of each phase: the request's own for whatever runs code of the project, a fixed one
/// for the rest.
struct PhaseProfiles: Sendable {
    let project: SandboxProfile
    /// Reads sources and artifacts as data: the phases inspect and verify.
    let inspect: SandboxProfile
    private let find: @Sendable (String) throws(BuildFailure) -> SandboxProfile

    init(
        project name: String, _ find: @escaping @Sendable (String) throws(BuildFailure) -> SandboxProfile
    ) throws(BuildFailure) {
        self.find = find
        project = try find(name)
        inspect = try find("inspect")
    }

    /// Read when it is needed: most builds find their environment in the store.
    func provision() throws(BuildFailure) -> SandboxProfile { try find("provision") }
}
