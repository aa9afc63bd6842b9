public import FoundationEssentials

/// An environment, a wheel that was built for one, or a wheel of an index, as it lies in the store.
public struct StoredItem: Codable, Sendable {
    public enum Kind: String, Codable, Sendable {
        case environment
        /// Built here, of a requirement's source distribution.
        case wheel
        /// Fetched from an index.
        case download
    }

    public var kind: Kind
    /// The digest that it is stored under, hexadecimal.
    public var id: String
    /// What it takes of the disk.
    public var bytes: UInt64
    public var lastUsed: Date
    /// A build uses it at this moment.
    public var inUse: Bool
    /// Of an environment: the interpreter, such as `cpython 3.11.7`, and its path.
    public var python: String?
    public var executable: String?
    public var madeAt: Date?
    /// What an environment holds; of a wheel, the one package that it is.
    public var packages: [EnvironmentReport.Package]
    /// Of a wheel: its file name.
    public var file: String?
}

extension StoredItem {
    init(_ entry: FolderStore<EnvironmentRecord>.Entry) {
        self.init(
            kind: .environment, id: entry.name, bytes: entry.bytes,
            lastUsed: Date(timeIntervalSince1970: Double(entry.lastUsed)), inUse: entry.inUse,
            python: entry.record?.python, executable: entry.record?.executable,
            madeAt: entry.record.map { Date(timeIntervalSince1970: $0.madeAt) },
            packages: entry.record?.packages ?? [])
    }

    init(_ entry: FolderStore<BuiltWheel>.Entry) {
        let package = entry.record.map { wheel in
            EnvironmentReport.Package(
                name: wheel.name, version: wheel.version, sha256: [wheel.sha256], sdistSha256: wheel.sdist)
        }
        self.init(
            kind: .wheel, id: entry.name, bytes: entry.bytes,
            lastUsed: Date(timeIntervalSince1970: Double(entry.lastUsed)), inUse: entry.inUse,
            packages: package.map { [$0] } ?? [], file: entry.record?.file)
    }

    init(_ entry: FolderStore<DownloadedWheel>.Entry) {
        let package = entry.record.map { wheel in
            EnvironmentReport.Package(name: wheel.name, version: wheel.version, sha256: [entry.name])
        }
        self.init(
            kind: .download, id: entry.name, bytes: entry.bytes,
            lastUsed: Date(timeIntervalSince1970: Double(entry.lastUsed)), inUse: entry.inUse,
            packages: package.map { [$0] } ?? [], file: entry.record?.file)
    }
}
