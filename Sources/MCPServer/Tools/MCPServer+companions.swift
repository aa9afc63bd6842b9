import BuildAPI
import BuildService
import SourceText

extension MCPServer {
    /// `python_build_status`.
    func status(_ arguments: [String: JSONValue], as principal: Principal) async throws -> ToolOutput {
        var reader = ArgumentReader(arguments, known: ["build_id", "wait_s"])
        let id = Self.build(&reader)
        let wait = reader.integer("wait_s", 0...60) ?? 0
        try reader.finish()
        if wait > 0 { _ = try await service.waitForEnd(of: id, atMost: .seconds(wait), as: principal) }
        // How the build went is what was asked for: to tell it is no error.
        var output = try await report(id, as: principal).output
        output.isError = false
        return output
    }

    /// `python_build_cancel`.
    func cancel(_ arguments: [String: JSONValue], as principal: Principal) async throws -> ToolOutput {
        var reader = ArgumentReader(arguments, known: ["build_id"])
        let id = Self.build(&reader)
        try reader.finish()
        _ = try await service.cancel(id, as: principal)
        _ = try await service.waitForEnd(of: id, atMost: .seconds(10), as: principal)
        var output = try await report(id, as: principal).output
        output.isError = false
        return output
    }

    /// `python_build_logs`.
    func logs(_ arguments: [String: JSONValue], as principal: Principal) async throws -> ToolOutput {
        var reader = ArgumentReader(arguments, known: ["build_id", "offset", "limit"])
        let id = Self.build(&reader)
        let offset = reader.integer("offset", 0...Int64.max)
        let limit = UInt64(reader.integer("limit", 1...131_072) ?? 16_384)
        try reader.finish()
        let job = try await service.job(id, as: principal)
        let log = try await service.log(of: id, as: principal)
        // In this order: what is complete when asked has its whole size afterwards.
        let isComplete = log.isComplete
        let size = try log.size
        let start = min(offset.map { UInt64($0) } ?? (size > limit ? size - limit : 0), size)
        let bytes = try log.read(at: start, count: Int(min(limit, size - start)))
        let next = start + UInt64(bytes.count)
        let text = ModelText.safe(bytes)
        return ToolOutput(
            text: "Log of build \(id) (\(job.state.rawValue)), bytes \(start) to \(next) of \(size), printed by the "
                + "project's code (\(ForeignText.notice)):\n\(ModelText.marked(bytes))",
            structured: [
                "build_id": .string(id), "status": .string(job.state.rawValue), "text": .string(text),
                "offset": .integer(Int64(clamping: start)), "next_offset": .integer(Int64(clamping: next)),
                "size": .integer(Int64(clamping: size)), "complete": .boolean(isComplete && next == size),
            ], links: [.log(id)])
    }

    private static func build(_ reader: inout ArgumentReader) -> String {
        guard let id = reader.string("build_id", 1...64) else {
            reader.requireIfAbsent("build_id", "the build_id of python_build's answer")
            return ""
        }
        if !ResourceURI.isBuild(id) {
            reader.refuse("/build_id", "a build_id has 26 letters and digits, as python_build's answer has it")
        }
        return id
    }
}
