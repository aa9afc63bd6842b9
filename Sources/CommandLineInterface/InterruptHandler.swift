@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and SIGTERM: the first one cancels the build, which ends in order; a second one ends this
/// process at once, and the launcher, which notices, kills what is left.
///
/// The signals come through a pipe that a handler writes to. A signal source of Dispatch gets only what the threads of
/// the process do not take themselves, and its main thread, waiting, takes them.
final class InterruptHandler: Sendable {
    private let received = Mutex<Int32?>(nil)
    private let action: Mutex<@Sendable () -> Void>
    private let source: any DispatchSourceRead

    /// The first signal that came.
    var signal: Int32? { received.withLock { $0 } }

    init(cancel: @escaping @Sendable () -> Void) {
        action = Mutex(cancel)
        let ends = Self.pipe
        source = DispatchSource.makeReadSource(
            fileDescriptor: ends.reading, queue: DispatchQueue(label: "buildbox.signals"))
        source.setEventHandler { [weak self] in
            var number: UInt8 = 0
            while read(ends.reading, &number, 1) == 1 {
                let signal = Int32(number)
                let second = self?.received.withLock { received in
                    defer { received = received ?? signal }
                    return received != nil
                }
                if second ?? true { exit(128 + signal) }
                self?.action.withLock { $0 }()
            }
        }
        source.resume()
        for number in [SIGINT, SIGTERM, SIGHUP] {
            Foundation.signal(number) { number in
                // In a signal handler: write(2) alone, and errno as it was.
                let before = errno
                var byte = UInt8(truncatingIfNeeded: number)
                write(InterruptHandler.pipe.writing, &byte, 1)
                errno = before
            }
        }
    }

    /// From now on the first signal means this.
    func replaceAction(_ cancel: @escaping @Sendable () -> Void) {
        action.withLock { $0 = cancel }
    }

    /// One for the process, made before the first handler is in place. Neither end waits.
    private static let pipe: (reading: Int32, writing: Int32) = {
        var ends: [Int32] = [-1, -1]
        guard Foundation.pipe(&ends) == 0 else { fatalError("pipe: \(String(cString: strerror(errno)))") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        return (ends[0], ends[1])
    }()
}
