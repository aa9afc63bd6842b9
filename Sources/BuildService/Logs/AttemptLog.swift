import BuildAPI
@preconcurrency import Dispatch
import FoundationEssentials
import Glibc
import Linux
import PythonBuild
import Sandbox
import Synchronization
import SystemPackage

/// Writes what happens in one attempt of a job: printed bytes at once, where a slow disk holds the build up and nothing
/// gathers in memory; the index so that a follower sees a line within ``window``, yet no build makes it a record a byte.
///
/// When the disk is full, what cannot be written is left out, a note says how much as soon as one can be written, and the
/// build goes on.
final class AttemptLog: Sendable {
    private struct State {
        var index: SharedDescriptor?
        var notes: SharedDescriptor?
        var log: SharedDescriptor?
        /// The last sequence in the index.
        var last: UInt64
        var logBytes: UInt64 = 0
        var noteBytes: UInt64 = 0
        /// Printed and written, but not in the index yet.
        var pending: (stream: LogStream, offset: UInt64, length: UInt32)?
        var windowBegan: UInt64 = 0
        var recordsInWindow = 0
        var isTimed = false
        /// Bytes that could not be written since the last note about it.
        var lost: UInt64 = 0
        var fault: SystemCallError?
        var sinceSpaceCheck: UInt64 = 0
    }

    /// Nanoseconds: how long printed bytes may wait for their place in the index.
    static let window: UInt64 = 20_000_000
    /// Bytes that one event tells of at most.
    static let largestEvent: UInt32 = 64 << 10
    /// Beyond so many records in a window, bytes of stdout and stderr are told in one.
    static let mostRecords = 64

    let attempt: Int
    private let job: JobLog
    private let clock: any ServiceClock
    /// Bytes of the disk that the log leaves alone.
    private let reserve: UInt64
    private let state: Mutex<State>

    /// Opens the job's files, cuts off what a crash tore, and begins the attempt.
    ///
    /// - Parameters:
    ///   - job: The log of the job.
    ///   - attempt: From 1.
    ///   - keepsLog: What the attempt printed before stays.
    ///   - clock: For the times of events.
    ///   - reserve: Bytes of the disk that the log leaves alone.
    /// - Throws: `SystemCallError` when the files cannot be opened.
    init(
        _ job: JobLog, attempt: Int, keepsLog: Bool = false, clock: any ServiceClock, reserve: UInt64
    ) throws(SystemCallError) {
        self.job = job
        self.attempt = attempt
        self.clock = clock
        self.reserve = reserve
        let files = job.files
        try makeFolder(files.folder)
        let last = job.view.last
        let flags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW
        let index = try SharedDescriptor(files.events, flags)
        try system { ftruncate(index.number, off_t(last - 1) * off_t(EventRecord.size)) }
        let notes = try SharedDescriptor(files.notes, flags)
        let log = try SharedDescriptor(files.log(attempt), flags)
        // An attempt that was begun and not written down began nothing.
        if !keepsLog { try system { ftruncate(log.number, 0) } }
        var state = State(last: last)
        state.index = index
        state.notes = notes
        state.log = log
        state.noteBytes = try fileSize(notes.number)
        state.logBytes = try fileSize(log.number)
        self.state = Mutex(state)
        job.begin(attempt)
    }

    /// Tells in the log of a job whose attempt was lost with the service what became of it.
    static func tellLost(
        _ job: JobLog, attempt: Int, clock: any ServiceClock, isQueued: Bool
    ) throws(SystemCallError) {
        let writer = try AttemptLog(job, attempt: attempt, keepsLog: true, clock: clock, reserve: 0)
        writer.note("the service stopped unexpectedly during attempt \(attempt): this attempt is lost")
        if isQueued { writer.state(.queued) }
        if let fault = writer.close() { throw fault }
    }

    /// Tells that a job which waited for an approval may wait for its turn.
    static func tellQueued(_ job: JobLog, clock: any ServiceClock) throws(SystemCallError) {
        let writer = try AttemptLog(job, attempt: 0, clock: clock, reserve: 0)
        writer.state(.queued)
        if let fault = writer.close() { throw fault }
    }

    /// Bytes printed so far, as far as they are in the log.
    var logBytes: UInt64 { state.withLock { $0.logBytes } }

    func state(_ change: JobState) { append { _ in .state(change) } }

    func note(_ text: String) { append { self.keep(text, &$0) } }

    func phaseStarted(_ phase: Phase) { append { _ in .phase(phase, .started, durationMs: 0) } }

    func phaseEnded(_ report: PhaseReport) {
        append { _ in
            .phase(report.name, report.outcome == .succeeded ? .succeeded : .failed, durationMs: report.durationMs)
        }
    }

    /// Called in order, from one thread at a time.
    func print(_ stream: LogStream, _ bytes: [UInt8]) {
        let timed = state.withLock { state in
            guard let written = write(bytes, &state), written > 0 else { return false }
            var rest = UInt64(written)
            while rest > 0 { rest -= take(stream, rest, &state) }
            let now = monotonicNanoseconds()
            if now - state.windowBegan >= Self.window {
                state.windowBegan = now
                state.recordsInWindow = 0
                flush(&state)
                return false
            }
            defer { state.isTimed = true }
            return !state.isTimed
        }
        if timed {
            DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(Self.window))) { [weak self] in
                self?.windowEnded()
            }
        }
    }

    /// Writes down what is left and puts all of it on the disk.
    ///
    /// - Returns: Why something is missing, if so.
    func close() -> SystemCallError? {
        let fault = state.withLock { state in
            flush(&state)
            tellLoss(&state)
            do throws(SystemCallError) {
                for file in [state.log, state.notes, state.index] {
                    if let file { try system { fdatasync(file.number) } }
                }
            } catch {
                state.fault = error
            }
            state.index = nil
            state.notes = nil
            state.log = nil
            return state.fault
        }
        job.close()
        return fault
    }

    private func windowEnded() {
        state.withLock { state in
            state.isTimed = false
            state.windowBegan = monotonicNanoseconds()
            state.recordsInWindow = 0
            flush(&state)
        }
    }

    /// Appends to the log file; how many bytes, or nil for none.
    private func write(_ bytes: [UInt8], _ state: inout State) -> Int? {
        guard let log = state.log else { return nil }
        let before = state.logBytes
        do throws(SystemCallError) {
            try checkSpace(adding: bytes.count, log, &state)
            var written = 0
            defer { state.logBytes = before + UInt64(written) }
            while written < bytes.count {
                written += try system {
                    bytes[written...].withUnsafeBytes { Glibc.write(log.number, $0.baseAddress, $0.count) }
                }
            }
        } catch {
            state.fault = error
            state.lost += UInt64(bytes.count) - (state.logBytes - before)
        }
        return Int(state.logBytes - before)
    }

    /// Logs stop before the disk is full: the ends of jobs have to be written too.
    private func checkSpace(
        adding count: Int, _ log: SharedDescriptor, _ state: inout State
    ) throws(SystemCallError) {
        state.sinceSpaceCheck += UInt64(count)
        guard state.sinceSpaceCheck >= 1 << 20 || state.lost > 0 else { return }
        guard try freeBytes(log.number) > reserve else { throw SystemCallError(ENOSPC) }
        state.sinceSpaceCheck = 0
    }

    /// Takes bytes that were written into account, at most one event's; how many.
    private func take(_ stream: LogStream, _ count: UInt64, _ state: inout State) -> UInt64 {
        if let pending = state.pending {
            let isFull = pending.length == Self.largestEvent
            if isFull || (pending.stream != stream && state.recordsInWindow < Self.mostRecords) { flush(&state) }
        }
        var pending = state.pending ?? (stream, state.logBytes - count, 0)
        let taken = min(count, UInt64(Self.largestEvent - pending.length))
        pending.length += UInt32(taken)
        state.pending = pending
        return taken
    }

    private func append(_ kind: (inout State) -> EventRecord.Kind?) {
        state.withLock { state in
            flush(&state)
            tellLoss(&state)
            if let kind = kind(&state) { record(kind, &state) }
        }
    }

    private func flush(_ state: inout State) {
        guard let pending = state.pending else { return }
        state.pending = nil
        state.recordsInWindow += 1
        if !record(.log(pending.stream, offset: pending.offset, length: pending.length), &state) {
            state.lost += UInt64(pending.length)
        } else if state.lost > 0 {
            tellLoss(&state)
        }
    }

    private func tellLoss(_ state: inout State) {
        guard state.lost > 0, let fault = state.fault else { return }
        let text = "\(state.lost) bytes of output are missing here: they could not be written to the disk (\(fault))"
        guard let note = keep(text, &state), record(note, &state) else { return }
        state.lost = 0
    }

    private func keep(_ text: String, _ state: inout State) -> EventRecord.Kind? {
        guard let notes = state.notes else { return nil }
        let bytes = Array(text.utf8.prefix(Int(Self.largestEvent)))
        do throws(SystemCallError) {
            try writeBytes(bytes, to: notes.number)
            defer { state.noteBytes += UInt64(bytes.count) }
            return .note(offset: state.noteBytes, length: UInt32(bytes.count))
        } catch {
            state.fault = error
            ftruncate(notes.number, off_t(state.noteBytes))
            return nil
        }
    }

    @discardableResult
    private func record(_ kind: EventRecord.Kind, _ state: inout State) -> Bool {
        guard let index = state.index else { return false }
        let record = EventRecord(attempt: attempt, milliseconds: clock.now.milliseconds, kind: kind)
        do throws(SystemCallError) {
            try writeBytes(record.bytes(sequence: state.last + 1), to: index.number)
        } catch {
            state.fault = error
            ftruncate(index.number, off_t(state.last - 1) * off_t(EventRecord.size))
            return false
        }
        state.last += 1
        job.publish(last: state.last)
        return true
    }
}
