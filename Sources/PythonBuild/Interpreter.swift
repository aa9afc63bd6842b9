import FoundationEssentials
import SystemPackage

/// A Python interpreter of the host, as it told of itself.
struct Interpreter: Codable, Equatable, Sendable {
    /// What was found or named, such as a virtual environment's `bin/python`.
    var executable: String
    /// The real executable behind environments and shims.
    var baseExecutable: String
    var prefix: String
    var basePrefix: String
    var version: String
    var implementation: String
    /// `sys.version`: tells builds of one version apart.
    var build: String
    var platform: String
    var soabi: String

    private enum CodingKeys: String, CodingKey {
        case executable, prefix, version, implementation, build, platform, soabi
        case baseExecutable = "base_executable"
        case basePrefix = "base_prefix"
    }

    /// What environments made with it depend on.
    var digest: String {
        hexadecimalDigest([baseExecutable, basePrefix, version, implementation, build, platform, soabi])
    }

    var title: String { "\(implementation) \(version)" }
}
