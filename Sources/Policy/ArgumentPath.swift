/// The way to an argument of a call: `args.directory`, `args.source.name`, `args.args.0`.
struct ArgumentPath: Equatable, Sendable, CustomStringConvertible {
    private let steps: [String]

    /// Nil for what does not begin with `args.`, or has an empty step.
    init?(_ text: String) {
        let steps = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard steps.count >= 2, steps[0] == "args", !steps.contains(""), text.utf8.count <= 256 else { return nil }
        self.steps = Array(steps.dropFirst())
    }

    var description: String { (["args"] + steps).joined(separator: ".") }

    /// The value; nil where there is none. null is none: a call that gives null gives nothing.
    func value(in arguments: PolicyValue) -> PolicyValue? {
        var value = arguments
        for step in steps {
            switch value {
            case .object(let members):
                guard let member = members[step] else { return nil }
                value = member
            case .array(let elements):
                guard let index = Int(step), elements.indices.contains(index) else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        if case .null = value { return nil }
        return value
    }
}
