/// Makes a stream of hostile bytes safe for a terminal: colours and line breaks pass, every other
/// control character or escape sequence, text that changes direction, and bytes that are not UTF-8
/// are made visible (ECMA-48; UAX #9). A sequence that conceals what follows it is left out.
public struct TerminalText: Sendable {
    /// Bytes of a sequence that is not complete yet.
    private var pending: [UInt8] = []
    /// Bytes. What is held back for the bytes that follow is shorter.
    public static let longestSequence = 32

    /// Whether text that follows looks as it would have without what passed.
    private var isPlain = true

    /// Sets a terminal right before buildbox's own words, whatever another program wrote: ends a sequence or a
    /// string that is open (CAN, ST), shifts back to letters (SI, ASCII as G0), and takes colours and the like away.
    public static let reclaiming: [UInt8] = Array("\u{18}\u{1b}\\\u{f}\u{1b}(B\u{1b}[0m".utf8)
    /// Takes colours and the like away.
    public static let plain: [UInt8] = Array("\u{1b}[0m".utf8)

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

    /// As ``finish()``, and no colour is left on.
    public mutating func close() -> [UInt8] {
        defer { isPlain = true }
        let rest = finish()
        return isPlain ? rest : rest + Self.plain
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
                if length > 0 {
                    appendColour(input[position..<position + length], to: &output)
                } else {
                    output += Array("^[".utf8)
                }
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

    /// Appends a colour sequence, unless it conceals (SGR 8). Only figures of a colour (38;5;N, 38;2;R;G;B, and 48)
    /// may be 8; where such a colour is malformed, terminals differ in where the figures end, and no 8 passes.
    private mutating func appendColour(_ sequence: ArraySlice<UInt8>, to output: inout [UInt8]) {
        let parameters = sequence.dropFirst(2).dropLast().split(
            separator: UInt8(ascii: ";"), omittingEmptySubsequences: false
        ).map { $0.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) }
        func figure(_ index: Int) -> Int? {
            guard index < parameters.count, parameters[index].count == 1 else { return nil }
            return Int(String(decoding: parameters[index][0], as: UTF8.self)) ?? 0
        }
        let eights = parameters.indices.filter { index in
            parameters[index].first.map { Int(String(decoding: $0, as: UTF8.self)) == 8 } ?? false
        }
        var conceals = false
        var index = 0
        while index < parameters.count, !eights.isEmpty, !conceals {
            var width = 1
            if let kind = figure(index), kind == 38 || kind == 48 {
                width = figure(index + 1) == 5 ? 3 : figure(index + 1) == 2 ? 5 : 1
                conceals = width == 1 || index + width > parameters.count
            } else {
                conceals = eights.contains(index)
            }
            index += width
        }
        guard !conceals else { return }
        output += sequence
        isPlain = parameters.allSatisfy { $0.count == 1 && $0[0].allSatisfy { $0 == UInt8(ascii: "0") } }
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
