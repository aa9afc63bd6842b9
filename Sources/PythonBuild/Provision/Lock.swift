import FoundationEssentials

/// A resolution: the wheels that an environment consists of, each with its digest.
struct Lock: Codable, Sendable {
    var wheels: [LockedWheel]
    /// Seconds since 1970.
    var resolvedAt: Double
    /// The packages among them that no index has a wheel of.
    var built: [BuiltWheel] = []

    /// How long the index's answer is taken for current.
    static let freshFor: Double = 600

    func isFresh(now: Double) -> Bool { now - resolvedAt >= 0 && now - resolvedAt < Self.freshFor }

    /// True when nothing is required: the environment is an interpreter and nothing else.
    var isEmpty: Bool { wheels.isEmpty }

    /// Keeps those of these wheels that the lock has taken.
    mutating func keep(_ built: [BuiltWheel]) {
        let hashes = Set(wheels.map(\.sha256))
        self.built = built.filter { hashes.contains($0.sha256) }
    }

    /// What the installer is given.
    var file: RequirementsFile {
        get throws(BuildFailure) {
            do throws(Requirement.Refusal) {
                return try RequirementsFile(pinning: wheels)
            } catch {
                throw BuildFailure(.provisioningFailed, "the lock is broken: \(error)")
            }
        }
    }

    /// The wheels that an index has: those that buildbox did not build.
    var downloads: [LockedWheel] {
        let hashes = Set(built.map(\.sha256))
        return wheels.filter { !hashes.contains($0.sha256) }
    }

    var packages: [EnvironmentReport.Package] {
        wheels.map { wheel in
            EnvironmentReport.Package(
                name: wheel.name, version: wheel.version, sha256: [wheel.sha256],
                sdistSha256: built.first { $0.sha256 == wheel.sha256 }?.sdist)
        }
    }
}
