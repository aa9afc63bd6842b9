/// Constraints on build requirements that came as text. They may come from whoever asks for a build, so each line has
/// to be a requirement: the installer would follow option lines, URLs and paths.
enum ConstraintLines {
    static let most = 10_000

    /// The constraints of a text.
    ///
    /// - Parameters:
    ///   - text: One requirement a line; `#` begins a comment.
    ///   - origin: Where the text comes from, for the message: `the constraints`, or a file's path.
    /// - Returns: The constraints, in their order.
    /// - Throws: ``BuildFailure`` with the code `invalidRequest`, which names the line.
    static func parsed(
        _ text: String, of origin: String = "the constraints"
    ) throws(BuildFailure) -> [Requirement] {
        var constraints: [Requirement] = []
        var count = 0
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let content = withoutComment(line)
            guard !content.isEmpty else { continue }
            count += 1
            guard count <= most else {
                throw BuildFailure(.invalidRequest, "there are more than \(most) constraints on build requirements")
            }
            do throws(Requirement.Refusal) {
                constraints.append(try Requirement(content))
            } catch {
                throw BuildFailure(.invalidRequest, "line \(index + 1) of \(origin): \(error.description)")
            }
        }
        return constraints
    }

    /// As pip reads a line: `#` begins a comment at its start or behind white space.
    private static func withoutComment(_ line: Substring) -> String {
        var previous: Character = " "
        let content = line.prefix { character in
            defer { previous = character }
            return !(character == "#" && previous.isWhitespace)
        }
        let words = content.drop { $0.isWhitespace }
        return String(words.reversed().drop { $0.isWhitespace }.reversed())
    }
}
