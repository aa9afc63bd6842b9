import Linux

/// A folder that contained code filled, held by a directory descriptor that outlives the sandbox's
/// mounts. Everything in it is hostile.
public final class OutputFolder: Sendable {
    private let folder: OwnedDescriptor

    init(owning descriptor: Int32) {
        folder = OwnedDescriptor(owning: descriptor)
    }

    /// For openat2(2) with RESOLVE_BENEATH; valid as long as this object is.
    public var descriptor: Int32 { folder.number }
}
