/// Makes a stream of hostile bytes safe for a terminal: colours and line breaks pass, every other
/// control character or escape sequence, text that changes direction, and bytes that are not UTF-8
/// are made visible (ECMA-48; UAX #9).
public struct TerminalText: Sendable {
    /// Bytes of a sequence that is not complete yet.
    private var pending: [UInt8] = []
    /// Bytes. What is held back for the bytes that follow is shorter.
    public static let longestSequence = 32

    public init() {}

    /// How many bytes are held back, since what they are shows only with those that follow.
    public var heldBack: Int { pending.count }

    /// The bytes that were held back, made visible: nothing follows them.
    public mutating func finish() -> [UInt8] {
        defer { pending = [] }
        guard let first = pending.first else { return [] }
        switch first {
        case 0x0d: return [0x0a]
        case 0x1b: return Array("^[".utf8) + pending.dropFirst()
        default: return pending.flatMap { Array("\\x\(String($0, radix: 16))".utf8) }
        }
    }

    /// What stands for `bytes`, which follow those of the calls before.
    public mutating func safe(_ bytes: [UInt8]) -> [UInt8] {
        let input = pending + bytes
        pending = []
        var output: [UInt8] = []
        output.reserveCapacity(input.count)
        var position = 0
        while position < input.count {
            let byte = input[position]
            if byte == 0x0a || byte == 0x09 || (0x20...0x7e).contains(byte) {
                output.append(byte)
                position += 1
            } else if byte == 0x1b {
                guard let length = colourLength(input[position...]) else {
                    pending = Array(input[position...])
                    break
                }
                output += length > 0 ? Array(input[position..<position + length]) : Array("^[".utf8)
                position += max(1, length)
            } else if byte == 0x0d {
                // A carriage return alone would let a line overwrite itself.
                guard position + 1 < input.count else {
                    pending = [byte]
                    break
                }
                if input[position + 1] != 0x0a { output.append(0x0a) }
                position += 1
            } else if byte < 0x80 {
                output += [UInt8(ascii: "^"), byte ^ 0x40]
                position += 1
            } else {
                guard let length = appendCharacter(input[position...], to: &output) else {
                    pending = Array(input[position...])
                    break
                }
                position += length
            }
        }
        return output
    }

    /// The length of a colour sequence (CSI ... m), 0 when it is something else, nil when it is cut off.
    private func colourLength(_ bytes: ArraySlice<UInt8>) -> Int? {
        let sequence = bytes.prefix(Self.longestSequence)
        guard sequence.count > 1 else { return nil }
        guard sequence[sequence.startIndex + 1] == UInt8(ascii: "[") else { return 0 }
        for (offset, byte) in sequence.dropFirst(2).enumerated() {
            if byte == UInt8(ascii: "m") { return offset + 3 }
            guard (0x30...0x3b).contains(byte) else { return 0 }
        }
        return sequence.count < Self.longestSequence ? nil : 0
    }

    /// Appends the character at the start and says how many bytes it has; nil when it is cut off.
    private func appendCharacter(_ bytes: ArraySlice<UInt8>, to output: inout [UInt8]) -> Int? {
        let first = bytes[bytes.startIndex]
        let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1
        let encoded = Array(bytes.prefix(length))
        let continues = encoded.dropFirst().allSatisfy { $0 & 0xc0 == 0x80 }
        if encoded.count < length, continues { return nil }
        guard length > 1, continues, let text = String(validating: encoded, as: UTF8.self),
            let scalar = text.unicodeScalars.first
        else {
            output += Array("\\x\(String(first, radix: 16))".utf8)
            return 1
        }
        if Self.isHidden(scalar) {
            output += Array("\\u{\(String(scalar.value, radix: 16))}".utf8)
        } else {
            output += encoded
        }
        return length
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        // Unassigned tags and fillers are no format characters by their category.
        if (0xe0000...0xe0fff).contains(scalar.value) { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }
}
