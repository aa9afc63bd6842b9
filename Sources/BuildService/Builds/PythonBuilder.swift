public import BuildAPI
import FoundationEssentials
public import PythonBuild
public import Sandbox
public import SandboxProtocol
public import SystemPackage

/// Builds as `buildbox run` does: it makes the request that PythonBuild wants of what a client asked for.
public struct PythonBuilder: Builder, FolderPacker {
    private let python: PythonBuild
    private let profiles: ProfileSearch
    private let allowMissing: LayerSet

    /// - Parameters:
    ///   - python: Runs the builds.
    ///   - profiles: Where profiles that requests name are looked up.
    ///   - allowMissing: Layers of the sandbox that the operator does without where they cannot be had.
    public init(python: PythonBuild, profiles: ProfileSearch, allowMissing: LayerSet = []) {
        self.python = python
        self.profiles = profiles
        self.allowMissing = allowMissing
    }

    public func check(_ document: BuildDocument) throws(ServiceFault) {
        if document.sdist == false, document.wheel == false {
            throw ServiceFault.invalid(
                "/wheel", "neither a source distribution nor a wheel is wanted: then there is nothing to build")
        }
        guard let profile = document.profile else { return }
        do throws(SandboxError) {
            _ = try profiles.file(profile)
        } catch {
            throw ServiceFault.invalid("/profile", error.message)
        }
    }

    public func build(
        _ order: BuildOrder, events: @escaping @Sendable (BuildEvent) -> Void
    ) async -> BuildResult {
        var request = BuildRequest(source: order.source)
        let document = order.document
        request.sourceName = order.sourceName
        request.subdirectory = document.source?.subdirectory
        request.outputFolder = order.output
        request.distributions = Self.distributions(sdist: document.sdist, wheel: document.wheel)
        request.isolation = !(document.noIsolation ?? false)
        request.skipDependencyCheck = document.skipDependencyCheck ?? false
        if let settings = document.configSettings, !settings.isEmpty {
            request.configSettings = .json(encoded(settings))
        }
        request.constraintsText = document.dependencyConstraints
        request.verbosity = document.verbosity ?? 0
        request.python = document.python
        request.environment = document.environment ?? [:]
        request.offline = document.offline ?? false
        request.profile = document.profile ?? "build"
        request.allowMissing = allowMissing
        request.limits = Self.limits(document.limits ?? LimitsDocument())
        return await python.run(request, events: events)
    }

    public func sweep() async -> String? {
        do throws(BuildFailure) {
            return try python.sweep().summary
        } catch {
            return "cannot sweep what dead runs left: \(error.message)"
        }
    }

    public func obstacle() async -> String? {
        do throws(SandboxError) {
            let request = SandboxRequest(
                arguments: ["/bin/true"], limits: SandboxLimits(time: .seconds(30)),
                profile: try profiles.profile("build"), allowMissing: allowMissing)
            let outcome = try await python.sandbox.run(request) { _, _ in }
            if case .exited(code: 0) = outcome.verdict { return nil }
            return "a contained /bin/true did not succeed: \(outcome.verdict): buildbox doctor tells more"
        } catch {
            return "\(error.message) (buildbox doctor tells more)"
        }
    }

    public func pack(
        _ folder: FilePath, below root: FilePath, into archive: FilePath, largest: UInt64
    ) async throws(ServiceFault) -> PackedSource {
        var request = PackRequest(folder: folder, root: root, destination: archive)
        request.largestArchiveBytes = largest
        request.largestContentBytes = max(largest, request.largestContentBytes)
        request.allowMissing = allowMissing
        do throws(BuildFailure) {
            let packed = try await python.pack(request)
            return PackedSource(
                name: "\(Self.fileName(of: folder)).\(request.format.rawValue)", digest: packed.sha256,
                size: packed.size)
        } catch {
            throw Self.fault(error)
        }
    }

    private static func fault(_ failure: BuildFailure) -> ServiceFault {
        let pointer = [ProblemDocument.Fault(pointer: "/source/folder", detail: failure.message)]
        return switch failure.code {
        case .invalidRequest: ServiceFault(.folderRefused, failure.message, faults: pointer)
        case .limit: ServiceFault(.tooLarge, failure.message, faults: pointer)
        case .layerUnavailable, .sandboxSetUp: ServiceFault(.sandboxUnavailable, failure.message, retryAfter: 60)
        default: ServiceFault(.internalFault, failure.message)
        }
    }

    /// A file name that nobody has to escape.
    private static func fileName(of folder: FilePath) -> String {
        let plain = (folder.lastComponent?.string ?? "").unicodeScalars.filter { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "-_.".unicodeScalars.contains(scalar))
        }
        let name = String(String.UnicodeScalarView(plain.prefix(100))).drop { $0 == "." || $0 == "-" }
        return name.isEmpty ? "source" : String(name)
    }

    /// What is asked for by name; without any, what is not asked against; without that, both, the wheel from the sdist.
    private static func distributions(sdist: Bool?, wheel: Bool?) -> Distributions {
        switch (sdist, wheel) {
        case (true, true): .each([.sdist, .wheel])
        case (true, _), (nil, false): .each([.sdist])
        case (_, true), (false, nil): .each([.wheel])
        default: .wheelFromSdist
        }
    }

    private static func limits(_ document: LimitsDocument) -> LimitSettings {
        var limits = LimitSettings()
        limits.time = document.timeMs.map { .milliseconds(Int64(clamping: $0)) }
        limits.cpuTime = document.cpuTimeMs.map { .milliseconds(Int64(clamping: $0)) }
        limits.memoryBytes = document.memoryBytes
        limits.diskBytes = document.diskBytes
        limits.pids = document.pids
        limits.cpus = document.cpus
        limits.logBytes = document.logBytes
        limits.logOverflow = document.onLogLimit.flatMap(LogOverflow.init)
        return limits
    }
}
