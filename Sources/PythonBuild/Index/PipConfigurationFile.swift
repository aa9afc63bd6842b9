/// One of pip's configuration files, as Python's configparser reads it (pip's documentation, "Configuration").
struct PipConfigurationFile: Sendable {
    /// Settings by section and option, options in pip's spelling: small letters, hyphens.
    let sections: [String: [String: PipSettings.Setting]]

    /// - Parameters:
    ///   - text: What is in the file.
    ///   - name: Its path, for messages.
    /// - Throws: ``BuildFailure`` for a line that configparser would not take.
    init(_ text: String, name: String) throws(BuildFailure) {
        var sections: [String: [String: PipSettings.Setting]] = [:]
        var section: String?
        var option: String?
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            func fault(_ words: String) -> BuildFailure {
                BuildFailure(.provisioningFailed, "pip's configuration \(name):\(number + 1): \(words)")
            }
            let words = line.drop(while: \.isWhitespace)
            guard let first = words.first, first != "#", first != ";" else { continue }
            if line.first?.isWhitespace == true, let section, let option {
                let before = sections[section]?[option]?.value ?? ""
                sections[section]?[option] = .init(value: "\(before)\n\(trimmed(words))".trimmedLines, origin: name)
            } else if first == "[" {
                guard let end = words.firstIndex(of: "]") else { throw fault("a section without its ]") }
                section = String(words[words.index(after: words.startIndex)..<end])
                option = nil
            } else {
                guard let section else { throw fault("an option before any [section]") }
                guard let sign = words.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                    throw fault("neither [section] nor option = value")
                }
                let key = trimmed(words[..<sign]).lowercased().replacing("_", with: "-")
                option = key.hasPrefix("--") ? String(key.dropFirst(2)) : key
                let value = trimmed(words[words.index(after: sign)...])
                sections[section, default: [:]][option ?? key] = .init(value: value, origin: name)
            }
        }
        self.sections = sections
    }
}

private func trimmed(_ text: Substring) -> String {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
}

extension String {
    /// Without line breaks before the first line.
    fileprivate var trimmedLines: String { String(drop { $0.isNewline }) }
}
