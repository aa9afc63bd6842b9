// buildbox-launcher ORDER STATUS
//
// Reads one launch order from the descriptor ORDER, or first what to prepare for it, sets the sandbox
// up, runs the order's command in it and writes status records to the descriptor STATUS. Both may be
// one socket; its hang-up then cancels the run, or ends a launcher that waits for its order. ORDER may
// be an absolute path instead, for timing the launcher alone. Exits 0 when the last record was
// written, whatever became of the command.

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
    let control = isSocket(orderDescriptor) ? orderDescriptor : nil
    let message = try receiveBody(from: orderDescriptor).map(decodeMessage)
    clock.mark(.order)
    switch message {
    case .order(let order):
        try Launch(preparation: LaunchPreparation(of: order), status: status, control: control)
            .run(order: order, clock: clock)
    case .prepare(let preparation):
        try Launch(preparation: preparation, status: status, control: control).run(order: nil, clock: clock)
    case nil:
        throw LaunchFault(step: .order, layer: nil, errno: 0, detail: "no launch order came")
    }
} catch {
    status.send(.failed(error))
    status.send(.ended(RunEnd(stop: nil, observed: 0, usage: RunUsage())))
}
exit(status.intact ? 0 : 1)
