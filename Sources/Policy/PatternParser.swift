/// Reads a regular expression of the kind that RE2 takes, without Unicode classes: what could make
/// matching take longer than text times pattern (references, looking around) is refused.
struct PatternParser {
    private let scalars: [UnicodeScalar]
    private var offset = 0
    private(set) var ignoresCase = false

    private static let deepest = 32
    private static let mostRepeats = 1000

    init(_ source: String) {
        scalars = Array(source.unicodeScalars)
    }

    mutating func parse() throws(PatternFault) -> PatternNode {
        if take("(?i)") { ignoresCase = true }
        let node = try alternatives(depth: 0)
        guard offset == scalars.count else { throw fault("there is no \"(\" for this \")\"") }
        return node
    }

    private func fault(_ message: String, at place: Int? = nil) -> PatternFault {
        PatternFault(offset: place ?? offset, message: message)
    }

    private var next: UnicodeScalar? { offset < scalars.count ? scalars[offset] : nil }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard scalars[offset...].starts(with: wanted) else { return false }
        offset += wanted.count
        return true
    }

    private mutating func alternatives(depth: Int) throws(PatternFault) -> PatternNode {
        guard depth <= Self.deepest else { throw fault("more than \(Self.deepest) groups inside of each other") }
        var choices = [try sequence(depth: depth)]
        while take("|") { choices.append(try sequence(depth: depth)) }
        return choices.count == 1 ? choices[0] : .either(choices)
    }

    private mutating func sequence(depth: Int) throws(PatternFault) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let start = offset
            let node = try atom(depth: depth)
            nodes.append(try repeats(of: node, from: start))
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func atom(depth: Int) throws(PatternFault) -> PatternNode {
        let start = offset
        guard let scalar = next else { throw fault("something is missing") }
        offset += 1
        switch scalar {
        case "^": return .start
        case "$": return .end
        case ".": return .scalars(.allButNewline)
        case "(": return try group(from: start, depth: depth)
        case "[": return .scalars(try characterClass(from: start))
        case "*", "+", "?", "{": throw fault("nothing stands before \"\(scalar)\" that it could repeat", at: start)
        case "\\": return try escape(from: start)
        default: return .scalars(.one(scalar))
        }
    }

    private mutating func group(from start: Int, depth: Int) throws(PatternFault) -> PatternNode {
        if take("?") {
            if take("=") || take("!") || take("<=") || take("<!") {
                throw fault("looking ahead or behind is not taken: matching could take forever", at: start)
            }
            if take("P<") || take("<") {
                while let scalar = next, ScalarSet.word.contains(scalar, ignoringCase: false) { offset += 1 }
                guard take(">") else { throw fault("the group's name has no end", at: start) }
            } else if !take(":") {
                throw fault("of groups with \"(?\", only (?:...), (?<name>...) and a first (?i) are taken", at: start)
            }
        }
        let node = try alternatives(depth: depth + 1)
        guard take(")") else { throw fault("there is no \")\" for this \"(\"", at: start) }
        return node
    }

    private mutating func repeats(of node: PatternNode, from start: Int) throws(PatternFault) -> PatternNode {
        let place = offset
        let counts: (Int, Int?)
        switch next {
        case "*": counts = (0, nil)
        case "+": counts = (1, nil)
        case "?": counts = (0, 1)
        case "{":
            counts = try counted()
            offset -= 1
        default: return node
        }
        offset += 1
        // A lazy repetition matches the same texts.
        _ = take("?")
        if let again = next, ["*", "+", "?", "{"].contains(again) {
            throw fault("\"\(again)\" repeats a repetition: put that into a group", at: place)
        }
        return .repeated(node, atLeast: counts.0, atMost: counts.1)
    }

    private mutating func counted() throws(PatternFault) -> (Int, Int?) {
        let start = offset
        offset += 1
        guard let least = number() else { throw fault("expected a count such as {2} or {2,5}", at: start) }
        var most: Int? = least
        if take(",") { most = next == "}" ? nil : number() ?? -1 }
        guard take("}"), most ?? least >= least, max(least, most ?? 0) <= Self.mostRepeats else {
            throw fault("expected a count such as {2} or {2,5}, of at most \(Self.mostRepeats)", at: start)
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let scalar = next, ScalarSet.digits.contains(scalar, ignoringCase: false), digits.utf8.count < 6 {
            digits.unicodeScalars.append(scalar)
            offset += 1
        }
        return Int(digits)
    }
}

extension PatternParser {
    private mutating func escape(from start: Int) throws(PatternFault) -> PatternNode {
        switch next {
        case "b": offset += 1; return .wordBoundary(true)
        case "B": offset += 1; return .wordBoundary(false)
        case "A": offset += 1; return .start
        case "z": offset += 1; return .end
        default: return .scalars(try escapedSet(from: start))
        }
    }

    /// What a backslash means inside a class and outside; the backslash is taken already.
    private mutating func escapedSet(from start: Int) throws(PatternFault) -> ScalarSet {
        guard let scalar = next else { throw fault("a backslash is the last character", at: start) }
        offset += 1
        switch scalar {
        case "d": return .digits
        case "D": return .digits.inverted
        case "w": return .word
        case "W": return .word.inverted
        case "s": return .space
        case "S": return .space.inverted
        case "n": return .one("\n")
        case "r": return .one("\r")
        case "t": return .one("\t")
        case "f": return .one("\u{c}")
        case "v": return .one("\u{b}")
        case "x": return .one(try hexadecimal(from: start))
        case "0"..."9": throw fault("references to groups are not taken: matching could take forever", at: start)
        default:
            guard scalar.value < 0x80, !ScalarSet.word.contains(scalar, ignoringCase: false) else {
                throw fault("the escape \"\\\(scalar)\" is not known", at: start)
            }
            return .one(scalar)
        }
    }

    private mutating func hexadecimal(from start: Int) throws(PatternFault) -> UnicodeScalar {
        let braced = take("{")
        var digits = ""
        while let scalar = next, Character(scalar).isHexDigit, scalar.value < 0x80, digits.utf8.count < (braced ? 6 : 2)
        {
            digits.unicodeScalars.append(scalar)
            offset += 1
        }
        guard braced ? take("}") : digits.utf8.count == 2, let value = UInt32(digits, radix: 16),
            let scalar = UnicodeScalar(value)
        else { throw fault("expected \\xHH or \\x{HHHH}", at: start) }
        return scalar
    }

    /// The bracket is taken already.
    private mutating func characterClass(from start: Int) throws(PatternFault) -> ScalarSet {
        var set = ScalarSet()
        let negated = take("^")
        var first = true
        while true {
            guard let scalar = next else { throw fault("there is no \"]\" for this \"[\"", at: start) }
            if scalar == "]", !first {
                offset += 1
                set.sort()
                set.isNegated = negated
                return set
            }
            first = false
            if scalar == "[", scalars[offset...].starts(with: "[:".unicodeScalars) {
                throw fault("classes such as [:alpha:] are not taken; write a-zA-Z")
            }
            try member(of: &set, classFrom: start)
        }
    }

    private mutating func member(of set: inout ScalarSet, classFrom start: Int) throws(PatternFault) {
        let place = offset
        let low = try single()
        // A hyphen before the closing bracket means itself.
        guard next == "-", offset + 1 < scalars.count, scalars[offset + 1] != "]" else { return set.formUnion(low) }
        offset += 1
        let high = try single()
        guard !low.isNegated, !high.isNegated, low.ranges.count == 1, high.ranges.count == 1,
            low.ranges[0].count == 1, high.ranges[0].count == 1,
            low.ranges[0].lowerBound <= high.ranges[0].lowerBound
        else { throw fault("this is no range from a smaller to a larger character", at: place) }
        set.ranges.append(low.ranges[0].lowerBound...high.ranges[0].lowerBound)
    }

    private mutating func single() throws(PatternFault) -> ScalarSet {
        let start = offset
        guard let scalar = next else { throw fault("a class has no end") }
        offset += 1
        return scalar == "\\" ? try escapedSet(from: start) : .one(scalar)
    }
}
