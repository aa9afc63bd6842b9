/// One client's connection as it is counted; noted in the ledger once, when it is over. Lives on
/// its connection's event loop.
final class ConnectionAccount {
    private let ledger: EgressLedger
    private let start = ContinuousClock.now
    private var connection = EgressConnection(
        host: "", port: 0, address: nil, bytesIn: 0, bytesOut: 0, milliseconds: 0, verdict: .passed)
    private var asked = false
    private var finished = false

    init(_ ledger: EgressLedger) {
        self.ledger = ledger
    }

    func aim(at target: EgressTarget) {
        asked = true
        connection.host = target.host
        connection.port = target.port
    }

    func reached(_ address: String?) { connection.address = address }

    /// The first cause counts: what fails after it is its consequence.
    func fail(_ error: EgressError) {
        asked = true
        if connection.verdict == .passed { connection.verdict = error.verdict }
    }

    /// Counts bytes on their way in (to the client) or out.
    ///
    /// - Throws: ``EgressError`` when they are beyond what the whole proxy may pass.
    func pass(_ count: Int, isIn: Bool) throws(EgressError) {
        if isIn { connection.bytesIn += UInt64(count) } else { connection.bytesOut += UInt64(count) }
        guard ledger.pass(count) else {
            throw EgressError(.limit, "more bytes were asked for than one run may transfer")
        }
    }

    /// The connection is over. One that asked for nothing, such as a client's spare one, leaves no record.
    func finish() {
        guard !finished else { return }
        finished = true
        ledger.close()
        guard asked else { return }
        connection.milliseconds = UInt64(max(0, start.duration(to: .now) / .milliseconds(1)))
        ledger.note(connection)
    }
}
