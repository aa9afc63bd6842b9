public import SystemPackage

/// Packs a folder of this host into an archive at admission, contained.
public protocol FolderPacker: Sendable {
    /// - Parameters:
    ///   - folder: Absolute.
    ///   - root: The operator's root that it lies below; no link on the way from there is followed.
    ///   - archive: Where the archive goes; no file is there yet. Synced to the disk when this returns.
    ///   - largest: Bytes that the archive may have.
    /// - Returns: The archive.
    /// - Throws: ``ServiceFault`` with the code `folderRefused` or `tooLarge`.
    func pack(
        _ folder: FilePath, below root: FilePath, into archive: FilePath, largest: UInt64
    ) async throws(ServiceFault) -> PackedSource
}
