import BuildAPI
import BuildService
import HTTPTypes
import Hummingbird
import NIOCore

/// One request that passed the door: who asks, and what.
struct Call: Sendable {
    let request: Request
    let context: CallContext
    let principal: Principal
    let query: Query

    func field(_ name: HTTPField.Name) -> String? { request.headers[name] }

    /// The type of the body, with its parameters.
    var contentType: HeaderParameters? { field(.contentType).flatMap(HeaderParameters.init) }

    /// Bytes that the request says its body has; nil where it does not say.
    var announcedLength: UInt64? { field(.contentLength).flatMap { UInt64($0) } }

    /// The body, piece by piece. From here on a client that waits for `100 Continue` gets it.
    var body: RequestBody {
        context.channel.triggerUserOutboundEvent(ConnectionGuard.BodyIsWanted(), promise: nil)
        return request.body
    }

    /// The whole body of a small document.
    func document(upTo largest: Int) async throws -> [UInt8] {
        if let announced = announcedLength, announced > largest { throw Self.tooLarge(largest) }
        var bytes: [UInt8] = []
        for try await buffer in body {
            guard bytes.count + buffer.readableBytes <= largest else { throw Self.tooLarge(largest) }
            bytes += buffer.readableBytesView
        }
        try checkWhole(UInt64(bytes.count))
        return bytes
    }

    /// A connection that ends within a body looks like the body's end: the length tells.
    func checkWhole(_ received: UInt64) throws(HTTPProblem) {
        guard let announced = announcedLength, received != announced else { return }
        throw HTTPProblem(.malformed, "the body has \(received) of the \(announced) bytes that Content-Length tells")
    }

    private static func tooLarge(_ largest: Int) -> HTTPProblem {
        HTTPProblem(.tooLarge, "the document has more than \(largest) bytes")
    }
}
