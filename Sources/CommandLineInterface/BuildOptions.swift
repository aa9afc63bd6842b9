import ArgumentParser
import PythonBuild
import SystemPackage

/// What `python -m build` has too, spelled the same.
struct BuildOptions: ParsableArguments {
    @Option(
        name: [.short, .customLong("outdir")],
        help: ArgumentHelp("Output folder (default: dist in the project, or the archive's folder).", valueName: "dir"))
    var outdir: String?

    @Flag(help: "Build a source distribution (-s) or a wheel (-w); neither: a wheel from a source distribution.")
    var distributions: [DistributionFlag] = []

    @Flag(name: [.customShort("n"), .long], help: "Build against the interpreter's own packages.")
    var noIsolation = false

    @Flag(name: [.customShort("x"), .long], help: "With -n: do not check that the build requirements are there.")
    var skipDependencyCheck = false

    @Option(
        name: [.customShort("C", allowingJoined: true), .customLong("config-setting")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A setting for the build backend. Repeatable.", valueName: "key=value"))
    var configSetting: [String] = []

    @Option(help: ArgumentHelp("All settings for the backend as one JSON object.", valueName: "json"))
    var configJson: String?

    @Option(help: ArgumentHelp("Constrain the build requirements with this file.", valueName: "file"))
    var dependencyConstraintsTxt: String?

    @Flag(name: .shortAndLong, help: "Say less. Repeatable.")
    var quiet: Int

    @Flag(name: .shortAndLong, help: "Say more. Repeatable.")
    var verbose: Int

    @Option(
        help: ArgumentHelp(
            "The interpreter: a version such as 3.12, a path, or a name that \(NamedInterpreters.variable) gives to one "
                + "as NAME=PATH (default: the first python3 on PATH).",
            valueName: "version|path|name"))
    var python: String?

    @Option(help: ArgumentHelp("A folder around the project that the build sees too.", valueName: "dir"))
    var sourceRoot: String?

    @Option(
        help: ArgumentHelp(
            "The project's folder inside of SRC; in an archive at its top, or in its only top-level folder.",
            valueName: "dir"))
    var subdirectory: String?

    @Flag(help: "Ask no index: use what earlier builds left.")
    var offline = false

    func validate() throws {
        if quiet > 0, verbose > 0 { throw ValidationError("-q and -v contradict each other") }
        if configJson != nil, !configSetting.isEmpty {
            throw ValidationError("--config-json cannot be used together with -C/--config-setting")
        }
        if skipDependencyCheck, !noIsolation {
            throw ValidationError("-x/--skip-dependency-check has a meaning only together with -n/--no-isolation")
        }
        if dependencyConstraintsTxt != nil, noIsolation {
            throw ValidationError(
                "--dependency-constraints-txt has no meaning with -n/--no-isolation: nothing is installed")
        }
    }

    func apply(to request: inout BuildRequest) {
        request.outputFolder = outdir.map(absolute)
        request.distributions = distributions.isEmpty ? .wheelFromSdist : .each(distributions.map(\.kind))
        request.isolation = !noIsolation
        request.skipDependencyCheck = skipDependencyCheck
        request.configSettings = configJson.map { .json($0) } ?? .assignments(configSetting)
        request.constraints = dependencyConstraintsTxt.map(absolute)
        request.verbosity = verbose - quiet
        request.python = python.map { $0.contains("/") ? absolute($0).string : $0 }
        request.offline = offline
        request.sourceRoot = sourceRoot.map(absolute)
        request.subdirectory = subdirectory
    }
}
