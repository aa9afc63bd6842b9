/// Text of a document as a message shows it: in quotes, shortened, and without characters that
/// would do something to a terminal.
public func quoted(_ text: String) -> String {
    let longest = 60
    var shown = "\""
    for scalar in text.unicodeScalars.prefix(longest) {
        switch scalar {
        case "\"": shown += "\\\""
        case "\\": shown += "\\\\"
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
    }
    return text.unicodeScalars.count > longest ? shown + "...\"" : shown + "\""
}
