import FoundationEssentials

/// A resolution: exact versions with the digests that the index gave for them, as uv writes them.
struct Lock: Codable, Sendable {
    var text: String
    /// Seconds since 1970.
    var resolvedAt: Double
    /// The packages among them that no index has a wheel of.
    var built: [BuiltWheel] = []

    /// How long the index's answer is taken for current.
    static let freshFor: Double = 600

    func isFresh(now: Double) -> Bool { now - resolvedAt >= 0 && now - resolvedAt < Self.freshFor }

    /// True when nothing is required: the environment is an interpreter and nothing else.
    var isEmpty: Bool { packages.isEmpty }

    /// Keeps those of these wheels that the lock has taken.
    mutating func keep(_ wheels: [BuiltWheel]) {
        let hashes = Set(packages.flatMap(\.sha256))
        built = wheels.filter { hashes.contains($0.sha256) }
    }

    var packages: [EnvironmentReport.Package] {
        var packages: [EnvironmentReport.Package] = []
        for line in text.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\\" }
            guard let first = words.first else { continue }
            if first.hasPrefix("--hash=sha256:") {
                packages.indices.last.map { packages[$0].sha256.append(String(first.dropFirst(14))) }
            } else if let range = first.firstRange(of: "==") {
                let name = String(first[..<range.lowerBound])
                let sdist = built.first { $0.name == name.prefix { $0 != "[" } }?.sdist
                packages.append(
                    EnvironmentReport.Package(
                        name: name, version: String(first[range.upperBound...]), sha256: [], sdistSha256: sdist))
            }
        }
        return packages
    }
}
