/// Reads the events of a stream from its bytes, however they are cut (WHATWG HTML, section 9.2.6).
struct EventStreamParser {
    /// The most that one event may hold, in bytes.
    static let largestEvent = 4 << 20

    private var line: [UInt8] = []
    private var afterReturn = false
    private var atStart = true
    private var id: String?
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false

    /// The events that these bytes complete.
    ///
    /// - Throws: ``ClientError`` with `unexpected`, when an event is larger than any of ours.
    mutating func feed(_ bytes: some Sequence<UInt8>) throws(ClientError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            defer { afterReturn = byte == UInt8(ascii: "\r") }
            switch byte {
            case UInt8(ascii: "\n") where afterReturn: continue
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if let event = endLine() { events.append(event) }
            default:
                line.append(byte)
                guard line.count + data.count <= Self.largestEvent else {
                    throw ClientError(.unexpected, "the server sent an event of more than \(Self.largestEvent) bytes")
                }
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if atStart, line.starts(with: [0xef, 0xbb, 0xbf]) { line.removeFirst(3) }
        atStart = false
        guard !line.isEmpty else { return dispatch() }
        // A line that begins with a colon is a comment, such as a heartbeat.
        guard line[0] != UInt8(ascii: ":") else { return nil }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            if hasData { data.append(UInt8(ascii: "\n")) }
            data += value
            hasData = true
        case "event": name = String(decoding: value, as: UTF8.self)
        case "id" where !value.contains(0): id = String(decoding: value, as: UTF8.self)
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            name = ""
            data.removeAll(keepingCapacity: true)
            hasData = false
        }
        guard hasData else { return nil }
        return ServerSentEvent(
            id: id, name: name.isEmpty ? "message" : name, data: String(decoding: data, as: UTF8.self))
    }
}
