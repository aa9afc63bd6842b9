import CLinux
import Glibc
import Linux
import SandboxProtocol

/// Starts the order's command with nothing but its standard descriptors and its report descriptor.
enum CommandProcess {
    static func spawn(_ order: LaunchOrder) throws(LaunchFault) -> pid_t {
        var pid: pid_t = 0
        let code = withArgumentVector(order.arguments) { arguments in
            withArgumentVector(order.environment) { environment in
                clinux_start(
                    &pid, order.workingDirectory, order.reportDescriptor, order.terminal ? 1 : 0, arguments, environment
                )
            }
        }
        guard code == 0 else {
            throw LaunchFault(
                step: .spawn, layer: nil, errno: code,
                detail: "start \(order.arguments[0]) in \(order.workingDirectory)")
        }
        return pid
    }
}
