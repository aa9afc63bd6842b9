import Glibc
import Linux
import SandboxProtocol

/// Reads the next message for a launcher; nil where whoever sends them has hung up.
func receiveBody(from descriptor: Int32) throws(LaunchFault) -> [UInt8]? {
    let header = try readUpTo(Frame.headerSize, from: descriptor)
    if header.isEmpty { return nil }
    let length = try understood { () throws(WireError) in try Frame.length(header: header) }
    let body = try readUpTo(length, from: descriptor)
    guard body.count == length else {
        throw LaunchFault(step: .order, layer: nil, errno: 0, detail: "the launch order ends early")
    }
    return body
}

func decodeMessage(_ body: [UInt8]) throws(LaunchFault) -> LaunchMessage {
    try understood { () throws(WireError) in try Frame.decode(body) }
}

private func understood<Value>(_ decode: () throws(WireError) -> Value) throws(LaunchFault) -> Value {
    do throws(WireError) {
        return try decode()
    } catch {
        throw LaunchFault(step: .order, layer: nil, errno: 0, detail: "the launch order is malformed: \(error)")
    }
}

private func readUpTo(_ count: Int, from descriptor: Int32) throws(LaunchFault) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
        let got = try attempt(.order, "read the launch order") {
            bytes[filled...].withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        }
        guard got > 0 else { break }
        filled += got
    }
    return filled == count ? bytes : Array(bytes[..<filled])
}
