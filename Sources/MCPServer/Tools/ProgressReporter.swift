import BuildService
import Linux

/// Tells the caller of a build how far it is.
actor ProgressReporter {
    private let token: RequestID
    private let notify: MCPServer.Notify
    private let began = monotonicNanoseconds()
    private var progress = BuildProgress()
    private var last: Int64 = -1

    init(token: RequestID, notify: @escaping MCPServer.Notify) {
        self.token = token
        self.notify = notify
    }

    func take(_ events: [JobEvent]) async {
        if progress.take(events) { await tell() }
    }

    /// Sends how it stands. The figure is milliseconds since the call, and grows each time, as the protocol wants it.
    func tell() async {
        let elapsed = Int64(clamping: (monotonicNanoseconds() - began) / 1_000_000)
        last = max(last + 1, elapsed)
        await notify(
            Outgoing.notification(
                "notifications/progress",
                ["progressToken": token.value, "progress": .integer(last), "message": .string(progress.message)]))
    }
}
