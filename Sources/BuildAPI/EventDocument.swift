public import PythonBuild

/// The data of one server-sent event of a job. The event's name is the case's name, its id the
/// sequence number: from 1, without gaps, over all attempts.
public enum EventDocument: Equatable, Sendable {
    case log(LogEvent)
    case state(StateEvent)
    case phase(PhaseEvent)
    /// A remark of buildbox's own.
    case note(NoteEvent)
    /// The last one.
    case end(EndEvent)

    public struct LogEvent: Codable, Equatable, Sendable {
        public enum Stream: String, Codable, Sendable { case stdout, stderr }

        public var stream: Stream
        /// Where the text begins in the log of this attempt, in bytes as they were printed.
        public var offset: UInt64
        /// Bytes as they were printed that `text` stands for.
        public var length: UInt64
        public var attempt: Int
        /// Made safe: invalid UTF-8 and control characters are visible, not in force.
        public var text: String

        public init(stream: Stream, offset: UInt64, length: UInt64, attempt: Int, text: String) {
            self.stream = stream
            self.offset = offset
            self.length = length
            self.attempt = attempt
            self.text = text
        }
    }

    public struct StateEvent: Codable, Equatable, Sendable {
        public var state: JobState
        public var attempt: Int

        public init(state: JobState, attempt: Int) {
            self.state = state
            self.attempt = attempt
        }
    }

    public struct PhaseEvent: Codable, Equatable, Sendable {
        public enum Status: String, Codable, Sendable { case started, succeeded, failed }

        public var name: Phase
        public var status: Status
        public var durationMs: UInt64?

        public init(name: Phase, status: Status, durationMs: UInt64? = nil) {
            self.name = name
            self.status = status
            self.durationMs = durationMs
        }
    }

    public struct NoteEvent: Codable, Equatable, Sendable {
        public var text: String

        public init(text: String) {
            self.text = text
        }
    }

    public struct EndEvent: Codable, Equatable, Sendable {
        public var state: JobState
        /// The exit code of `buildbox run` for this end.
        public var exitCode: Int32

        public init(state: JobState, exitCode: Int32) {
            self.state = state
            self.exitCode = exitCode
        }
    }
}
