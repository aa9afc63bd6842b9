import CLinux
import Glibc
import Linux

/// A pair of terminals (pty(7)) for an interactive command: it has the far end as its standard
/// streams and controlling terminal, the caller talks to the near one.
///
/// What comes out of the near end is hostile, and goes to a person's terminal as it is: an
/// interactive program cannot work without escape sequences.
public final class PseudoTerminal: Sendable {
    /// The caller's end, non-blocking.
    public let near: Int32
    let far: Int32

    public init() throws(SandboxError) {
        var (near, far): (Int32, Int32) = (-1, -1)
        do throws(SystemCallError) {
            try system { clinux_open_terminal(&near, &far) }
        } catch {
            throw SandboxError(.setUp, "cannot make a pseudo-terminal: \(error)")
        }
        self.near = near
        self.far = far
    }

    deinit {
        close(near)
        close(far)
    }
}
