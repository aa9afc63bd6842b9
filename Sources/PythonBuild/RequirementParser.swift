/// The grammar of PEP 508, but for direct references: name, extras, version specifiers (PEP 440)
/// and an environment marker.
struct RequirementParser {
    struct Fault: Error {
        let cause: String
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The normalized name.
    mutating func parse() throws(Fault) -> String {
        skipSpace()
        if peek == UInt8(ascii: "-") { throw Fault(cause: "it is an option for the installer, not a requirement") }
        let name = try identifier("a project name")
        guard !Self.archiveEndings.contains(where: name.lowercased().hasSuffix) else {
            throw Fault(cause: "it is named like an archive, which the installer would take for a file")
        }
        skipSpace()
        if take("[") { try extras() }
        skipSpace()
        if peek == UInt8(ascii: "@") {
            throw Fault(cause: "it names a URL or a path; build requirements come from the index by name")
        }
        if take("(") {
            try specifiers(until: UInt8(ascii: ")"))
            guard take(")") else { throw Fault(cause: "a parenthesis is not closed") }
        } else {
            try specifiers(until: UInt8(ascii: ";"))
        }
        skipSpace()
        if take(";") { try marker(depth: 0) }
        skipSpace()
        guard position == bytes.count else {
            let rest = String(decoding: bytes[position...].prefix(40), as: UTF8.self)
            throw Fault(cause: "\"\(rest)\" does not belong in a requirement (PEP 508)")
        }
        return Self.normalized(name)
    }

    /// A name alone that ends so is a file to uv (uv-pep508, looks_like_archive) and to pip.
    private static let archiveEndings = [
        ".whl", ".zip", ".tar", ".tgz", ".tar.gz", ".tbz", ".tar.bz2", ".txz", ".tar.xz", ".tlz", ".tar.lz",
        ".tar.lzma",
        ".tar.zst",
    ]

    /// PEP 503.
    static func normalized(_ name: String) -> String {
        var result = ""
        for character in name.lowercased() {
            let separator = "-_.".contains(character)
            if separator, result.last == "-" { continue }
            result.append(separator ? "-" : character)
        }
        return result
    }

    private mutating func extras() throws(Fault) {
        skipSpace()
        if take("]") { return }
        repeat {
            skipSpace()
            _ = try identifier("an extra's name")
            skipSpace()
        } while take(",")
        guard take("]") else { throw Fault(cause: "the list of extras is not closed") }
    }

    private mutating func specifiers(until end: UInt8) throws(Fault) {
        skipSpace()
        while let byte = peek, byte != end, byte != UInt8(ascii: ";") {
            guard
                take("===") || take("==") || take("~=") || take("!=") || take("<=") || take(">=") || take("<")
                    || take(">")
            else {
                let found = String(decoding: bytes[position...].prefix(20), as: UTF8.self)
                throw Fault(cause: "\"\(found)\" stands where a version specifier (PEP 440) should")
            }
            skipSpace()
            let version = word { Self.isAlphanumeric($0) || "._-+!*".utf8.contains($0) }
            guard !version.isEmpty else { throw Fault(cause: "a comparison has no version") }
            skipSpace()
            guard take(",") else { break }
            skipSpace()
        }
    }

    private mutating func marker(depth: Int) throws(Fault) {
        guard depth < 16 else { throw Fault(cause: "its marker is nested too deeply") }
        repeat {
            skipSpace()
            if take("(") {
                try marker(depth: depth + 1)
                skipSpace()
                guard take(")") else { throw Fault(cause: "a parenthesis in the marker is not closed") }
            } else {
                try comparison()
            }
            skipSpace()
        } while takeWord("and") || takeWord("or")
    }

    private mutating func comparison() throws(Fault) {
        try markerValue()
        skipSpace()
        if takeWord("not") {
            skipSpace()
            guard takeWord("in") else { throw Fault(cause: "its marker has a `not` without `in`") }
        } else if !takeWord("in") {
            guard
                take("===") || take("==") || take("~=") || take("!=") || take("<=") || take(">=") || take("<")
                    || take(">")
            else { throw Fault(cause: "its marker has no comparison") }
        }
        skipSpace()
        try markerValue()
    }

    private mutating func markerValue() throws(Fault) {
        if let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
            position += 1
            _ = word { $0 != quote }
            guard peek == quote else { throw Fault(cause: "a string in its marker is not closed") }
            position += 1
            return
        }
        let variable = word { Self.isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
        guard Self.variables.contains(variable) else {
            throw Fault(cause: "\"\(variable)\" is no marker variable")
        }
    }

    private static let variables: Set<String> = [
        "python_version", "python_full_version", "os_name", "os.name", "sys_platform", "sys.platform",
        "platform_release",
        "platform_system", "platform_version", "platform.version", "platform_machine", "platform.machine",
        "platform_python_implementation", "platform.python_implementation", "python_implementation",
        "implementation_name", "implementation_version", "extra", "extras", "dependency_groups",
    ]

    private mutating func identifier(_ what: String) throws(Fault) -> String {
        let name = word { Self.isAlphanumeric($0) || "-_.".utf8.contains($0) }
        guard let first = name.utf8.first, let last = name.utf8.last, Self.isAlphanumeric(first),
            Self.isAlphanumeric(last)
        else { throw Fault(cause: "\(what) is missing, or does not begin and end with a letter or digit") }
        return name
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while peek == 32 { position += 1 }
    }

    private mutating func word(_ belongs: (UInt8) -> Bool) -> String {
        let start = position
        while let byte = peek, belongs(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func take(_ token: String) -> Bool {
        guard bytes[position...].starts(with: token.utf8) else { return false }
        position += token.utf8.count
        return true
    }

    private mutating func takeWord(_ token: String) -> Bool {
        let end = position + token.utf8.count
        guard bytes[position...].starts(with: token.utf8), end == bytes.count || !Self.isAlphanumeric(bytes[end])
        else { return false }
        position = end
        return true
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
