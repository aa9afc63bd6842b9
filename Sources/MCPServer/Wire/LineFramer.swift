/// Cuts a stream of bytes into lines. A line that is too long is passed over, in bounded memory, and told once.
public struct LineFramer: Sendable {
    public enum Line: Equatable, Sendable {
        case text([UInt8])
        case tooLong
    }

    private let longest: Int
    private var pending: [UInt8] = []
    private var passingOver = false

    public init(longest: Int = Incoming.largest) {
        self.longest = longest
    }

    /// The lines that `bytes` complete, without their line feeds. Empty ones are left out.
    public mutating func lines(_ bytes: ArraySlice<UInt8>) -> [Line] {
        var lines: [Line] = []
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            take(rest[..<end], into: &lines)
            if !passingOver, !pending.isEmpty { lines.append(.text(pending)) }
            pending = []
            passingOver = false
            rest = rest[(end + 1)...]
        }
        take(rest, into: &lines)
        return lines
    }

    private mutating func take(_ piece: ArraySlice<UInt8>, into lines: inout [Line]) {
        guard !passingOver else { return }
        guard pending.count + piece.count <= longest else {
            passingOver = true
            pending = []
            lines.append(.tooLong)
            return
        }
        pending += piece
    }

    /// What stands behind the last line feed: a message that was cut off. Nothing follows.
    public mutating func rest() -> [UInt8]? {
        defer { pending = [] }
        return pending.isEmpty ? nil : pending
    }
}
