import BuildAPI
import FoundationEssentials
import Glibc
import Linux
import Sandbox
import Synchronization
import SystemPackage

/// The events and logs of one job, for all who read or write them now: its open files, how many events there are, and
/// the bell that wakes followers. It holds no events.
final class JobLog: Sendable {
    /// What followers see at one moment.
    struct View: Sendable {
        /// The last sequence that can be read; the first event, that it was queued, is always there.
        var last: UInt64
        var end: JobEnd?
        /// The attempt that is being written.
        var writing: Int?
    }

    private struct State {
        var view = View(last: 1)
        var events: SharedDescriptor?
        var notes: SharedDescriptor?
        var logs: [Int: SharedDescriptor] = [:]
    }

    let id: JobID
    /// Its state when it was admitted.
    let first: JobState
    let createdAt: Date
    let files: JobFiles
    /// Raised for every change of the view.
    let changed = Signal()
    private let state = Mutex(State())
    private let gone: @Sendable () -> Void

    init(
        _ id: JobID, _ first: JobState = .queued, createdAt: Date, files: JobFiles, gone: @escaping @Sendable () -> Void
    ) throws(SystemCallError) {
        self.id = id
        self.first = first
        self.createdAt = createdAt
        self.files = files
        self.gone = gone
        let events = try SharedDescriptor.reading(files.events)
        let count = try events.map { events throws(SystemCallError) in try Self.wholeRecords(events.number) } ?? 0
        state.withLock {
            $0.events = events
            $0.view.last = 1 + count
        }
    }

    deinit { gone() }

    var view: View { state.withLock { $0.view } }

    /// An attempt begins to be written.
    func begin(_ attempt: Int) { change { $0.writing = attempt } }

    /// Events up to this sequence are in the index.
    func publish(last: UInt64) { change { $0.last = last } }

    /// An attempt is not written any more.
    func close() { change { $0.writing = nil } }

    /// The job ended, as the store has it.
    func finish(_ end: JobEnd) { change { $0.end = end } }

    private func change(_ body: (inout View) -> Void) {
        state.withLock { body(&$0.view) }
        changed.raise()
    }

    /// Reads events that are there: `first...last`, or less of it once `mostBytes` of log are read.
    func read(_ first: UInt64, through last: UInt64, mostBytes: Int) throws(ServiceFault) -> [JobEvent] {
        do throws(SystemCallError) {
            var events: [JobEvent] = []
            if first == 1 {
                events.append(JobEvent(sequence: 1, attempt: 0, time: createdAt, kind: .state(self.first)))
            }
            let start = max(2, first)
            guard start <= last, let index = try descriptor(of: \.events, files.events) else { return events }
            let most = min(last - start + 1, 256)
            let bytes = try readBytes(
                index.number, at: (start - 2) * UInt64(EventRecord.size), count: Int(most) * EventRecord.size)
            var budget = mostBytes
            for number in 0..<most where budget > 0 {
                let from = Int(number) * EventRecord.size
                guard from + EventRecord.size <= bytes.count,
                    let record = EventRecord(bytes[from..<(from + EventRecord.size)], sequence: start + number)
                else { throw SystemCallError(EBADMSG) }
                let event = try event(record, sequence: start + number)
                if case .log(_, _, let bytes) = event.kind { budget -= bytes.count }
                events.append(event)
            }
            return events
        } catch {
            throw ServiceFault(.storeUnavailable, "cannot read the events of the build \(id): \(error)")
        }
    }

    /// The bytes of an attempt's log; nil when it has none.
    func log(_ attempt: Int) throws(SystemCallError) -> SharedDescriptor? {
        if let open = state.withLock({ $0.logs[attempt] }) { return open }
        guard let opened = try SharedDescriptor.reading(files.log(attempt)) else { return nil }
        return state.withLock { state in
            if let open = state.logs[attempt] { return open }
            state.logs[attempt] = opened
            return opened
        }
    }

    private func event(_ record: EventRecord, sequence: UInt64) throws(SystemCallError) -> JobEvent {
        let attempt = Int(record.attempt)
        let kind: JobEvent.Kind
        switch record.kind {
        case .log(let stream, let offset, let length):
            let bytes = try log(attempt).map { log throws(SystemCallError) in
                try readBytes(log.number, at: offset, count: Int(length))
            }
            kind = .log(stream, offset: offset, bytes: bytes ?? [])
        case .state(let state): kind = .state(state)
        case .phase(let phase, let status, let duration):
            kind = .phase(phase, status, durationMs: status == .started ? nil : duration)
        case .note(let offset, let length):
            let bytes = try descriptor(of: \.notes, files.notes).map { notes throws(SystemCallError) in
                try readBytes(notes.number, at: offset, count: Int(length))
            }
            kind = .note(String(decoding: bytes ?? [], as: UTF8.self))
        }
        return JobEvent(
            sequence: sequence, attempt: attempt, time: Date(milliseconds: record.milliseconds), kind: kind)
    }

    /// Opened at the first reading, and shared by all readers: 500 followers of a job have three files together.
    private func descriptor(
        of place: any WritableKeyPath<State, SharedDescriptor?> & Sendable, _ path: FilePath
    ) throws(SystemCallError) -> SharedDescriptor? {
        if let open = state.withLock({ $0[keyPath: place] }) { return open }
        guard let opened = try SharedDescriptor.reading(path) else { return nil }
        return state.withLock { state in
            if let open = state[keyPath: place] { return open }
            state[keyPath: place] = opened
            return opened
        }
    }

    /// How many records there are before a torn tail.
    static func wholeRecords(_ index: Int32) throws(SystemCallError) -> UInt64 {
        var count = try fileSize(index) / UInt64(EventRecord.size)
        while count > 0 {
            let bytes = try readBytes(
                index, at: (count - 1) * UInt64(EventRecord.size), count: EventRecord.size)
            if EventRecord(bytes[...], sequence: count + 1) != nil { break }
            count -= 1
        }
        return count
    }
}
