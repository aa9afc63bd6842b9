@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and SIGTERM: the first one cancels the build, which ends in order; a second one ends this
/// process at once, and the launcher, which notices, kills what is left.
final class InterruptHandler: Sendable {
    private let received = Mutex<Int32?>(nil)
    private let action: Mutex<@Sendable () -> Void>
    private let sources: [any DispatchSourceSignal]

    /// The first signal that came.
    var signal: Int32? { received.withLock { $0 } }

    /// One for a process: a second one would not be told of signals once the first is gone.
    init(cancel: @escaping @Sendable () -> Void) {
        action = Mutex(cancel)
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
                self?.action.withLock { $0 }()
            }
            source.resume()
        }
    }

    /// From now on the first signal means this.
    func replaceAction(_ cancel: @escaping @Sendable () -> Void) {
        action.withLock { $0 = cancel }
    }
}
