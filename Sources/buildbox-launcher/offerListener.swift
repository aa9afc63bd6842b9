import CLinux
import Linux
import SandboxProtocol

/// Makes the listening socket that an order asks for in this process's network namespace, which is
/// the command's by now, and hands it to the supervisor. No contained process ever has it.
func offerListener(_ order: LaunchOrder, _ status: StatusChannel) throws(LaunchFault) {
    guard case .proxy(let port) = order.network else { return }
    let listener = OwnedDescriptor(
        owning: try attempt(.network, layer: .networkNamespace, "listen on port \(port) of the loopback inside") {
            clinux_listen_on_loopback(port)
        })
    status.send(.listener, passing: listener.number)
}
