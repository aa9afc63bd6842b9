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
