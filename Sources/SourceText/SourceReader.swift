/// Takes values out of a document and collects every fault instead of stopping at the first. An
/// accessor that is given nil gives nil: whoever made it nil has told why.
public final class SourceReader {
    private var collected: [SourceFault] = []

    public init() {}

    /// What was found so far, in the order of the text.
    public var faults: [SourceFault] { collected.sorted { $0.position < $1.position } }

    public func report(_ message: String, at position: SourcePosition) {
        collected.append(SourceFault(message, at: position))
    }

    /// An object and its members. Members that are not among `names` are faults.
    public func object(_ value: SourceValue?, members names: [String]) -> SourceObject? {
        guard let value else { return nil }
        guard case .object(let members) = value.content else { return refuse(value, "an object") }
        for member in members where !names.contains(member.name) {
            let guess = nearest(to: member.name, among: names).map { ": did you mean \(quoted($0))?" }
            let known = guess ?? "; known are \(names.map(quoted).joined(separator: ", "))"
            report("unknown member \(quoted(member.name))\(known)", at: member.position)
        }
        return SourceObject(value: value, members: members, reader: self)
    }

    public func array(_ value: SourceValue?) -> [SourceValue]? {
        guard let value else { return nil }
        guard case .array(let elements) = value.content else { return refuse(value, "an array") }
        return elements
    }

    public func string(_ value: SourceValue?) -> String? {
        guard let value else { return nil }
        guard case .string(let text) = value.content else { return refuse(value, "a string") }
        return text
    }

    public func boolean(_ value: SourceValue?) -> Bool? {
        guard let value else { return nil }
        guard case .boolean(let flag) = value.content else { return refuse(value, "true or false") }
        return flag
    }

    /// A whole number, exact.
    public func whole(_ value: SourceValue?, in range: ClosedRange<UInt64> = 0...UInt64.max) -> UInt64? {
        guard let value else { return nil }
        let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .unsigned(let number) = value.content, range.contains(number) else { return refuse(value, wanted) }
        return number
    }

    public func number(_ value: SourceValue?, in range: ClosedRange<Double>) -> Double? {
        guard let value else { return nil }
        let number: Double? =
            switch value.content {
            case .unsigned(let number): Double(number)
            case .negative(let number): Double(number)
            case .real(let number): number
            default: nil
            }
        guard let number, range.contains(number) else {
            return refuse(value, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// One of a few words.
    public func choice<Choice>(_ value: SourceValue?, among choices: KeyValuePairs<String, Choice>) -> Choice? {
        guard let value, let text = string(value) else { return nil }
        if let choice = choices.first(where: { $0.key == text }) { return choice.value }
        let words = choices.map(\.key)
        let guess = nearest(to: text, among: words).map { ": did you mean \(quoted($0))?" } ?? ""
        return refuse(value, "one of \(words.map(quoted).joined(separator: ", "))", guess)
    }

    /// What `convert` makes of a string. `wanted` says what it takes, as in `expected <wanted>`.
    public func text<Value>(_ value: SourceValue?, _ wanted: String, _ convert: (String) -> Value?) -> Value? {
        guard let value, let text = string(value) else { return nil }
        return convert(text) ?? refuse(value, wanted)
    }

    /// The elements of an array that `convert` takes; those that it does not take it reports.
    public func list<Element>(_ value: SourceValue?, _ convert: (SourceValue) -> Element?) -> [Element]? {
        array(value)?.compactMap(convert)
    }

    /// Reports that something else was expected.
    public func refuse<Value>(_ value: SourceValue, _ wanted: String, _ remark: String = "") -> Value? {
        report("expected \(wanted), found \(value.title)\(remark)", at: value.position)
        return nil
    }
}
