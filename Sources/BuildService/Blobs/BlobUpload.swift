public import BuildAPI

/// An upload on its way to the store. Nothing of it is left behind unless ``finish()`` returned.
public final class BlobUpload: Sendable {
    /// Appends bytes. Blocks while the disk does.
    ///
    /// - Throws: ``ServiceFault`` with the codes `tooLarge`, or `storeUnavailable` for a full disk.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(ServiceFault) {
        throw ServiceFault(.internalFault, "not there yet")
    }

    /// Syncs the upload to the disk and makes it the grant's.
    ///
    /// - Returns: Its digest and size.
    /// - Throws: ``ServiceFault`` with the codes `digestMismatch`, `tooLarge` for more than the grant may have,
    ///   `storeUnavailable`.
    public func finish() async throws(ServiceFault) -> BlobDocument {
        throw ServiceFault(.internalFault, "not there yet")
    }

    /// Throws away what was written; as does letting go of the object.
    public func abandon() {}
}
