/// A release that pip would take and that has no wheel for the interpreter, as the resolver names it.
struct SdistRelease: Decodable, Hashable, Sendable {
    /// Normalized (PEP 503).
    var name: String
    var version: String
    /// A URL, or a path inside the provision sandbox.
    var location: String
    /// As the index gave it, hexadecimal.
    var sha256: String?

    /// The file's name, the last component of where it is.
    var file: String {
        let path = location.prefix { $0 != "#" && $0 != "?" }
        return String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
    }

    var title: String { "\(name) \(version)" }
}
