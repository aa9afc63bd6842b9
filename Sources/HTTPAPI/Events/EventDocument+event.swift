import BuildAPI
import FoundationEssentials

extension EventDocument {
    /// As a server-sent event.
    func event(sequence: UInt64?, encoder: JSONEncoder) throws -> ServerSentEvent {
        let (name, data): (String, Data) =
            switch self {
            case .log(let log): ("log", try encoder.encode(log))
            case .state(let state): ("state", try encoder.encode(state))
            case .phase(let phase): ("phase", try encoder.encode(phase))
            case .note(let note): ("note", try encoder.encode(note))
            case .end(let end): ("end", try encoder.encode(end))
            }
        return ServerSentEvent(id: sequence, name: name, data: String(decoding: data, as: UTF8.self))
    }
}
