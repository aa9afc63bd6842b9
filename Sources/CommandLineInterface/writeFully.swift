import Glibc

/// Writes to a standard stream. Where its reader has gone away the rest is nobody's: a build that
/// is piped into `head` still ends with its own exit code.
func writeFully(_ bytes: [UInt8], to descriptor: Int32) {
    var written = 0
    while written < bytes.count {
        let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
            written += count
        } else if errno != EINTR && errno != EAGAIN {
            return
        }
    }
}
