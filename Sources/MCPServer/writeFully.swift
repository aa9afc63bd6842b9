import Glibc
import Linux

/// Writes all of it (write(2)), however little is taken at a time.
func writeFully(_ bytes: [UInt8], to descriptor: Int32) throws(SystemCallError) {
    var written = 0
    while written < bytes.count {
        var error: SystemCallError?
        bytes[written...].withUnsafeBytes { buffer in
            do throws(SystemCallError) {
                written += try system { write(descriptor, buffer.baseAddress, buffer.count) }
            } catch let fault {
                error = fault
            }
        }
        if let error { throw error }
    }
}
