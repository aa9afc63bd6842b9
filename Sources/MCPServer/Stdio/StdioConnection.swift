/// The protocol on one pair of byte streams, without the streams: bytes and answers in, lines and actions out.
public struct StdioConnection: Sendable {
    public enum Action: Equatable, Sendable {
        /// A line to write, with its line feed.
        case write([UInt8])
        /// A call to carry out; ``answer(_:_:)`` takes what becomes of it.
        case start(Call)
        /// Stop what was started under this id. No answer is written.
        case cancel(RequestID)
    }

    /// Calls at once.
    public static let mostCalls = 64

    private struct Running {
        let call: Call
        /// The batch that it came in.
        let batch: Int?
    }

    private let handshake: Handshake
    private var framer = LineFramer()
    /// What `initialize` agreed upon. Requests of revision 2026-07-28 are served beside it.
    private var agreed: Revision?
    private var running: [RequestID: Running] = [:]
    private var batches: [Int: Batch] = [:]
    private var nextBatch = 0

    public init(handshake: Handshake) {
        self.handshake = handshake
    }

    /// Whether nothing is being carried out.
    public var isIdle: Bool { running.isEmpty }

    public mutating func receive(_ bytes: ArraySlice<UInt8>) -> [Action] {
        framer.lines(bytes).flatMap { line -> [Action] in
            switch line {
            case .text(let text): receive(message: text)
            case .tooLong: [.write(error(Incoming.tooLarge))]
            }
        }
    }

    /// The input is over: builds are to end. What is answered at once still is.
    public mutating func finish() -> [Action] {
        let last = framer.rest().map { receive(message: $0) } ?? []
        let long = running.values.map(\.call).filter(\.isLong)
        for call in long { running[call.id] = nil }
        return last + long.map { .cancel($0.id) }
    }

    private mutating func receive(message: [UInt8]) -> [Action] {
        do throws(ProtocolFault) {
            switch try Incoming(message) {
            case .batch(let members): return try receive(batch: members)
            case let single: return receive(single, batch: nil)
            }
        } catch {
            return [.write(self.error(error))]
        }
    }

    private mutating func receive(_ message: Incoming, batch: Int?) -> [Action] {
        switch message {
        case .response, .batch: return []
        case .notification(let method, let params):
            guard method == "notifications/cancelled", let id = params["requestId"].flatMap({ RequestID($0) }),
                let call = running.removeValue(forKey: id)
            else { return [] }
            let closed = call.batch.flatMap { close(id, nil, in: $0) }
            return [.cancel(id)] + (closed.map { [.write($0)] } ?? [])
        case .request(let id, let method, let params):
            do throws(ProtocolFault) {
                let call = try Call(id: id, method: method, params: params, handshake: agreed)
                return try accept(call, batch: batch)
            } catch {
                var fault = error
                fault.id = id
                return settled(id, Outgoing.error(fault, in: agreed), batch: batch)
            }
        }
    }

    private mutating func accept(_ call: Call, batch: Int?) throws(ProtocolFault) -> [Action] {
        switch call.method {
        case .initialize(let requested):
            guard agreed == nil else {
                throw ProtocolFault(
                    .invalidRequest, "this connection is initialized already, as \(agreed?.rawValue ?? "")")
            }
            guard batch == nil else { throw ProtocolFault(.invalidRequest, "initialize is no part of a batch") }
            let revision = handshake.revision(for: requested)
            agreed = revision
            return settled(call.id, Outgoing.response(call.id, handshake.initializeResult(revision)), batch: nil)
        case .discover: return settled(call.id, response(call, handshake.discoverReply), batch: batch)
        case .ping: return settled(call.id, Outgoing.response(call.id, [:]), batch: batch)
        default:
            guard running[call.id] == nil else {
                throw ProtocolFault(.invalidRequest, "a call with this id is still running: give each its own")
            }
            guard running.count < Self.mostCalls else {
                throw ProtocolFault(.busy, "\(Self.mostCalls) calls are running: wait for one to end")
            }
            running[call.id] = Running(call: call, batch: batch)
            if let batch { batches[batch]?.open.insert(call.id) }
            return [.start(call)]
        }
    }

    // MARK: Answers

    /// The line that answers a call, if it still has to be: a cancelled one has no answer, one of a batch has it
    /// together with the others.
    public mutating func answer(_ call: Call, _ outcome: Result<Reply, ProtocolFault>) -> [UInt8]? {
        guard let running = running.removeValue(forKey: call.id) else { return nil }
        let message: JSONValue
        switch outcome {
        case .success(let reply): message = response(call, reply)
        case .failure(var fault):
            fault.id = call.id
            message = Outgoing.error(fault, in: call.revision)
        }
        guard let batch = running.batch else { return Self.line(message) }
        return close(call.id, message, in: batch)
    }

    /// The line of a notification for a call, while that is being carried out.
    public func notification(for id: RequestID, _ message: JSONValue) -> [UInt8]? {
        running[id] == nil ? nil : Self.line(message)
    }

    private func response(_ call: Call, _ reply: Reply) -> JSONValue {
        Outgoing.response(call.id, reply.result(in: call.revision, server: handshake.server))
    }

    private mutating func settled(_ id: RequestID, _ message: JSONValue, batch: Int?) -> [Action] {
        guard let batch else { return [.write(Self.line(message))] }
        batches[batch]?.answers.append(message)
        return []
    }

    private func error(_ fault: ProtocolFault) -> [UInt8] { Self.line(Outgoing.error(fault, in: agreed)) }

    private static func line(_ message: JSONValue) -> [UInt8] { message.bytes + [UInt8(ascii: "\n")] }

    // MARK: Batches

    private mutating func receive(batch members: [Result<Incoming, ProtocolFault>]) throws(ProtocolFault) -> [Action] {
        guard let agreed, agreed.hasBatches else {
            throw ProtocolFault(.invalidRequest, "revision 2025-03-26 alone has batches: send each message by itself")
        }
        let number = nextBatch
        nextBatch += 1
        batches[number] = Batch()
        var actions: [Action] = []
        for member in members {
            switch member {
            case .success(let message): actions += receive(message, batch: number)
            case .failure(let fault): batches[number]?.answers.append(Outgoing.error(fault, in: agreed))
            }
        }
        batches[number]?.isRead = true
        if let line = finished(number) { actions.append(.write(line)) }
        return actions
    }

    private mutating func close(_ id: RequestID, _ message: JSONValue?, in number: Int) -> [UInt8]? {
        if let message { batches[number]?.answers.append(message) }
        batches[number]?.open.remove(id)
        return finished(number)
    }

    /// The line that answers a batch, once all of it is answered. A batch of notifications has none.
    private mutating func finished(_ number: Int) -> [UInt8]? {
        guard let batch = batches[number], batch.isRead, batch.open.isEmpty else { return nil }
        batches[number] = nil
        return batch.answers.isEmpty ? nil : Self.line(.array(batch.answers))
    }

    private struct Batch {
        /// Calls that are being carried out.
        var open: Set<RequestID> = []
        var answers: [JSONValue] = []
        /// False while there may be more calls in it.
        var isRead = false
    }
}
