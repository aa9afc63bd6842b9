import BuildAPI
import BuildService
import Sandbox
import SourceText

/// Makes documents of a job's events. Log bytes become text that does nothing to a terminal; what is cut in the middle of
/// a character or an escape sequence waits for its rest in the next event, so that the text of all events together
/// is the text of the log. `offset` and `length` are the bytes that the text stands for.
struct EventText {
    private var terminal = TerminalText()
    /// Where the log goes on, and in which attempt, and which stream came last.
    private var position: UInt64 = 0
    private var attempt = 0
    private var stream = EventDocument.LogEvent.Stream.stdout

    /// Reads what lies before an offset of an attempt's log: for followers that begin in its middle.
    private let before: (_ attempt: Int, _ offset: UInt64, _ count: Int) throws -> [UInt8]

    init(before: @escaping (_ attempt: Int, _ offset: UInt64, _ count: Int) throws -> [UInt8]) {
        self.before = before
    }

    /// The documents to send for an event: its own, and before the last one what was held back of the log until then,
    /// which has no sequence of its own.
    mutating func documents(_ event: JobEvent) throws -> [(sequence: UInt64?, document: EventDocument)] {
        switch event.kind {
        case .log(let stream, let offset, let bytes):
            let log = try log(event.attempt, stream, offset, bytes)
            return [(event.sequence, .log(log))]
        case .state(let state): return [(event.sequence, .state(.init(state: state, attempt: event.attempt)))]
        case .phase(let name, let status, let duration):
            return [(event.sequence, .phase(.init(name: name, status: status, durationMs: duration)))]
        case .note(let text):
            return [(event.sequence, .note(.init(text: ForeignText.message(text))))]
        case .end(let state, let exitCode):
            let end = (UInt64?.some(event.sequence), EventDocument.end(.init(state: state, exitCode: exitCode)))
            return rest().map { [(nil, .log($0)), end] } ?? [end]
        }
    }

    private mutating func log(
        _ attempt: Int, _ stream: LogStream, _ offset: UInt64, _ bytes: [UInt8]
    ) throws -> EventDocument.LogEvent {
        if attempt != self.attempt || offset != position {
            terminal = TerminalText()
            let count = Int(min(offset, UInt64(TerminalText.longestSequence)))
            if count > 0 { _ = terminal.safe(try before(attempt, offset - UInt64(count), count)) }
        }
        let begin = offset - UInt64(terminal.heldBack)
        let text = terminal.safe(bytes)
        self.attempt = attempt
        self.stream = stream == .stdout ? .stdout : .stderr
        position = offset + UInt64(bytes.count)
        return EventDocument.LogEvent(
            stream: self.stream, offset: begin, length: position - UInt64(terminal.heldBack) - begin, attempt: attempt,
            text: String(decoding: text, as: UTF8.self))
    }

    private mutating func rest() -> EventDocument.LogEvent? {
        let count = UInt64(terminal.heldBack)
        guard count > 0 else { return nil }
        let text = String(decoding: terminal.finish(), as: UTF8.self)
        return EventDocument.LogEvent(
            stream: stream, offset: position - count, length: count, attempt: attempt, text: text)
    }
}
