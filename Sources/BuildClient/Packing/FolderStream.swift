import NIOCore
import SystemPackage

/// A folder as a `.tar.gz`, packed while it is sent: nothing is written to the disk, and no more than a few
/// hundred kilobytes are held. Every iteration packs it anew.
struct FolderStream: AsyncSequence, Sendable {
    let folder: FilePath
    /// Told what was left out.
    let remark: @Sendable (String) -> Void

    struct Iterator: AsyncIteratorProtocol {
        let folder: FilePath
        let remark: @Sendable (String) -> Void
        private var archive: FolderArchive?
        private let gzip = GzipStream()
        private var ended = false

        init(_ packed: FolderStream) {
            folder = packed.folder
            remark = packed.remark
        }

        mutating func next() async throws(ClientError) -> ByteBuffer? {
            guard !ended else { return nil }
            if archive == nil { archive = try FolderArchive(folder) }
            guard let archive else { return nil }
            while let bytes = try archive.next() {
                let compressed = gzip.compress(bytes)
                if !compressed.isEmpty { return ByteBuffer(bytes: compressed) }
            }
            ended = true
            if archive.leftOut > 0 { remark("left out of \(folder): \(archive.leftOut) sockets, devices or FIFOs") }
            return ByteBuffer(bytes: gzip.finish())
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(self) }
}
