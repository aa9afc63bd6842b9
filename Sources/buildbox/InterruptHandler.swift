@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and SIGTERM: the first one cancels the build, which ends in order; a second one ends this
/// process at once, and the launcher, which notices, kills what is left.
final class InterruptHandler: Sendable {
    private let received = Mutex<Int32?>(nil)
    private let sources: [any DispatchSourceSignal]

    /// The first signal that came.
    var signal: Int32? { received.withLock { $0 } }

    init(cancel: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "buildbox.signals")
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            Foundation.signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for (source, number) in zip(sources, [SIGINT, SIGTERM, SIGHUP]) {
            source.setEventHandler { [weak self] in
                let second = self?.received.withLock { received in
                    defer { received = received ?? number }
                    return received != nil
                }
                if second ?? true { exit(128 + number) }
                cancel()
            }
            source.resume()
        }
    }
}
