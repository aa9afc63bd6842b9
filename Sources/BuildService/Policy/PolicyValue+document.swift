public import BuildAPI
public import Policy

extension PolicyValue {
    /// The arguments of python_build as a policy sees them, the same whichever way the build was asked for: spelled
    /// like the tool's, booleans with their defaults, `memory` in bytes, `timeout` in milliseconds. What was left out
    /// and has no such default is missing.
    ///
    /// - Parameters:
    ///   - document: What is to be built; a folder resolved.
    ///   - call: The tool's arguments as they were given, for those that a document does not have (`outdir`, `args`).
    ///     What the document says counts: it is what will be built.
    /// - Returns: The arguments that the policy's conditions look at.
    public static func arguments(of document: BuildDocument, call: PolicyValue? = nil) -> PolicyValue {
        var arguments: [String: PolicyValue] = [:]
        if case .object(let members) = call { arguments = members }
        for name in Self.fromDocument { arguments[name] = nil }
        // Neither asked for: a source distribution, and a wheel from it.
        let both = document.sdist != true && document.wheel != true
        arguments["sdist"] = .boolean(both || document.sdist == true)
        arguments["wheel"] = .boolean(both || document.wheel == true)
        arguments["noBuildIsolation"] = .boolean(document.noIsolation ?? false)
        arguments["skipDependencyCheck"] = .boolean(document.skipDependencyCheck ?? false)
        arguments["offline"] = .boolean(document.offline ?? false)
        arguments["directory"] = document.source?.folder.map { .string($0) }
        if let source = document.source, source.folder == nil {
            var members: [String: PolicyValue] = [:]
            members["digest"] = source.blob.map { .string($0) }
            members["name"] = source.name.map { .string($0) }
            members["subdirectory"] = source.subdirectory.map { .string($0) }
            arguments["source"] = .object(members)
        }
        arguments["python"] = document.python.map { .string($0) }
        arguments["profile"] = document.profile.map { .string($0) }
        arguments["timeout"] = document.limits?.timeMs.map { .unsigned($0) }
        arguments["memory"] = document.limits?.memoryBytes.map { .unsigned($0) }
        arguments["cpus"] = document.limits?.cpus.map { .real($0) }
        arguments["configSettings"] = document.configSettings.map { settings in
            .object(settings.mapValues(PolicyValue.init(setting:)))
        }
        arguments["environment"] = document.environment.map { .object($0.mapValues { .string($0) }) }
        arguments["dependencyConstraints"] = document.dependencyConstraints.map { .string($0) }
        return .object(arguments)
    }

    private static let fromDocument = [
        "sdist", "wheel", "noBuildIsolation", "skipDependencyCheck", "offline", "directory", "source", "python",
        "profile",
        "timeout", "memory", "cpus", "configSettings", "environment", "dependencyConstraints",
    ]

    private init(setting: SettingValue) {
        switch setting {
        case .one(let text): self = .string(text)
        case .many(let texts): self = .array(texts.map { .string($0) })
        }
    }
}
