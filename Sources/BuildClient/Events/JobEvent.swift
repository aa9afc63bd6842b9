public import BuildAPI
import Foundation

/// An event of a job, with its place among the job's events.
public struct JobEvent: Equatable, Sendable {
    /// From 1, without gaps.
    public let sequence: UInt64
    public let event: EventDocument

    public init(sequence: UInt64, event: EventDocument) {
        self.sequence = sequence
        self.event = event
    }

    /// Nil for a kind of event that this client does not know: a newer server may have more.
    ///
    /// - Throws: ``ClientError`` with `unexpected`, when it is not what its name says.
    init?(_ event: ServerSentEvent) throws(ClientError) {
        guard let sequence = event.id.flatMap({ UInt64($0) }) else {
            throw ClientError(.unexpected, "the server sent an event without a sequence number")
        }
        self.sequence = sequence
        do {
            let decoder = DocumentCoding.decoder()
            func decode<Document: Decodable>(_ type: Document.Type) throws -> Document {
                try decoder.decode(type, from: Data(event.data.utf8))
            }
            switch event.name {
            case "log": self.event = .log(try decode(EventDocument.LogEvent.self))
            case "state": self.event = .state(try decode(EventDocument.StateEvent.self))
            case "phase": self.event = .phase(try decode(EventDocument.PhaseEvent.self))
            case "note": self.event = .note(try decode(EventDocument.NoteEvent.self))
            case "end": self.event = .end(try decode(EventDocument.EndEvent.self))
            default: return nil
            }
        } catch {
            throw ClientError(.unexpected, "the server sent an event \(event.name) that cannot be read: \(error)")
        }
    }
}
