import CLinux
import Glibc
import Linux
import NIOCore
import SystemPackage

/// An archive of the caller's, sent as it is.
struct ArchiveFile: AsyncSequence, Sendable {
    let path: FilePath
    let size: UInt64

    /// - Throws: ``ClientError`` with `unreadable`, when it is no file that can be read.
    init(_ path: FilePath) throws(ClientError) {
        self.path = path
        let file = try Self.open(path)
        let found = Result { () throws(SystemCallError) in try FileFacts(descriptor: file.number) }
        guard case .success(let facts) = found, facts.isRegularFile else {
            throw ClientError(.unreadable, "\(path) is neither a folder nor a file")
        }
        size = facts.size
    }

    private static func open(_ path: FilePath) throws(ClientError) -> OwnedDescriptor {
        do throws(SystemCallError) {
            // Opening a FIFO would wait for its writer.
            return OwnedDescriptor(owning: try system { clinux_open(path.string, O_RDONLY | O_NONBLOCK, 0) })
        } catch {
            throw ClientError(.unreadable, "cannot read \(path): \(error)")
        }
    }

    final class Iterator: AsyncIteratorProtocol {
        private let archive: ArchiveFile
        private var file: OwnedDescriptor?
        private var left: UInt64
        private var buffer = [UInt8](repeating: 0, count: 128 << 10)

        init(_ archive: ArchiveFile) {
            self.archive = archive
            left = archive.size
        }

        func next() async throws(ClientError) -> ByteBuffer? {
            guard left > 0 else { return nil }
            let opened = self.file.take()
            let file: OwnedDescriptor
            if let opened { file = opened } else { file = try ArchiveFile.open(archive.path) }
            let number = file.number
            self.file = consume file
            let count: Int
            do throws(SystemCallError) {
                let wanted = Int(Swift.min(left, UInt64(buffer.count)))
                count = try system { read(number, &buffer, wanted) }
            } catch {
                throw ClientError(.unreadable, "cannot read \(archive.path): \(error)")
            }
            guard count > 0 else {
                throw ClientError(.unreadable, "\(archive.path) became shorter while it was sent")
            }
            left -= UInt64(count)
            return ByteBuffer(bytes: buffer[..<count])
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(self) }
}
