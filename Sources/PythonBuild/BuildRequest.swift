public import Sandbox
public import SandboxProtocol
public import SystemPackage

/// One `python_build`: what every front door makes of what it was asked.
public struct BuildRequest: Sendable {
    /// A project folder, a source distribution (PEP 625), or an archive of a project folder (``ArchiveFormat``).
    /// Absolute.
    public var source: FilePath
    /// The archive's file name where `source` itself has another: it tells the format, and whether the archive may
    /// be a source distribution. One name, no path.
    public var sourceName: String?
    /// The project's folder inside of the source, relative, without `..`. In an archive it is looked for at the
    /// top, then in the archive's single top-level folder.
    public var subdirectory: String?
    /// Where artifacts go. Nil: `dist` in the project folder, or the folder of the archive, as
    /// `python -m build` has it.
    public var outputFolder: FilePath?
    /// A folder that contains `source` and that the build sees too, as for a project in a subfolder
    /// of a repository. Absolute.
    public var sourceRoot: FilePath?
    public var distributions: Distributions
    /// False builds against the interpreter's own packages.
    public var isolation: Bool
    /// Only without isolation.
    public var skipDependencyCheck: Bool
    public var configSettings: ConfigSettings
    /// A file that constrains the build requirements.
    public var constraints: FilePath?
    /// The same as text, a requirement (PEP 508) a line; the two exclude each other. No option, URL or path is
    /// taken: unlike the file, it may come from somebody who is not trusted.
    public var constraintsText: String?
    /// -1 quieter, 0, 1 and more: more talkative.
    public var verbosity: Int
    /// A version such as `3.12`, a path, or nil for the first `python3` on PATH.
    public var python: String?
    /// Variables that the build sees beside those that buildbox sets.
    public var environment: [String: String]
    /// Files and folders of the host that the build may read.
    public var readOnlyPaths: [FilePath]
    /// Limits that the caller sets, for every phase. For those that it does not set, each phase has
    /// what its profile says.
    public var limits: LimitSettings
    /// Wall-clock time of the whole build, its phases together. Nil: no limit but the phases' own.
    public var runTime: Duration?
    /// Use what is there: no index is asked.
    public var offline: Bool
    /// A profile's name or the path of its file.
    public var profile: String
    public var allowMissing: LayerSet

    public init(source: FilePath) {
        self.source = source
        distributions = .wheelFromSdist
        isolation = true
        skipDependencyCheck = false
        configSettings = ConfigSettings(assignments: [])
        verbosity = 0
        environment = [:]
        readOnlyPaths = []
        limits = LimitSettings()
        offline = false
        profile = "build"
        allowMissing = []
    }
}
