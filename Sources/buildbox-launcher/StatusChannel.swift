import CLinux
import Glibc
import Linux
import SandboxProtocol

/// The private way back to the supervisor. The command never has its descriptor.
final class StatusChannel {
    let descriptor: Int32
    private let socket: Bool
    /// False once a record could not be delivered: the supervisor is gone.
    private(set) var intact = true
    /// Records of a launcher that has no order yet; nil where they are sent at once.
    private var held: [StatusRecord]?

    init(descriptor: Int32) {
        self.descriptor = descriptor
        socket = isSocket(descriptor)
    }

    /// Keeps records back from now on: a launcher without an order tells nothing.
    func hold() {
        held = []
    }

    /// There is an order: sends what was kept back, and all that comes at once.
    func release() {
        let records = held ?? []
        held = nil
        send(records)
    }

    /// Goes on without a layer, and says so, where it is an optional one.
    func miss(_ fault: LaunchFault, of layer: Layer, optional: LayerSet) throws(LaunchFault) {
        guard optional.contains(layer) else { throw fault }
        send(.missing(layer: layer, errno: fault.errno, detail: fault.detail))
    }

    /// Delivers a record, with a descriptor beside it where one is given (sockets only).
    func send(_ record: StatusRecord, passing passed: Int32 = -1) {
        send([record], passing: passed)
    }

    /// Delivers records at once: who waits for the last of them is woken once.
    func send(_ records: [StatusRecord], passing passed: Int32 = -1) {
        if held != nil {
            held?.append(contentsOf: records)
            return
        }
        let frames = records.flatMap { Frame.encode($0) }
        var sent = 0
        while sent < frames.count, intact {
            do throws(SystemCallError) {
                sent += try system {
                    frames[sent...].withUnsafeBytes { rest in
                        socket
                            ? clinux_send(descriptor, rest.baseAddress, rest.count, sent == 0 ? passed : -1)
                            : write(descriptor, rest.baseAddress, rest.count)
                    }
                }
            } catch {
                intact = false
            }
        }
    }
}

func isSocket(_ descriptor: Int32) -> Bool {
    var information = stat()
    return fstat(descriptor, &information) == 0 && information.st_mode & S_IFMT == S_IFSOCK
}
