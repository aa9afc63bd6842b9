/// The state folder, or the nearest folder above it that is there.
struct FolderFacts: Equatable, Sendable {
    var path: String
    /// The folder that was looked at: `path`, or the one in which it would be made.
    var found: String
    var owner: UInt32
    /// The permission bits.
    var mode: UInt32
    var writable: Bool
    var readOnlyMount: Bool
    var freeBytes: UInt64

    var exists: Bool { path == found }
}
