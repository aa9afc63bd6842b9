import BuildAPI
import BuildService
import HTTPTypes
import Hummingbird
import NIOCore
import SourceText

/// What a build printed: as text that does nothing to a terminal, or exactly.
struct LogRoute: Sendable {
    let service: BuildService

    func get(_ call: Call, _ id: String) async throws -> Response {
        let attempt = try call.query.whole("attempt", in: 1...1_000_000)
        let isRaw = try call.query.flag("raw")
        let log = try await service.log(of: id, attempt: attempt, as: call.principal)
        return isRaw ? try raw(call, id, log) : try text(log)
    }

    private func raw(_ call: Call, _ id: String, _ log: LogReader) throws -> Response {
        let isComplete = log.isComplete
        let size = try log.size
        let headers: HTTPFields = [
            .contentType: "application/octet-stream", .cacheControl: "private, no-cache",
            .contentDisposition: Disposition.attachment("\(id)-\(log.attempt).log"),
        ]
        // A log only grows: once it is complete, attempt and size tell its bytes.
        let tag = isComplete ? EntityTag(opaque: "\(id)-\(log.attempt)-\(size)") : nil
        return try Answer.file(call, size: size, tag: tag, headers: headers) { try log.read(at: $0, count: $1) }
    }

    private func text(_ log: LogReader) throws -> Response {
        let size = try log.size
        let body = ResponseBody { writer in
            var terminal = TerminalText()
            var offset: UInt64 = 0
            while offset < size {
                let wanted = Int(min(size - offset, FilePieces.size))
                let bytes = try await FilePieces.read { [offset] in try log.read(at: offset, count: wanted) }
                guard !bytes.isEmpty else { break }
                offset += UInt64(bytes.count)
                try await writer.write(ByteBuffer(bytes: terminal.safe(bytes)))
            }
            try await writer.write(ByteBuffer(bytes: terminal.finish()))
            try await writer.finish(nil)
        }
        let headers: HTTPFields = [
            .contentType: "text/plain; charset=utf-8", .cacheControl: "private, no-cache", .acceptRanges: "none",
        ]
        return Response(status: .ok, headers: headers, body: body)
    }
}
