import FoundationEssentials

/// One wheel that a resolution chose. Its parts come from an index by way of the resolver's sandbox, so they are
/// checked when they are read, wherever they are read from.
struct LockedWheel: Codable, Equatable, Sendable {
    /// Normalized (PEP 503).
    let name: String
    let version: String
    /// The wheel's file name (PEP 427).
    let file: String
    /// A URL, or a path inside the resolver's sandbox.
    let location: String
    /// Of the file, 64 hexadecimal digits in lower case.
    let sha256: String

    /// `name==version`, which passed the grammar of requirements.
    var requirement: Requirement {
        get throws(Requirement.Refusal) { try Requirement("\(name)==\(version)") }
    }

    init(name: String, version: String, file: String, location: String, sha256: String) throws(BuildFailure) {
        (self.name, self.version, self.file) = (name, version, file)
        (self.location, self.sha256) = (location, sha256)
        func refused(_ cause: String) -> BuildFailure {
            BuildFailure(.provisioningFailed, "the resolver chose a wheel that is not used: \(cause)")
        }
        let normalized: String
        do throws(Requirement.Refusal) {
            normalized = try requirement.name
        } catch {
            throw refused("\(error)")
        }
        guard normalized == name else { throw refused("its name is not normalized (PEP 503)") }
        let project = RequirementParser.normalized(String(file.prefix { $0 != "-" }))
        guard ArtifactName(file)?.kind == .wheel, project == name else {
            throw refused("its file is not named as a wheel of \(name) (PEP 427)")
        }
        guard sha256.utf8.count == 64, sha256.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else {
            throw refused("\(file) has no sha256 digest")
        }
        guard location.utf8.count <= 8192, location.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw refused("the place of \(file) is no URL and no path")
        }
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            name: values.decode(String.self, forKey: .name), version: values.decode(String.self, forKey: .version),
            file: values.decode(String.self, forKey: .file), location: values.decode(String.self, forKey: .location),
            sha256: values.decode(String.self, forKey: .sha256))
    }

    /// Whether it has to be fetched over the network.
    var isRemote: Bool { !location.hasPrefix("/") }
}
