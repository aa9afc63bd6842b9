public import SystemPackage

/// The source that a client sends along with a build.
public struct SourceUpload: Sendable {
    enum Content: Sendable {
        case folder(FolderStream)
        case archive(ArchiveFile)
    }

    let content: Content
    /// The file name that the server is told; it tells the format.
    public let name: String
    /// Bytes that will be sent; nil for a folder, whose packed size only shows. Stored, not asked of `content`: the
    /// compiler (Swift 6.3.1, optimizing) stumbles over that.
    public let size: UInt64?

    /// A folder, packed into a `.tar.gz` while it is sent: all of it, `.git` included.
    ///
    /// - Parameters:
    ///   - folder: The project's.
    ///   - remark: Told what is left out: sockets, devices and FIFOs.
    /// - Returns: The upload, which reads the folder as it is sent.
    public static func folder(_ folder: FilePath, remark: @escaping @Sendable (String) -> Void) -> SourceUpload {
        let name = folder.lastComponent?.string ?? "source"
        return SourceUpload(
            content: .folder(FolderStream(folder: folder, remark: remark)), name: "\(name).tar.gz", size: nil)
    }

    /// An archive, sent as it is.
    ///
    /// - Throws: ``ClientError`` with `unreadable`.
    public static func archive(_ file: FilePath) throws(ClientError) -> SourceUpload {
        let archive = try ArchiveFile(file)
        return SourceUpload(
            content: .archive(archive), name: file.lastComponent?.string ?? "source", size: archive.size)
    }
}
