import NIOCore

/// Reads a multipart/form-data body (RFC 7578, RFC 2046 5.1) as it comes, however it is cut: bytes in, events out.
/// It holds back no more than a delimiter or one part's header.
struct MultipartParser {
    enum Event: Equatable {
        case partBegan(MultipartHeaders)
        /// Some of the part's content, never empty.
        case content(ByteBuffer)
        case partEnded
        /// The closing delimiter; what follows is passed over.
        case bodyEnded
    }

    private enum State {
        case preamble
        /// Behind a delimiter: `--` ends the body, a line end begins a part.
        case delimited
        case header([[UInt8]])
        case content
        /// The part's last content was handed out.
        case contentEnded
        case epilogue
    }

    /// Spaces and tabs behind a delimiter.
    private static let longestPadding = 64

    private var state = State.preamble
    private var input: ByteBuffer
    private var parts = 0
    private var headerBytes = 0
    private var surroundingBytes = 0
    private let delimiter: [UInt8]
    private let limits: MultipartLimits

    /// A parser at the beginning of a body.
    ///
    /// - Parameters:
    ///   - boundary: 1 to 70 characters of RFC 2046's `bchars`.
    ///   - limits: How much of it is read.
    /// - Throws: ``MultipartFault``: the boundary cannot be one.
    init(boundary: String, limits: MultipartLimits = MultipartLimits()) throws(MultipartFault) {
        guard (1...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy(Self.isBoundary), boundary.last != " "
        else {
            throw MultipartFault("the boundary is not 1 to 70 of the characters that one may have (RFC 2046, 5.1.1)")
        }
        delimiter = Array("\r\n--\(boundary)".utf8)
        self.limits = limits
        // The first delimiter may be the first line of all: then no line end stands before it.
        input = ByteBuffer(bytes: [0x0d, 0x0a])
    }

    /// True once the closing delimiter was read.
    var isComplete: Bool {
        if case .epilogue = state { true } else { false }
    }

    mutating func feed(_ bytes: ByteBuffer) {
        var bytes = bytes
        input.discardReadBytes()
        input.writeBuffer(&bytes)
    }

    /// The next event; nil where more bytes are needed.
    mutating func next() throws(MultipartFault) -> Event? {
        while true {
            switch state {
            case .preamble:
                let (before, isDelimited) = takeUntilDelimiter()
                try passOver(before.readableBytes)
                guard isDelimited else { return nil }
                state = .delimited
            case .delimited:
                guard let isLast = try readDelimiterEnd() else { return nil }
                if isLast {
                    state = .epilogue
                    return .bodyEnded
                }
                parts += 1
                guard parts <= limits.parts else {
                    throw MultipartFault("the body has more than \(limits.parts) parts")
                }
                headerBytes = 0
                state = .header([])
            case .header(var lines):
                guard let line = try readHeaderLine() else { return nil }
                if line.isEmpty {
                    state = .content
                    return .partBegan(try MultipartHeaders(lines: lines))
                }
                lines.append(line)
                guard lines.count <= limits.headerLines else {
                    throw MultipartFault("a part's header has more than \(limits.headerLines) lines")
                }
                state = .header(lines)
            case .content:
                let (content, isDelimited) = takeUntilDelimiter()
                if isDelimited { state = .contentEnded }
                if content.readableBytes > 0 { return .content(content) }
                if !isDelimited { return nil }
            case .contentEnded:
                state = .delimited
                return .partEnded
            case .epilogue:
                let length = input.readableBytes
                input.clear()
                try passOver(length)
                return nil
            }
        }
    }

    /// The bytes before the next delimiter, which is read too; or, where it is not there, those that are no
    /// beginning of one.
    private mutating func takeUntilDelimiter() -> (bytes: ByteBuffer, isDelimited: Bool) {
        let (length, isDelimited) = input.withUnsafeReadableBytes { bytes in Self.find(delimiter, in: bytes) }
        let bytes = input.readSlice(length: length) ?? ByteBuffer()
        if isDelimited { input.moveReaderIndex(forwardBy: delimiter.count) }
        return (bytes, isDelimited)
    }

    /// Where the delimiter, or what is there of one at the end, begins; the count of the bytes where there is none.
    private static func find(_ delimiter: [UInt8], in bytes: UnsafeRawBufferPointer) -> (Int, Bool) {
        var position = 0
        while let found = bytes[position...].firstIndex(of: 0x0d) {
            let length = min(delimiter.count, bytes.count - found)
            if bytes[found..<found + length].elementsEqual(delimiter[..<length]) {
                return (found, length == delimiter.count)
            }
            position = found + 1
        }
        return (bytes.count, false)
    }

    /// What stands behind a delimiter: true for `--`, the body's end; nil where more bytes are needed.
    private mutating func readDelimiterEnd() throws(MultipartFault) -> Bool? {
        let view = input.readableBytesView
        if view.starts(with: Array("--".utf8)) {
            input.moveReaderIndex(forwardBy: 2)
            return true
        }
        let padding = view.prefix { $0 == 0x20 || $0 == 0x09 }.count
        guard padding <= Self.longestPadding else {
            throw MultipartFault("a boundary is followed by more than \(Self.longestPadding) spaces")
        }
        let rest = view.dropFirst(padding).prefix(2)
        if rest.elementsEqual([0x0d, 0x0a]) {
            input.moveReaderIndex(forwardBy: padding + 2)
            return false
        }
        let isBeginning = rest.isEmpty || rest.elementsEqual([0x0d]) || padding == 0 && rest.elementsEqual([0x2d])
        guard isBeginning else {
            throw MultipartFault("a boundary is followed by something else than a line end or --")
        }
        return nil
    }

    private mutating func readHeaderLine() throws(MultipartFault) -> [UInt8]? {
        let view = input.readableBytesView
        let left = limits.headerBytes - headerBytes
        guard let end = view.prefix(left).firstIndex(of: 0x0a) else {
            guard view.count < left else {
                throw MultipartFault("a part's header has more than \(limits.headerBytes) bytes")
            }
            return nil
        }
        guard end > view.startIndex, view[end - 1] == 0x0d else {
            throw MultipartFault("a line of a part's header does not end with CR LF")
        }
        let line = Array(view[..<(end - 1)])
        headerBytes += line.count + 2
        input.moveReaderIndex(forwardBy: line.count + 2)
        return line
    }

    private mutating func passOver(_ length: Int) throws(MultipartFault) {
        surroundingBytes += length
        guard surroundingBytes <= limits.surroundingBytes else {
            throw MultipartFault("the body has more than \(limits.surroundingBytes) bytes outside of its parts")
        }
    }

    /// `bchars` (RFC 2046, 5.1.1).
    private static func isBoundary(_ byte: UInt8) -> Bool {
        switch Unicode.Scalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "'", "(", ")", "+", "_", ",", "-", ".", "/", ":", "=", "?", " ": true
        default: false
        }
    }
}
