import BuildAPI
import BuildService
import HTTPTypes
import HummingbirdCore
import NIOCore

/// Reads the body of POST /v1/builds: the request as JSON, or as the first part of a form whose second is the source.
struct SubmissionReader {
    let service: BuildService
    let call: Call

    func document() async throws -> BuildDocument {
        switch call.contentType?.value {
        case "application/json":
            let bytes = try await call.document(upTo: BuildDocumentReader.largest)
            let document = try BuildDocumentReader.read(bytes)
            guard document.source?.blob != nil || document.source?.folder != nil else {
                throw HTTPProblem(
                    .invalidRequest, "source.blob or source.folder is missing: only a form brings its source along",
                    at: "/source")
            }
            return document
        case "multipart/form-data":
            guard let boundary = call.contentType?["boundary"] else {
                throw HTTPProblem(.malformed, "Content-Type: multipart/form-data has no boundary")
            }
            do {
                return try await form(boundary)
            } catch let fault as MultipartFault {
                throw HTTPProblem(.malformed, "the form cannot be read: \(fault.message)")
            }
        default:
            throw HTTPProblem(
                .unsupportedMediaType, "Content-Type is application/json or multipart/form-data",
                headers: [.accept: "application/json, multipart/form-data"])
        }
    }

    private func form(_ boundary: String) async throws -> BuildDocument {
        var parser = try MultipartParser(boundary: boundary)
        var form = SubmissionForm(service: service, principal: call.principal, announced: call.announcedLength)
        var received: UInt64 = 0
        for try await buffer in call.body {
            received += UInt64(buffer.readableBytes)
            parser.feed(buffer)
            while let event = try parser.next() { try await form.take(event) }
        }
        try call.checkWhole(received)
        guard parser.isComplete else { throw MultipartFault("it ends before its closing boundary") }
        return try await form.document()
    }
}
