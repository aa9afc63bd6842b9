@preconcurrency import Dispatch
import Foundation
import Logging
import Synchronization

/// SIGTERM and Ctrl-C: the first ends the service in order, the second at once; what ran then is found by the next
/// start. SIGHUP reloads.
final class ServiceSignals: Sendable {
    private let isStopping = Mutex(false)
    private let sources: [any DispatchSourceSignal]

    init(logger: Logger, stop: @escaping @Sendable () -> Void, reload: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "buildbox.signals")
        let numbers = [SIGTERM, SIGINT, SIGHUP]
        sources = numbers.map { number in
            Foundation.signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for (source, number) in zip(sources, numbers) {
            source.setEventHandler { [weak self] in
                guard number != SIGHUP else { return reload() }
                let isSecond = self?.isStopping.withLock { isStopping in
                    defer { isStopping = true }
                    return isStopping
                }
                if isSecond ?? true {
                    logger.warning("stopped at once")
                    exit(128 + number)
                }
                logger.notice("stopping: no new jobs are taken; a second signal stops at once")
                stop()
            }
            source.resume()
        }
    }
}
