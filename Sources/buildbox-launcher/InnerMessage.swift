import CLinux
import Glibc
import Linux
import SandboxProtocol

/// What the outer process and PID 1 tell each other while they set a run up, a byte each.
enum InnerMessage: UInt8 {
    /// To PID 1: its network namespace comes with this.
    case network
    /// To PID 1: a control group to move into, its `tasks` file, comes with this (version 1).
    case group
    /// To PID 1: the order follows.
    case order
    /// To PID 1: the id-mapped mount of the next step that has one (``OwnedTrees``) comes with this.
    case tree
    /// To the outer process: the root stands, its descriptor comes with this; the rest is to be done.
    case ready
    /// To PID 1: maps are written, and every control group was offered.
    case goAhead
}

func tell(_ socket: Int32, _ message: InnerMessage, passing descriptor: Int32 = -1) throws(LaunchFault) {
    var byte = message.rawValue
    try attempt(.clone, "tell the other process: \(message)") { clinux_send(socket, &byte, 1, descriptor) }
}

/// The next message and its descriptor (-1 for none); nil when the other process is gone.
func hear(_ socket: Int32) throws(LaunchFault) -> (message: InnerMessage, descriptor: Int32)? {
    var byte: UInt8 = 0
    var descriptor: Int32 = -1
    let count = try attempt(.clone, "hear the other process") { clinux_receive(socket, &byte, 1, &descriptor) }
    guard count == 1, let message = InnerMessage(rawValue: byte) else { return nil }
    return (message, descriptor)
}

/// Bytes of one message of the socket: it holds a few times as many.
private let packetSize = 32 << 10

/// Passes an order on, in packets: its length, then its bytes.
func send(_ body: [UInt8], over socket: Int32) throws(LaunchFault) {
    try tell(socket, .order)
    var count = body.count
    try attempt(.order, "pass the launch order on") { clinux_send(socket, &count, MemoryLayout<Int>.size, -1) }
    var sent = 0
    while sent < body.count {
        let size = min(packetSize, body.count - sent)
        try attempt(.order, "pass the launch order on") {
            body[sent...].withUnsafeBytes { clinux_send(socket, $0.baseAddress, size, -1) }
        }
        sent += size
    }
}

/// The order that follows ``InnerMessage/order``.
func receive(from socket: Int32) throws(LaunchFault) -> [UInt8] {
    var none: Int32 = -1
    var count = 0
    try attempt(.order, "take the launch order") { clinux_receive(socket, &count, MemoryLayout<Int>.size, &none) }
    guard (0...Frame.limit).contains(count) else { _exit(1) }
    var body = [UInt8](repeating: 0, count: count)
    var got = 0
    while got < count {
        let size = try attempt(.order, "take the launch order") {
            body[got...].withUnsafeMutableBytes { clinux_receive(socket, $0.baseAddress, $0.count, &none) }
        }
        guard size > 0 else { _exit(1) }
        got += size
    }
    return body
}
