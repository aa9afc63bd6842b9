import SourceText

/// The settings in force, as a file of settings with a remark on where each comes from. There is no secret among them.
struct ServeReport {
    let values: ServeValues

    var text: String {
        var lines: [String] = []
        var section: Substring?
        for key in ServeKey.all {
            let parts = key.name.split(separator: ".", maxSplits: 1)
            guard let value = values.values[key] else {
                lines.append("# \(key.name): not set")
                continue
            }
            let isNested = parts.count == 2
            if isNested, section != parts[0] { lines.append("\(parts[0]):") }
            section = isNested ? parts[0] : nil
            let name = (isNested ? "  " : "") + String(parts.last ?? "")
            lines.append("\(name): \(rendered(value.text, key.form))  # \(value.source)")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func rendered(_ text: [String], _ form: ServeKey.Form) -> String {
        switch form {
        case .one: quoted(text.first ?? "")
        case .several: "[" + text.map { quoted($0) }.joined(separator: ", ") + "]"
        }
    }
}
