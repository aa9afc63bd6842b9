/// What a build ran in.
public struct EnvironmentReport: Codable, Sendable {
    public struct Package: Codable, Equatable, Sendable {
        public var name: String
        public var version: String
        /// The digests that the index gave for the version's wheels; the installed wheel has one of them.
        public var sha256: [String]
        /// The digest of the source distribution that buildbox made the wheel of; absent where an index had one.
        public var sdistSha256: String?

        public init(name: String, version: String, sha256: [String], sdistSha256: String? = nil) {
            self.name = name
            self.version = version
            self.sha256 = sha256
            self.sdistSha256 = sdistSha256
        }
    }

    public enum Cache: String, Codable, Sendable {
        /// The environment was there.
        case hit
        /// It was made for this build.
        case miss
        /// None was needed: no isolation.
        case none
    }

    /// Implementation and version, such as `cpython 3.11.7`.
    public var python: String
    /// The requirements that were resolved: the project's, and its backend's.
    public var requires: [String]
    public var resolved: [Package]
    public var cache: Cache

    public init(python: String, requires: [String], resolved: [Package], cache: Cache) {
        self.python = python
        self.requires = requires
        self.resolved = resolved
        self.cache = cache
    }
}
