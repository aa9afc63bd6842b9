import CLinux
import Glibc
import Linux

/// The whole of a small kernel file (procfs, cgroupfs), which is read in one go.
func readBytes(_ path: String) throws(SystemCallError) -> [UInt8] {
    let file = OwnedDescriptor(owning: try system { clinux_open(path, O_RDONLY, 0) })
    return try readBytes(from: file.number)
}

/// The whole of a small kernel file that is open, as it is now.
func readBytes(from descriptor: Int32) throws(SystemCallError) -> [UInt8] {
    var failure: SystemCallError?
    let bytes = [UInt8](unsafeUninitializedCapacity: 8192) { buffer, count in
        do throws(SystemCallError) {
            count = try system { pread(descriptor, buffer.baseAddress, buffer.count, 0) }
        } catch {
            failure = error
        }
    }
    if let failure { throw failure }
    return bytes
}

/// The whole of a kernel file of any length.
func readLong(_ path: String) throws(SystemCallError) -> [UInt8] {
    let file = OwnedDescriptor(owning: try system { clinux_open(path, O_RDONLY, 0) })
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
        let size = chunk.count
        let got = try system { read(file.number, &chunk, size) }
        if got == 0 { return bytes }
        bytes += chunk[..<got]
    }
}

/// The decimal number that text begins with, or 0.
func leadingNumber(_ text: ArraySlice<UInt8>) -> UInt64 {
    var number: UInt64 = 0
    for byte in text {
        guard byte >= 48, byte <= 57 else { break }
        number = number &* 10 &+ UInt64(byte - 48)
    }
    return number
}

/// The number behind a name in a flat keyed file: lines of `NAME NUMBER`.
func flatKeyedField(_ name: String, in text: [UInt8]) -> UInt64 {
    let wanted = Array(name.utf8) + [32]
    var start = 0
    while start < text.count {
        if text[start...].starts(with: wanted) { return leadingNumber(text[(start + wanted.count)...]) }
        while start < text.count, text[start] != 10 { start += 1 }
        start += 1
    }
    return 0
}

/// Writes a small kernel file in one call, as the kernel wants it.
func writeText(_ text: String, to path: String) throws(SystemCallError) {
    let file = OwnedDescriptor(owning: try system { clinux_open(path, O_WRONLY, 0) })
    var bytes = Array(text.utf8)
    let written = try system { write(file.number, &bytes, bytes.count) }
    if written != bytes.count { throw SystemCallError(EIO) }
}
