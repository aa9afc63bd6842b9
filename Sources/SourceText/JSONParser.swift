/// The grammar of JSON: values, and what stands between them.
struct JSONParser {
    private var scanner: JSONScanner
    private let deepest: Int

    init(_ bytes: [UInt8], deepest: Int) {
        scanner = JSONScanner(bytes)
        self.deepest = deepest
    }

    mutating func document() throws(SourceFault) -> SourceValue {
        scanner.skipSpace()
        let value = try value(.root, depth: 0)
        scanner.skipSpace()
        guard scanner.next == nil else { throw scanner.unexpected("the end of the text") }
        return value
    }

    private mutating func value(_ path: SourcePath, depth: Int) throws(SourceFault) -> SourceValue {
        let position = scanner.position
        return SourceValue(content: try content(path, depth: depth), position: position, path: path)
    }

    private mutating func content(_ path: SourcePath, depth: Int) throws(SourceFault) -> SourceValue.Content {
        guard let first = scanner.next else { throw scanner.unexpected("a value") }
        switch first {
        case UInt8(ascii: "{"): return .object(try members(path, depth: try below(depth)))
        case UInt8(ascii: "["): return .array(try elements(path, depth: try below(depth)))
        case UInt8(ascii: "\""): return .string(try scanner.string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try scanner.number()
        case UInt8(ascii: "t"):
            try scanner.word("true")
            return .boolean(true)
        case UInt8(ascii: "f"):
            try scanner.word("false")
            return .boolean(false)
        case UInt8(ascii: "n"):
            try scanner.word("null")
            return .null
        default: throw scanner.unexpected("a value")
        }
    }

    private func below(_ depth: Int) throws(SourceFault) -> Int {
        guard depth < deepest else {
            throw SourceFault("more than \(deepest) arrays and objects inside of each other", at: scanner.position)
        }
        return depth + 1
    }

    private mutating func elements(_ path: SourcePath, depth: Int) throws(SourceFault) -> [SourceValue] {
        scanner.advance()
        scanner.skipSpace()
        var elements: [SourceValue] = []
        if scanner.take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value(.element(path, elements.count), depth: depth))
            scanner.skipSpace()
            if scanner.take(UInt8(ascii: "]")) { return elements }
            let comma = scanner.position
            guard scanner.take(UInt8(ascii: ",")) else { throw scanner.unexpected("\",\" or \"]\"") }
            scanner.skipSpace()
            if scanner.next == UInt8(ascii: "]") {
                throw SourceFault("expected no comma behind the last element", at: comma)
            }
        }
    }

    private mutating func members(_ path: SourcePath, depth: Int) throws(SourceFault) -> [SourceMember] {
        scanner.advance()
        scanner.skipSpace()
        var members: [SourceMember] = []
        var lines: [String: Int] = [:]
        if scanner.take(UInt8(ascii: "}")) { return members }
        while true {
            let position = scanner.position
            guard scanner.next == UInt8(ascii: "\"") else { throw scanner.unexpected("the name of a member in quotes") }
            let name = try scanner.string()
            if let line = lines.updateValue(position.line, forKey: name) {
                throw SourceFault("the name \(quoted(name)) is already on line \(line)", at: position)
            }
            scanner.skipSpace()
            guard scanner.take(UInt8(ascii: ":")) else { throw scanner.unexpected("\":\"") }
            scanner.skipSpace()
            let value = try value(.member(path, name), depth: depth)
            members.append(SourceMember(name: name, position: position, value: value))
            scanner.skipSpace()
            if scanner.take(UInt8(ascii: "}")) { return members }
            let comma = scanner.position
            guard scanner.take(UInt8(ascii: ",")) else { throw scanner.unexpected("\",\" or \"}\"") }
            scanner.skipSpace()
            if scanner.next == UInt8(ascii: "}") {
                throw SourceFault("expected no comma behind the last member", at: comma)
            }
        }
    }
}
