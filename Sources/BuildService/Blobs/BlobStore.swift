import SystemPackage

/// Where bytes are kept under their SHA-256. Tests stand in for it to fail.
protocol BlobStore: Sendable {
    /// A place for a new file that is to become a blob; it goes with the object unless it was adopted.
    func draft() throws(ServiceFault) -> BlobDraft

    /// Makes a file a blob: afterwards it is on the disk, whole, under its digest. Doing it again, also when the file
    /// has gone to its place already, changes nothing.
    func adopt(_ file: FilePath, as digest: String) throws(ServiceFault)

    /// - Throws: ``ServiceFault`` with the code `notFound` when it is not there.
    func open(_ digest: String) throws(ServiceFault) -> BlobFile

    /// A file of this host with the blob's bytes, for as long as the store has the blob.
    func file(_ digest: String) -> FilePath

    func remove(_ digest: String) throws(ServiceFault)

    /// All blobs that are there.
    func all() throws(ServiceFault) -> [String]

    /// Removes drafts that an earlier process left.
    func sweepDrafts() throws(ServiceFault)
}
