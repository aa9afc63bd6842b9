import BuildAPI
import CLinux
import Glibc
import Linux

/// A whole blob, open for reading. It can be read to its end even when it is deleted meanwhile.
public final class BlobFile: Sendable {
    /// SHA-256, hexadecimal.
    public let digest: String
    /// Bytes.
    public let size: UInt64
    private let file: OwnedDescriptor

    /// Open for reading as long as this object lives; for sendfile(2) and its like. Its file offset is shared by
    /// all who have it: read with pread(2).
    public var descriptor: Int32 { file.number }

    init(digest: String, size: UInt64, file: consuming OwnedDescriptor) {
        self.digest = digest
        self.size = size
        self.file = file
    }

    /// Reads bytes.
    ///
    /// - Parameters:
    ///   - offset: Where to begin; beyond the end there is nothing.
    ///   - count: Bytes at most.
    /// - Returns: `count` bytes, or what there is before the end.
    /// - Throws: ``ServiceFault`` with the code `storeUnavailable`.
    public func read(at offset: UInt64, count: Int) throws(ServiceFault) -> [UInt8] {
        do throws(SystemCallError) {
            return try readBytes(file.number, at: offset, count: count)
        } catch {
            throw ServiceFault(.storeUnavailable, "cannot read the blob \(digest): \(error)")
        }
    }
}
