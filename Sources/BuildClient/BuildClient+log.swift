import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension BuildClient {
    /// What a job has printed so far, exactly as it did. A connection that breaks goes on where it was.
    ///
    /// - Parameters:
    ///   - id: The job's.
    ///   - attempt: From 1; nil for the last.
    ///   - offset: Where to begin, in bytes.
    ///   - handle: Takes the bytes in order. Hostile: not for a terminal as they are.
    /// - Returns: Where the next call may begin.
    /// - Throws: ``ClientError``, and what `handle` throws as it is when that is one.
    @discardableResult
    public func log(
        _ id: String, attempt: Int? = nil, from offset: UInt64 = 0,
        _ handle: ([UInt8]) async throws(ClientError) -> Void
    ) async throws(ClientError) -> UInt64 {
        let path = try path(id) + "/log?raw=1" + (attempt.map { "&attempt=\($0)" } ?? "")
        var persistence = persistence()
        var position = offset
        while true {
            do throws(ClientError) {
                try await log(path, &position, &persistence, handle)
                return position
            } catch {
                try await persistence.pause(after: error)
            }
        }
    }

    private func log(
        _ path: String, _ position: inout UInt64, _ persistence: inout Persistence,
        _ handle: ([UInt8]) async throws(ClientError) -> Void
    ) async throws(ClientError) {
        var request = connection.request(.GET, path)
        if position > 0 { request.headers.add(name: "range", value: "bytes=\(position)-") }
        let response = try await connection.send(request, accepting: [200, 206, 416])
        // Nothing is there behind what was read.
        if response.status == .rangeNotSatisfiable { return try await discard(response) }
        // A server may answer with the whole.
        var skipped = response.status == .partialContent ? 0 : position
        if response.status == .partialContent, contentRange(response)?.start != position {
            throw ClientError(.unexpected, "\(connection.server) gave another range than the one that was asked for")
        }
        try await read(response) { (chunk) throws(ClientError) in
            persistence.progressed()
            let drop = min(skipped, UInt64(chunk.readableBytes))
            skipped -= drop
            let bytes = Array(chunk.readableBytesView.dropFirst(Int(drop)))
            if !bytes.isEmpty { try await handle(bytes) }
            position += UInt64(bytes.count)
            return true
        }
    }

    /// `bytes START-END/SIZE` (RFC 9110, section 14.4).
    func contentRange(_ response: HTTPClientResponse) -> (start: UInt64, size: UInt64?)? {
        guard let value = response.headers.first(name: "content-range"), value.hasPrefix("bytes ") else { return nil }
        let parts = value.dropFirst(6).split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let start = parts[0].split(separator: "-").first.flatMap({ UInt64($0) }) else {
            return nil
        }
        return (start, UInt64(parts[1]))
    }
}
