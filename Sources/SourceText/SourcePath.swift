/// The way from a document's root to a value. A step refers to the one before: a value deep in a
/// hostile document costs no more than one at its top.
public indirect enum SourcePath: Equatable, Sendable {
    case root
    case member(SourcePath, String)
    case element(SourcePath, Int)

    /// The JSON Pointer of the value (RFC 6901); empty for the root.
    public var pointer: String {
        var steps: [String] = []
        var path = self
        while true {
            switch path {
            case .root: return steps.reversed().map { "/\($0)" }.joined()
            case .member(let parent, let name):
                steps.append(Self.escaped(name))
                path = parent
            case .element(let parent, let index):
                steps.append(String(index))
                path = parent
            }
        }
    }

    private static func escaped(_ name: String) -> String {
        var escaped = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": escaped += "~0"
            case "/": escaped += "~1"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
