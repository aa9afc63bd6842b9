import CLinux
import Glibc
import Linux
import SandboxProtocol

/// What the outer process and PID 1 tell each other while they set a run up, a byte each; the order has its bytes behind it.
enum InnerMessage: UInt8 {
    /// To PID 1: its network namespace comes with this.
    case network
    /// To PID 1, as root: the user namespace that it enters last comes with this.
    case user
    /// To PID 1: a control group to move into, its `tasks` file, comes with this (version 1).
    case group
    /// To the outer process: the order, which PID 1 has from the supervisor.
    case order
    /// To PID 1: the id-mapped mount of the next step that has one (``OwnedTrees``) comes with this.
    case tree
    /// To the outer process: the root stands, its descriptor comes with this; the rest is to be done.
    case ready
    /// To PID 1: every control group was offered and limited, and an ordinary user's id maps are written.
    case goAhead
}

/// What one process heard of the other: a message, its descriptor (-1 for none), and what came behind it.
struct Heard {
    let message: InnerMessage
    let descriptor: Int32
    let payload: [UInt8]
}

/// A connected pair for both, an end each.
func makeSocketPair() throws(LaunchFault) -> (outer: Int32, inner: Int32) {
    var pair: (outer: Int32, inner: Int32) = (-1, -1)
    try attempt(.clone, "make a socket pair") { clinux_message_pair(&pair.outer, &pair.inner) }
    return pair
}

func tell(_ socket: Int32, _ message: InnerMessage, passing descriptor: Int32 = -1) throws(LaunchFault) {
    var byte = message.rawValue
    try attempt(.clone, "tell the other process: \(message)") { clinux_send(socket, &byte, 1, descriptor) }
}

/// The next message; nil when the other process is gone.
func hear(_ socket: Int32) throws(LaunchFault) -> Heard? {
    let (packet, descriptor) = try takePacket(socket, doing: "hear the other process")
    guard let message = packet.first.flatMap(InnerMessage.init(rawValue:)) else { return nil }
    return Heard(message: message, descriptor: descriptor, payload: Array(packet.dropFirst()))
}

/// Bytes of the largest packet: the socket holds a few of them.
private let packetSize = 32 << 10

private func takePacket(_ socket: Int32, doing what: String) throws(LaunchFault) -> ([UInt8], Int32) {
    var descriptor: Int32 = -1
    var failure: LaunchFault?
    let packet = [UInt8](unsafeUninitializedCapacity: packetSize) { buffer, count in
        do throws(LaunchFault) {
            count = try attempt(.clone, what) { clinux_receive(socket, buffer.baseAddress, packetSize, &descriptor) }
        } catch {
            failure = error
        }
    }
    if let failure { throw failure }
    return (packet, descriptor)
}

/// Passes an order on: its length and as much of it as a packet takes come with the message, so that who waits for it is
/// woken once for most.
func send(_ body: [UInt8], over socket: Int32) throws(LaunchFault) {
    var packet = [InnerMessage.order.rawValue]
    withUnsafeBytes(of: body.count) { packet += $0 }
    var sent = 0
    repeat {
        let size = min(packetSize - packet.count, body.count - sent)
        packet += body[sent..<sent + size]
        sent += size
        try attempt(.order, "pass the launch order on") { clinux_send(socket, packet, packet.count, -1) }
        packet.removeAll(keepingCapacity: true)
    } while sent < body.count
}

/// The order that began with a message.
func receive(_ heard: Heard, from socket: Int32) throws(LaunchFault) -> [UInt8] {
    let header = MemoryLayout<Int>.size
    guard heard.payload.count >= header else { _exit(1) }
    let count = heard.payload.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
    guard (0...Frame.limit).contains(count) else { _exit(1) }
    var body = Array(heard.payload[header...])
    while body.count < count {
        let (packet, _) = try takePacket(socket, doing: "take the launch order")
        guard !packet.isEmpty else { _exit(1) }
        body += packet
    }
    guard body.count == count else { _exit(1) }
    return body
}
