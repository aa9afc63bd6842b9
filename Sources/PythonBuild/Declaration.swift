/// What a project's pyproject.toml says, as far as buildbox acts on it.
struct Declaration: Sendable {
    /// `build-system.requires` (PEP 518), or what stands in for it.
    var requires: [Requirement]
    /// `project.name` (PEP 621), where it is there.
    var name: String?
}
