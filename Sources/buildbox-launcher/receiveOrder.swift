import Glibc
import Linux
import SandboxProtocol

/// Reads the one order that a launcher gets.
func receiveOrder(from descriptor: Int32) throws(LaunchFault) -> LaunchOrder {
    let header = try readExactly(Frame.headerSize, from: descriptor)
    let length = try understood { () throws(WireError) in try Frame.length(header: header) }
    let body = try readExactly(length, from: descriptor)
    return try understood { () throws(WireError) in try Frame.decode(body) }
}

private func understood<Value>(_ decode: () throws(WireError) -> Value) throws(LaunchFault) -> Value {
    do throws(WireError) {
        return try decode()
    } catch {
        throw LaunchFault(step: .order, layer: nil, errno: 0, detail: "the launch order is malformed: \(error)")
    }
}

private func readExactly(_ count: Int, from descriptor: Int32) throws(LaunchFault) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
        var chunk = [UInt8](repeating: 0, count: count - bytes.count)
        let size = chunk.count
        let got = try attempt(.order, "read the launch order") { read(descriptor, &chunk, size) }
        guard got > 0 else {
            throw LaunchFault(step: .order, layer: nil, errno: 0, detail: "the launch order ends early")
        }
        bytes.append(contentsOf: chunk[..<got])
    }
    return bytes
}
