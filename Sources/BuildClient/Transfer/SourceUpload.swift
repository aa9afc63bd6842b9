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

    /// A folder, packed into a `.tar.gz` while it is sent: all of it, `.git` included.
    ///
    /// - Parameters:
    ///   - folder: The project's.
    ///   - remark: Told what is left out: sockets, devices and FIFOs.
    /// - Returns: The upload, which reads the folder as it is sent.
    public static func folder(_ folder: FilePath, remark: @escaping @Sendable (String) -> Void) -> SourceUpload {
        let name = folder.lastComponent?.string ?? "source"
        return SourceUpload(content: .folder(FolderStream(folder: folder, remark: remark)), name: "\(name).tar.gz")
    }

    /// An archive, sent as it is.
    ///
    /// - Throws: ``ClientError`` with `unreadable`.
    public static func archive(_ file: FilePath) throws(ClientError) -> SourceUpload {
        SourceUpload(content: .archive(try ArchiveFile(file)), name: file.lastComponent?.string ?? "source")
    }

    /// Bytes that will be sent; nil for a folder, whose packed size only shows.
    public var size: UInt64? {
        switch content {
        case .folder: nil
        case .archive(let file): file.size
        }
    }
}
