import Sandbox

/// What the contained scripts are told of an archive that they read: its format, and what it may unpack to.
struct ArchiveOptions: Encodable {
    let name: String
    let form: String
    let maybeSdist: Bool
    let subdirectory: String
    let bytes: UInt64
    let entries: UInt64

    private enum CodingKeys: String, CodingKey {
        case name, form, subdirectory, bytes, entries
        case maybeSdist = "maybe_sdist"
    }

    /// The limits are those of the build that will find it unpacked.
    init(_ source: Source, _ format: ArchiveFormat, limits: SandboxLimits) {
        name = source.name
        form = format.rawValue
        maybeSdist = source.mayBeSdist
        subdirectory = source.subdirectory
        bytes = limits.diskBytes
        entries = min(ArchiveFormat.mostEntries, limits.diskInodes)
    }
}
