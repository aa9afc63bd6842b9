import CLinux
import Crypto
import Glibc
import Linux
import Synchronization
import SystemPackage

/// An archive on its way to a file: written and digested as it comes.
final class ArchiveFile: Sendable {
    private struct State {
        var hash = SHA256()
        var size: UInt64 = 0
        var fault: BuildFailure?
        var whenFaulty: (@Sendable () -> Void)?
    }

    private let path: FilePath
    private let descriptor: OwnedDescriptor
    private let state = Mutex(State())

    /// - Throws: ``BuildFailure`` with the code `internalFault` where the file is there or cannot be made.
    init(_ path: FilePath) throws(BuildFailure) {
        self.path = path
        do throws(SystemCallError) {
            descriptor = OwnedDescriptor(
                owning: try system { clinux_open(path.string, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600) })
        } catch {
            throw BuildFailure(.internalFault, "cannot make the archive \(path): \(error)")
        }
    }

    /// Why it could not be written, where that was so.
    var fault: BuildFailure? { state.withLock { $0.fault } }

    /// Calls `action` at the first fault, or now where there was one.
    func onFault(_ action: @escaping @Sendable () -> Void) {
        let isFaulty = state.withLock { state in
            state.whenFaulty = action
            return state.fault != nil
        }
        if isFaulty { action() }
    }

    /// Writes what comes next. After a fault the rest is passed over.
    func take(_ bytes: [UInt8]) {
        let action: (@Sendable () -> Void)? = state.withLock { state in
            guard state.fault == nil else { return nil }
            do throws(SystemCallError) {
                try writeAll(bytes[...], to: descriptor.number)
                state.hash.update(data: bytes)
                state.size += UInt64(bytes.count)
                return nil
            } catch {
                state.fault = BuildFailure(.internalFault, "cannot write the archive \(path): \(error)")
                return state.whenFaulty
            }
        }
        action?()
    }

    /// Brings it to the disk. What its folder has of it is for the caller to sync, who may rename it.
    func finish() throws(BuildFailure) -> (sha256: String, size: UInt64) {
        do throws(SystemCallError) {
            try system { fsync(descriptor.number) }
        } catch {
            throw BuildFailure(.internalFault, "cannot write the archive \(path): \(error)")
        }
        return state.withLock { ($0.hash.finalize().hexadecimal, $0.size) }
    }

    func remove() { unlink(path.string) }
}
