import NIOCore

/// The body of POST /v1/builds with a source (RFC 7578): the request's document, then the source, which is read
/// as it is sent. Every iteration begins anew.
struct MultipartBody: AsyncSequence, Sendable {
    let document: [UInt8]
    let source: SourceUpload
    let boundary: String
    let meter: UploadMeter

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// Bytes of the whole body, where the source's size is known.
    var length: Int64? {
        source.size.map { Int64($0) + Int64(head.count) + Int64(tail.count) }
    }

    private var head: [UInt8] {
        // RFC 7578, section 2 with RFC 2183: quotes and backslashes would end the name, line breaks the header.
        let name = source.name.map { "\"\\\r\n".contains($0) ? "_" : String($0) }.joined()
        return Array(
            """
            --\(boundary)\r
            Content-Disposition: form-data; name="request"\r
            Content-Type: application/json\r
            \r\n
            """.utf8) + document
            + Array(
                """
                \r
                --\(boundary)\r
                Content-Disposition: form-data; name="source"; filename="\(name)"\r
                Content-Type: application/octet-stream\r
                \r\n
                """.utf8)
    }

    private var tail: [UInt8] { Array("\r\n--\(boundary)--\r\n".utf8) }

    struct Iterator: AsyncIteratorProtocol {
        private enum Content {
            case folder(FolderStream.Iterator)
            case archive(ArchiveFile.Iterator)

            mutating func next() async throws(ClientError) -> ByteBuffer? {
                switch self {
                case .folder(var iterator):
                    let buffer = try await iterator.next()
                    self = .folder(iterator)
                    return buffer
                case .archive(let iterator): return try await iterator.next()
                }
            }
        }

        private enum Part { case head, source, ended }

        private let body: MultipartBody
        private var content: Content
        private var part = Part.head

        init(_ body: MultipartBody) {
            self.body = body
            content =
                switch body.source.content {
                case .folder(let folder): .folder(folder.makeAsyncIterator())
                case .archive(let file): .archive(file.makeAsyncIterator())
                }
        }

        mutating func next() async throws(ClientError) -> ByteBuffer? {
            switch part {
            case .head:
                part = .source
                body.meter.begin()
                return ByteBuffer(bytes: body.head)
            case .source:
                if let buffer = try await content.next() {
                    body.meter.add(Array(buffer.readableBytesView))
                    return buffer
                }
                part = .ended
                return ByteBuffer(bytes: body.tail)
            case .ended: return nil
            }
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(self) }
}
