/// The words of JSON: strings, numbers, names and white space, and where each stands.
struct JSONScanner {
    private let bytes: [UInt8]
    private var offset = 0
    private(set) var position = SourcePosition(line: 1, column: 1)

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The byte at the position; nil at the end.
    var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func advance() {
        let byte = bytes[offset]
        offset += 1
        if byte == UInt8(ascii: "\n") {
            position = SourcePosition(line: position.line + 1, column: 1)
        } else if byte & 0xc0 != 0x80 {
            position.column += 1
        }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        advance()
        return true
    }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { advance() }
    }

    func unexpected(_ wanted: String) -> SourceFault {
        guard let byte = next else { return SourceFault("expected \(wanted), found the end of the text", at: position) }
        let found =
            switch byte {
            case 0x21...0x7e: quoted(String(UnicodeScalar(byte)))
            case 0x00...0x20, 0x7f: "the character U+" + hexadecimal(byte, digits: 4)
            default: bytes[offset...].starts(with: [0xef, 0xbb, 0xbf]) ? "a byte order mark" : foreign
            }
        return SourceFault("expected \(wanted), found \(found)", at: position)
    }

    private var foreign: String {
        let length = wellFormedLength
        guard length > 0 else { return "a byte that is not UTF-8, 0x" + hexadecimal(bytes[offset], digits: 2) }
        return quoted(String(decoding: bytes[offset..<offset + length], as: UTF8.self))
    }

    mutating func word(_ word: StaticString) throws(SourceFault) {
        let start = self
        for byte in word.description.utf8 {
            guard take(byte) else { throw start.unexpected("the word \(word)") }
        }
        if let byte = next, isLetter(byte) { throw start.unexpected("the word \(word) alone") }
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }

    private func hexadecimal(_ byte: UInt8, digits: Int) -> String {
        let text = String(byte, radix: 16)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }

    /// The length of the well-formed UTF-8 sequence here (Unicode, table 3-7); 0 where there is none.
    private var wellFormedLength: Int {
        func byte(_ index: Int) -> UInt8 { offset + index < bytes.count ? bytes[offset + index] : 0 }
        func continues(_ indices: ClosedRange<Int>) -> Bool { indices.allSatisfy { byte($0) & 0xc0 == 0x80 } }
        switch (byte(0), byte(1)) {
        case (0x00...0x7f, _): return 1
        case (0xc2...0xdf, 0x80...0xbf): return 2
        case (0xe0, 0xa0...0xbf), (0xe1...0xec, 0x80...0xbf), (0xed, 0x80...0x9f), (0xee...0xef, 0x80...0xbf):
            return continues(2...2) ? 3 : 0
        case (0xf0, 0x90...0xbf), (0xf1...0xf3, 0x80...0xbf), (0xf4, 0x80...0x8f):
            return continues(2...3) ? 4 : 0
        default: return 0
        }
    }
}

extension JSONScanner {
    /// A string, its escapes resolved. Surrogates must come in pairs: text has no halves of characters.
    mutating func string() throws(SourceFault) -> String {
        let start = position
        advance()
        var content: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                advance()
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): content += Array(String(Character(try escape())).utf8)
            case 0x00..<0x20: throw unexpected("a string without control characters, which are written as escapes")
            default:
                let length = wellFormedLength
                guard length > 0 else { throw unexpected("UTF-8") }
                for _ in 0..<length {
                    if let byte = next { content.append(byte) }
                    advance()
                }
            }
        }
        throw SourceFault("the string that begins here has no closing quote", at: start)
    }

    private mutating func escape() throws(SourceFault) -> UnicodeScalar {
        let start = position
        advance()
        guard let byte = next else { throw unexpected("an escape") }
        let simple: UnicodeScalar? =
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): UnicodeScalar(byte)
            case UInt8(ascii: "b"): "\u{8}"
            case UInt8(ascii: "f"): "\u{c}"
            case UInt8(ascii: "n"): "\n"
            case UInt8(ascii: "r"): "\r"
            case UInt8(ascii: "t"): "\t"
            default: nil
            }
        if let simple {
            advance()
            return simple
        }
        guard byte == UInt8(ascii: "u") else { throw unexpected("one of \" \\ / b f n r t u behind the backslash") }
        let unit = try fourDigits()
        if let scalar = UnicodeScalar(unit) { return scalar }
        guard unit < 0xdc00, take(UInt8(ascii: "\\")), next == UInt8(ascii: "u") else { throw Self.half(start) }
        let second = try fourDigits()
        guard (0xdc00...0xdfff).contains(second),
            let scalar = UnicodeScalar(0x10000 + (unit - 0xd800) << 10 + (second - 0xdc00))
        else { throw Self.half(start) }
        return scalar
    }

    private static func half(_ position: SourcePosition) -> SourceFault {
        SourceFault("expected a pair of surrogates, found one half of a character", at: position)
    }

    private mutating func fourDigits() throws(SourceFault) -> UInt32 {
        advance()
        var number: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                throw unexpected("four hexadecimal digits")
            }
            number = number << 4 + UInt32(digit)
            advance()
        }
        return number
    }

    /// A number: exact where it is whole and fits 64 bits.
    mutating func number() throws(SourceFault) -> SourceValue.Content {
        let start = position
        let first = offset
        let negative = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if let byte = next, isDigit(byte) {
                throw SourceFault("expected a number without a leading zero", at: start)
            }
        } else {
            try digits()
        }
        var whole = true
        if take(UInt8(ascii: ".")) {
            whole = false
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            whole = false
            advance()
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { advance() }
            try digits()
        }
        let text = String(decoding: bytes[first..<offset], as: UTF8.self)
        if whole, let number = UInt64(text) { return .unsigned(number) }
        if whole, negative, let number = Int64(text) { return number < 0 ? .negative(number) : .unsigned(0) }
        guard let number = Double(text), number.isFinite else {
            throw SourceFault("the number is beyond what a double holds", at: start)
        }
        return .real(number)
    }

    private mutating func digits() throws(SourceFault) {
        guard let byte = next, isDigit(byte) else { throw unexpected("a digit") }
        while let byte = next, isDigit(byte) { advance() }
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
