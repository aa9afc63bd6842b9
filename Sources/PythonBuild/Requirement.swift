/// A build requirement by name (PEP 508), checked before anything else sees it. What the installer
/// would read as an option, a URL, a path or a variable never passes.
public struct Requirement: Hashable, Sendable {
    /// The whole requirement in canonical white space.
    public let text: String
    /// Normalized (PEP 503): lower case, runs of `-_.` as one `-`.
    public let name: String

    /// Why a string is not a requirement that buildbox provisions.
    public struct Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        public let requirement: String
        public let cause: String

        public var description: String {
            let shown = requirement.unicodeScalars.prefix(200).map { $0.isASCII && $0.value >= 32 ? String($0) : "?" }
            return "the build requirement \"\(shown.joined())\" is refused: \(cause)"
        }
    }

    /// Longer requirements than any real one; `name` alone may have 214 characters on common indexes.
    static let longest = 1024

    public init(_ string: String) throws(Refusal) {
        func refuse(_ cause: String) -> Refusal { Refusal(requirement: string, cause: cause) }
        guard string.utf8.count <= Self.longest else { throw refuse("it is longer than \(Self.longest) bytes") }
        // Line breaks are white space to TOML but a new line to the installer's files.
        let folded = string.utf8.map { $0 == 10 || $0 == 13 || $0 == 9 ? 32 : $0 }
        guard folded.allSatisfy({ (32...126).contains($0) }) else {
            throw refuse("it has characters that are not printable ASCII")
        }
        guard !string.contains("\\"), !string.contains("${") else {
            throw refuse("it has a backslash or a variable, which installers expand")
        }
        var parser = RequirementParser(folded)
        do throws(RequirementParser.Fault) {
            name = try parser.parse()
        } catch {
            throw refuse(error.cause)
        }
        text = String(decoding: folded, as: UTF8.self).split(separator: " ").joined(separator: " ")
    }
}
