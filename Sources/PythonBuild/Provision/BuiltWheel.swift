/// A wheel that buildbox made of a requirement's source distribution, as it lies in the wheelhouse.
struct BuiltWheel: Codable, Equatable, Sendable {
    /// Normalized (PEP 503).
    var name: String
    var version: String
    /// SHA-256 of the source distribution, hexadecimal.
    var sdist: String
    /// The wheel's file name (PEP 427).
    var file: String
    /// SHA-256 of the wheel, hexadecimal.
    var sha256: String
    /// What it is stored under.
    var key: String
}
