import CLinux
@preconcurrency import Dispatch
import Foundation
import Sandbox
import Synchronization

/// Carries keys and output between a person's terminal and a contained command's.
final class TerminalRelay: Sendable {
    private let inside: PseudoTerminal
    private let before: termios
    private let resized: any DispatchSourceSignal
    private let done = Mutex(false)
    private let ended = DispatchSemaphore(value: 0)

    /// Puts this process's terminal into raw mode until `close`.
    init(_ inside: PseudoTerminal) {
        self.inside = inside
        var settings = termios()
        tcgetattr(STDIN_FILENO, &settings)
        before = settings
        cfmakeraw(&settings)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        signal(SIGWINCH, SIG_IGN)
        resized = DispatchSource.makeSignalSource(signal: SIGWINCH, queue: DispatchQueue(label: "buildbox.terminal"))
        let near = inside.near
        _ = clinux_copy_window_size(STDIN_FILENO, near)
        resized.setEventHandler { _ = clinux_copy_window_size(STDIN_FILENO, near) }
        resized.resume()
        DispatchQueue(label: "buildbox.relay").async { self.carry() }
    }

    /// Carries what is left of the output and gives the terminal back.
    func close() {
        done.withLock { $0 = true }
        ended.wait()
        var settings = before
        tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
        resized.cancel()
    }

    private func carry() {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var keys = true
        while true {
            // Looked up before the poll: what was printed before the end is carried after it.
            let last = done.withLock { $0 }
            var descriptors = [
                pollfd(fd: inside.near, events: Int16(POLLIN), revents: 0),
                pollfd(fd: keys && !last ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
            ]
            _ = poll(&descriptors, 2, last ? 0 : 50)
            if descriptors[1].revents != 0 {
                let count = read(STDIN_FILENO, &buffer, buffer.count)
                if count > 0 { writeFully(Array(buffer[..<count]), to: inside.near) } else { keys = false }
            }
            let count = descriptors[0].revents == 0 ? -1 : read(inside.near, &buffer, buffer.count)
            if count > 0 {
                writeFully(Array(buffer[..<count]), to: STDOUT_FILENO)
            } else if last {
                break
            }
        }
        ended.signal()
    }
}
