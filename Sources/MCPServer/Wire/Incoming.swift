import SourceText

/// One message of a client, its form checked (JSON-RPC 2.0), its meaning not yet.
public enum Incoming: Equatable, Sendable {
    case request(id: RequestID, method: String, params: [String: JSONValue])
    case notification(method: String, params: [String: JSONValue])
    /// A response. This server sends no requests, so that none is awaited.
    case response
    /// Several messages in an array, as revision 2025-03-26 has them; each may be at fault on its own.
    case batch([Result<Incoming, ProtocolFault>])

    /// Bytes of one message. An inline archive has to fit in.
    public static let largest = 8 << 20
    /// Messages of one batch.
    public static let largestBatch = 32

    /// - Throws: ``ProtocolFault``: `parseError` for what is no JSON, `invalidRequest` for what is no message,
    ///   with its id where that could be read.
    public init(_ bytes: [UInt8]) throws(ProtocolFault) {
        guard bytes.count <= Self.largest else { throw Self.tooLarge }
        let value: JSONValue
        do throws(SourceFault) {
            value = try JSONValue(bytes, bounds: SourceBounds(bytes: Self.largest, depth: 64))
        } catch {
            throw ProtocolFault(.parseError, "the message is not the JSON that this server reads: \(error)")
        }
        guard case .array(let elements) = value else {
            self = try Self.single(value)
            return
        }
        guard (1...Self.largestBatch).contains(elements.count) else {
            throw ProtocolFault(
                .invalidRequest,
                "a batch has 1 to \(Self.largestBatch) messages, this one \(elements.count): send fewer at once")
        }
        self = .batch(
            elements.map { element in
                Result { () throws(ProtocolFault) in try Self.single(element) }
            })
    }

    static var tooLarge: ProtocolFault {
        ProtocolFault(
            .invalidRequest,
            "a message has at most \(largest >> 20) MiB: upload a larger archive to the service (PUT /v1/blobs/{digest}) "
                + "and name its digest, or name a directory")
    }

    private static func single(_ value: JSONValue) throws(ProtocolFault) -> Incoming {
        guard case .object(let members) = value else {
            throw ProtocolFault(.invalidRequest, "a message is an object, not \(value.title)")
        }
        let id = members["id"].flatMap { RequestID($0) }
        func refuse(_ message: String) -> ProtocolFault { ProtocolFault(.invalidRequest, message, id: id) }
        guard members["jsonrpc"] == "2.0" else { throw refuse("a message has the member \"jsonrpc\": \"2.0\"") }
        guard let name = members["method"] else {
            let isResponse = (members["result"] != nil) != (members["error"] != nil) && members["id"] != nil
            guard isResponse else { throw refuse("a message has a method, or an id and either result or error") }
            return .response
        }
        guard let method = name.string, (1...128).contains(method.utf8.count) else {
            throw refuse("a method is a string of 1 to 128 bytes")
        }
        if let raw = members["id"], id == nil {
            throw refuse("an id is a whole number or a string of at most \(RequestID.longest) bytes, not \(raw.title)")
        }
        let params = members["params"] ?? [:]
        guard case .object(let params) = params else {
            throw ProtocolFault(.invalidParams, "params is an object, not \(params.title)", id: id)
        }
        guard let id else { return .notification(method: method, params: params) }
        return .request(id: id, method: method, params: params)
    }
}

extension Result where Failure == ProtocolFault {
    init(catching body: () throws(ProtocolFault) -> Success) {
        do throws(ProtocolFault) {
            self = .success(try body())
        } catch {
            self = .failure(error)
        }
    }
}

extension Incoming {
    /// A request's id.
    var id: RequestID? {
        if case .request(let id, method: _, params: _) = self { id } else { nil }
    }
}
