public import SandboxProtocol
public import SystemPackage

/// A folder of this host that is to become an archive, as what `BuildRequest.source` takes.
public struct PackRequest: Sendable {
    /// The folder: absolute, and `root` itself or below it. No part of it below `root` may be a symbolic link.
    public var folder: FilePath
    /// A folder that the operator allows to be read. Absolute.
    public var root: FilePath
    /// The file to be written. It must not be there yet; its folder must.
    public var destination: FilePath
    public var format: Format
    /// The most bytes that the archive may have.
    public var largestArchiveBytes: UInt64
    /// The most bytes that the folder's files may have together.
    public var largestContentBytes: UInt64
    /// The most files, folders and links.
    public var mostEntries: UInt64
    /// Layers that may be missing: see `BuildRequest.allowMissing`.
    public var allowMissing: LayerSet

    public enum Format: String, Sendable {
        case tarGzip = "tar.gz"
        /// Packs several times as fast.
        case tarZstandard = "tar.zst"

        var archive: ArchiveFormat { self == .tarGzip ? .tarGzip : .tarZstandard }
    }

    public init(folder: FilePath, root: FilePath, destination: FilePath) {
        self.folder = folder
        self.root = root
        self.destination = destination
        format = .tarZstandard
        largestArchiveBytes = 2 << 30
        largestContentBytes = 2 << 30
        mostEntries = ArchiveFormat.mostEntries
        allowMissing = []
    }
}
