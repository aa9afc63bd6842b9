import Logging
import Synchronization

/// What went through a proxy so far.
final class EgressLedger: Sendable {
    private struct State {
        var report = EgressReport()
        var bytes: UInt64 = 0
        var open = 0
    }

    private let state = Mutex(State())
    private let limits: EgressLimits
    private let logger: Logger

    init(limits: EgressLimits, logger: Logger) {
        self.limits = limits
        self.logger = logger
    }

    /// Whether one more connection is within the limit; each that was opened is closed once.
    func open() -> Bool {
        state.withLock {
            $0.open += 1
            return $0.open <= limits.connections
        }
    }

    func close() { state.withLock { $0.open -= 1 } }

    /// Whether so many bytes more are within the limit.
    func pass(_ count: Int) -> Bool {
        state.withLock {
            $0.bytes += UInt64(count)
            return $0.bytes <= limits.totalBytes
        }
    }

    func note(_ connection: EgressConnection) {
        state.withLock {
            if $0.report.connections.count < limits.records {
                $0.report.connections.append(connection)
            } else {
                $0.report.omitted += 1
            }
        }
        var metadata: Logger.Metadata = [
            "host": "\(connection.host)", "port": "\(connection.port)", "bytes_in": "\(connection.bytesIn)",
            "bytes_out": "\(connection.bytesOut)", "ms": "\(connection.milliseconds)",
            "verdict": "\(connection.verdict.name)",
        ]
        metadata["address"] = connection.address.map { "\($0)" }
        metadata["cause"] = connection.verdict.cause.map { "\($0)" }
        logger.debug("connection ended", metadata: metadata)
    }

    var report: EgressReport { state.withLock { $0.report } }
}
