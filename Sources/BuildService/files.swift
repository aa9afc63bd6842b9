import CLinux
import Glibc
import Linux
import SystemPackage

/// Reads until `count` bytes are there or the file ends (pread(2)).
func readBytes(_ descriptor: Int32, at offset: UInt64, count: Int) throws(SystemCallError) -> [UInt8] {
    guard count > 0, offset <= UInt64(Int64.max) - UInt64(count) else { return [] }
    var fault: SystemCallError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        filled = 0
        do throws(SystemCallError) {
            while filled < count, let base = buffer.baseAddress {
                let got = try system { pread(descriptor, base + filled, count - filled, off_t(offset) + off_t(filled)) }
                if got == 0 { return }
                filled += got
            }
        } catch {
            fault = error
        }
    }
    if let fault { throw fault }
    return bytes
}

/// Writes all of it (write(2)).
func writeBytes(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(SystemCallError) {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
        let written = try system { write(descriptor, base, rest.count) }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
}

/// Writes all of it (write(2)).
func writeBytes(_ bytes: [UInt8], to descriptor: Int32) throws(SystemCallError) {
    var written = 0
    while written < bytes.count {
        written += try system {
            bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        }
    }
}

/// Makes what was done in a folder (names made, renamed, removed) outlive a power cut.
func syncFolder(_ folder: FilePath) throws(SystemCallError) {
    let descriptor = OwnedDescriptor(
        owning: try system { clinux_open(folder.string, O_RDONLY | O_DIRECTORY, 0) })
    try system { fsync(descriptor.number) }
}

func fileSize(_ descriptor: Int32) throws(SystemCallError) -> UInt64 {
    try FileFacts(descriptor: descriptor).size
}

/// Makes a folder for this user alone, where it is not there yet.
func makeFolder(_ folder: FilePath) throws(SystemCallError) {
    if mkdir(folder.string, 0o700) != 0, errno != EEXIST { throw SystemCallError(errno) }
}

/// Bytes that are free on the file system of a file.
func freeBytes(_ descriptor: Int32) throws(SystemCallError) -> UInt64 {
    var space = clinux_space()
    try system { clinux_space(descriptor, &space) }
    return space.free_bytes
}
