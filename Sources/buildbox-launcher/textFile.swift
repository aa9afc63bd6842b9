import CLinux
import Glibc
import Linux

/// The whole of a small kernel file (procfs, cgroupfs), which is read in one go.
func readText(_ path: String) throws(SystemCallError) -> String {
    let file = OwnedDescriptor(owning: try system { clinux_open(path, O_RDONLY, 0) })
    var buffer = [UInt8](repeating: 0, count: 16384)
    let count = try system { read(file.number, &buffer, buffer.count) }
    return String(decoding: buffer[..<count], as: UTF8.self)
}

/// Writes a small kernel file in one call, as the kernel wants it.
func writeText(_ text: String, to path: String) throws(SystemCallError) {
    let file = OwnedDescriptor(owning: try system { clinux_open(path, O_WRONLY, 0) })
    var bytes = Array(text.utf8)
    try system { write(file.number, &bytes, bytes.count) }
}
