// buildbox-launcher ORDER_FD STATUS_FD
//
// Reads one launch order from ORDER_FD, sets the sandbox up, runs the order's command in it and
// writes status records to STATUS_FD. Both may be one socket; its hang-up then cancels the run.
// Exits 0 when the last record was written, whatever became of the command.

import Glibc
import SandboxProtocol

guard CommandLine.arguments.count == 3,
    let orderDescriptor = Int32(CommandLine.arguments[1]), orderDescriptor >= 0,
    let statusDescriptor = Int32(CommandLine.arguments[2]), statusDescriptor >= 0
else {
    let usage = "usage: buildbox-launcher ORDER_FD STATUS_FD (started by buildbox, not by hand)\n"
    write(STDERR_FILENO, usage, usage.utf8.count)
    exit(2)
}

let status = StatusChannel(descriptor: statusDescriptor)
do throws(LaunchFault) {
    let order = try receiveOrder(from: orderDescriptor)
    let control = isSocket(orderDescriptor) ? orderDescriptor : nil
    try Launch(order: order, status: status, control: control).run()
} catch {
    status.send(.failed(error))
    status.send(.ended(RunEnd(stop: nil, observed: 0, usage: RunUsage())))
}
exit(status.intact ? 0 : 1)
