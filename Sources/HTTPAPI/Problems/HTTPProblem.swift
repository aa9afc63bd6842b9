import BuildAPI
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// Why a request is refused: the error of this room, and the problem document that its client gets (RFC 9457).
struct HTTPProblem: Error {
    var status: HTTPResponse.Status
    var code: ProblemCode
    /// What was tried, why it failed, what to do. Never a secret, never a path of this host.
    var detail: String
    var faults: [ProblemDocument.Fault]
    var headers: HTTPFields
    /// What the policy decided, where that is why.
    var policy: DecisionDocument?

    init(
        _ code: ProblemCode, _ detail: String, status: HTTPResponse.Status? = nil,
        faults: [ProblemDocument.Fault] = [], headers: HTTPFields = [:]
    ) {
        self.status = status ?? code.status
        self.code = code
        self.detail = detail
        self.faults = faults
        self.headers = headers
    }

    /// One part of the request is at fault.
    init(_ code: ProblemCode, _ detail: String, at pointer: String) {
        self.init(code, detail, faults: [ProblemDocument.Fault(pointer: pointer, detail: detail)])
    }

    var document: ProblemDocument {
        ProblemDocument(
            status: status.code, code: code, title: code.title, detail: detail, errors: faults.isEmpty ? nil : faults,
            policy: policy)
    }

    /// The answer. Its body is written by hand where coding fails, which it does not.
    var response: Response {
        var fields = headers
        fields[.contentType] = "application/problem+json"
        fields[.cacheControl] = "no-store"
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: body))
    }

    var body: ByteBuffer {
        do {
            return ByteBuffer(bytes: try DocumentCoding.encoder().encode(document) + [0x0a])
        } catch {
            return ByteBuffer(string: #"{"type":"about:blank","status":500}"# + "\n")
        }
    }
}
