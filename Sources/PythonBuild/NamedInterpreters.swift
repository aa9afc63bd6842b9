public import SystemPackage

/// Interpreters that the operator gave names to. A name goes before a version and before PATH, so that `3.11` can be
/// one, too.
public struct NamedInterpreters: Sendable {
    /// The variable that has them: `NAME=PATH`, separated by white space.
    public static let variable = "BUILDBOX_PYTHONS"

    /// Absolute paths of executables by name.
    public let paths: [String: FilePath]

    /// - Parameter environment: The operator's variables.
    /// - Throws: ``BuildFailure`` for what is no name and no absolute path.
    public init(environment: [String: String]) throws(BuildFailure) {
        var paths: [String: FilePath] = [:]
        for word in (environment[Self.variable] ?? "").split(whereSeparator: \.isWhitespace) {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, Self.isName(parts[0]), parts[1].hasPrefix("/") else {
                throw BuildFailure(
                    .invalidRequest,
                    "\(Self.variable): \"\(word)\" is no NAME=PATH: a name has letters, digits, `.`, `-` and `_`, a path is absolute"
                )
            }
            paths[parts[0]] = FilePath(parts[1])
        }
        self.paths = paths
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && !text.hasPrefix("-")
            && text.utf8.allSatisfy { byte in
                (65...90).contains(byte) || (97...122).contains(byte) || (48...57).contains(byte)
                    || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
            }
    }
}
