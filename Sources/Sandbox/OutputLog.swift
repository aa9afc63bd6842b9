/// Keeps what a command prints within its limit, and counts what is dropped.
struct OutputLog {
    private let limit: UInt64
    private let overflow: LogOverflow
    /// Bytes passed on, or kept to be.
    private(set) var keptBytes: UInt64 = 0
    private(set) var droppedBytes: UInt64 = 0
    /// With ``LogOverflow/trim``: the last output, oldest first, not passed on yet.
    private var tail: [(stream: LogStream, bytes: [UInt8])] = []
    private var first = 0
    private var tailBytes: UInt64 = 0

    /// What is printed byte by byte is put together up to this size, so that it takes no more memory than the limit says; and where
    /// two streams take turns at every byte, the pieces are limited.
    private static let pieceBytes = 4096
    private static let mostPieces = 16_384

    init(limit: UInt64, overflow: LogOverflow) {
        self.limit = limit
        self.overflow = overflow
    }

    /// True when the run must be stopped for what it prints.
    var isFull: Bool { overflow == .stop && droppedBytes > 0 }

    mutating func take(_ stream: LogStream, _ bytes: [UInt8], _ log: (LogStream, [UInt8]) -> Void) {
        let head = overflow == .stop ? limit : limit / 2
        let passed = keptBytes - tailBytes
        let now = Int(min(UInt64(bytes.count), head - min(head, passed)))
        if now > 0 {
            log(stream, now == bytes.count ? bytes : Array(bytes[..<now]))
            keptBytes += UInt64(now)
        }
        guard now < bytes.count else { return }
        let rest = now == 0 ? bytes : Array(bytes[now...])
        switch overflow {
        case .stop: droppedBytes += UInt64(rest.count)
        case .trim: keep(stream, rest)
        }
    }

    /// Passes on what was kept of the end.
    mutating func finish(_ log: (LogStream, [UInt8]) -> Void) {
        if droppedBytes > 0, overflow == .trim {
            log(.stderr, Array("\n[buildbox: \(droppedBytes) bytes of output dropped here]\n".utf8))
        }
        for (stream, bytes) in tail[first...] { log(stream, bytes) }
        tail = []
        first = 0
        tailBytes = 0
    }

    private mutating func keep(_ stream: LogStream, _ bytes: [UInt8]) {
        if let last = tail.indices.last, last >= first, tail[last].stream == stream,
            tail[last].bytes.count + bytes.count <= Self.pieceBytes
        {
            tail[last].bytes += bytes
        } else {
            tail.append((stream, bytes))
        }
        tailBytes += UInt64(bytes.count)
        keptBytes += UInt64(bytes.count)
        let room = limit - limit / 2
        while tailBytes > room || tail.count - first > Self.mostPieces {
            let oldest = tail[first].bytes
            let excess = tailBytes > room ? Int(tailBytes - room) : oldest.count
            let cut = min(excess, oldest.count)
            if cut == oldest.count {
                tail[first].bytes = []
                first += 1
            } else {
                tail[first].bytes = Array(oldest[cut...])
            }
            tailBytes -= UInt64(cut)
            keptBytes -= UInt64(cut)
            droppedBytes += UInt64(cut)
        }
        // The emptied places are given back now and then, not one by one.
        if first > 1024, first > tail.count / 2 {
            tail.removeFirst(first)
            first = 0
        }
    }
}
