// buildbox-launcher ORDER STATUS
//
// Reads one launch order from the descriptor ORDER, sets the sandbox up, runs the order's command
// in it and writes status records to the descriptor STATUS. Both may be one socket; its hang-up
// then cancels the run. ORDER may be an absolute path instead, for timing the launcher alone.
// Exits 0 when the last record was written, whatever became of the command.

import CLinux
import Glibc
import SandboxProtocol

func descriptor(_ argument: String) -> Int32? {
    if argument.hasPrefix("/") {
        let opened = clinux_open(argument, O_RDONLY, 0)
        return opened >= 0 ? opened : nil
    }
    return Int32(argument).flatMap { $0 >= 0 ? $0 : nil }
}

guard CommandLine.arguments.count == 3, let orderDescriptor = descriptor(CommandLine.arguments[1]),
    let statusDescriptor = descriptor(CommandLine.arguments[2])
else {
    let usage = "usage: buildbox-launcher ORDER STATUS (started by buildbox, not by hand)\n"
    write(STDERR_FILENO, usage, usage.utf8.count)
    exit(2)
}

let status = StatusChannel(descriptor: statusDescriptor)
do throws(LaunchFault) {
    var clock = StepClock()
    let order = try receiveOrder(from: orderDescriptor)
    clock.mark(.order)
    let control = isSocket(orderDescriptor) ? orderDescriptor : nil
    try Launch(order: order, status: status, control: control).run(clock: clock)
} catch {
    status.send(.failed(error))
    status.send(.ended(RunEnd(stop: nil, observed: 0, usage: RunUsage())))
}
exit(status.intact ? 0 : 1)
