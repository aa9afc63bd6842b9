import BuildAPI
import Crypto
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers that several routes give.
enum Answer {
    static func json(
        _ document: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) throws -> Response {
        let bytes = try DocumentCoding.encoder().encode(document)
        return json(bytes: bytes, status: status, headers: headers)
    }

    /// A document that is tagged by its content: unchanged, it is not sent again.
    static func tagged(_ document: some Encodable, unless field: String?) throws -> Response {
        let bytes = try DocumentCoding.encoder().encode(document)
        let digest = SHA256.hash(data: bytes).prefix(16).map { byte in
            byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
        }
        let tag = EntityTag(opaque: digest.joined())
        var headers: HTTPFields = [.eTag: tag.description, .cacheControl: "private, no-cache"]
        if tag.isAmong(field) { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = "application/json"
        return json(bytes: bytes, status: .ok, headers: headers)
    }

    private static func json(bytes: Data, status: HTTPResponse.Status, headers: HTTPFields) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes + [0x0a])))
    }

    /// Bytes that lie on the disk, or the part of them that was asked for (RFC 9110, 14).
    ///
    /// - Parameters:
    ///   - call: Says which part, and under which conditions.
    ///   - size: Bytes that there are.
    ///   - tag: Nil where the bytes can still become more; then no If-Range holds.
    ///   - headers: Those of the file.
    ///   - read: Gives `count` bytes from an offset, or what there is before the end. It may block.
    /// - Returns: 200, 206 or 304.
    /// - Throws: ``HTTPProblem`` with the code `range_not_satisfiable`.
    static func file(
        _ call: Call, size: UInt64, tag: EntityTag?, headers: HTTPFields,
        read: @escaping @Sendable (_ offset: UInt64, _ count: Int) throws -> [UInt8]
    ) throws(HTTPProblem) -> Response {
        var headers = headers
        headers[.acceptRanges] = "bytes"
        headers[.eTag] = tag?.description
        if let tag, tag.isAmong(call.field(.ifNoneMatch)) {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        let condition = call.field(.ifRange)
        let mayBePart = tag?.allowsRange(condition) ?? (condition == nil)
        switch ByteRange(mayBePart ? call.field(.range) : nil, size: size) {
        case .whole: return response(.ok, headers, 0..<size, read)
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
            return response(.partialContent, headers, range, read)
        case .unsatisfiable:
            throw HTTPProblem(
                .rangeNotSatisfiable, "there are \(size) bytes; the range lies behind them",
                headers: [.contentRange: "bytes */\(size)", .acceptRanges: "bytes"])
        }
    }

    private static func response(
        _ status: HTTPResponse.Status, _ headers: HTTPFields, _ range: Range<UInt64>,
        _ read: @escaping @Sendable (UInt64, Int) throws -> [UInt8]
    ) -> Response {
        let body = ResponseBody(contentLength: Int(range.upperBound - range.lowerBound)) { writer in
            var offset = range.lowerBound
            while offset < range.upperBound {
                let wanted = Int(min(range.upperBound - offset, FilePieces.size))
                let bytes = try await FilePieces.read { [offset] in try read(offset, wanted) }
                // The length is promised: an answer that is cut short must look cut short.
                guard !bytes.isEmpty else { throw HTTPProblem(.storeUnavailable, "a file has become shorter") }
                offset += UInt64(bytes.count)
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            try await writer.finish(nil)
        }
        return Response(status: status, headers: headers, body: body)
    }
}
