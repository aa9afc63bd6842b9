import CLinux
import Glibc
import Linux
import SandboxProtocol

/// One run as the supervisor sees it: takes the command's output and the launcher's records, stops
/// the run at the log limit or when the caller wants it, and draws the verdict.
struct Supervision {
    private let process: LauncherProcess
    private let request: SandboxRequest
    private let cancellation: CancelSignal
    /// Given up only when the launcher is gone: it may tell of a run's end before the kernel has ended the last process.
    private let claim: HostIDPool.Claim
    /// Called once the command has run for a moment, or is over: what it does is not to burden a short command.
    private let onSettled: () -> Void
    private var settlesAt: ContinuousClock.Instant?
    private var isSettled = false
    private var records = RecordStream()
    private var openStreams: Set<Int32>
    /// Whether nothing more came after the run's end was told.
    private var isDrained = false
    private var stopAsked = false
    private var cancelled = false
    private var output: OutputLog
    private var report: [UInt8] = []
    private var account = LaunchAccount()
    /// What came from the launcher and no record has claimed yet.
    private var unclaimed: [Int32] = []
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    /// Whether the launcher took its order; a ready one can be found dead.
    var hasBegun: Bool { account.hasBegun }

    init(
        process: LauncherProcess, request: SandboxRequest, claim: HostIDPool.Claim, cancellation: CancelSignal,
        onSettled: @escaping () -> Void
    ) {
        self.process = process
        self.onSettled = onSettled
        self.request = request
        self.cancellation = cancellation
        self.claim = claim
        output = OutputLog(limit: request.limits.logBytes, overflow: request.limits.logOverflow)
        openStreams = [process.control.number, process.output.number, process.errors.number]
        if let report = process.report { openStreams.insert(report) }
    }

    mutating func untilEnd(log: (LogStream, [UInt8]) -> Void) throws(SandboxError) {
        defer { for descriptor in unclaimed { close(descriptor) } }
        // The launcher keeps the time itself; this is for a launcher that is stuck.
        let patience = request.limits.time + .seconds(30)
        var deadline = ContinuousClock.now + patience
        while !isOver {
            var descriptors = [process.control.number, process.output.number, process.errors.number].map {
                pollfd(fd: openStreams.contains($0) ? $0 : -1, events: Int16(POLLIN), revents: 0)
            }
            let report = process.report ?? -1
            descriptors.append(
                pollfd(fd: openStreams.contains(report) ? report : -1, events: Int16(POLLIN), revents: 0))
            descriptors.append(
                pollfd(fd: cancelled ? -1 : cancellation.descriptor, events: Int16(POLLIN), revents: 0))
            let pause: Int32 = settlesAt != nil ? 2 : account.end != nil ? 100 : 1000
            let ready = poll(&descriptors, nfds_t(descriptors.count), pause)
            isDrained = ready == 0 && account.end != nil
            if descriptors[1].revents != 0 { take(.stdout, from: descriptors[1].fd, log: log) }
            if descriptors[2].revents != 0 { take(.stderr, from: descriptors[2].fd, log: log) }
            if descriptors[3].revents != 0 { takeReport(from: report) }
            if descriptors[0].revents != 0 { try takeRecords() }
            if descriptors[4].revents != 0 {
                cancelled = true
                stop()
                deadline = min(deadline, .now + .seconds(10))
            }
            let now = ContinuousClock.now
            if now > deadline { process.kill() }
            if let settlesAt, now > settlesAt { settle() }
        }
        if settlesAt != nil { settle() }
        if openStreams.isEmpty { process.reap() } else { process.reapLater(holding: claim) }
        output.finish(log)
    }

    /// Once the launcher has said how the run ended, every contained process is dead, or was killed and can do nothing more: what
    /// is left of the launcher is to wait for that, to remove the control groups, and its own exit, which takes the mounts with it.
    private var isOver: Bool {
        guard let end = account.end else { return openStreams.isEmpty }
        // What the kernel is still ending may hold the output open.
        return end.stop != nil && isDrained || openStreams.isSubset(of: [process.control.number])
    }

    func outcome(order: LaunchOrder) throws(SandboxError) -> SandboxOutcome {
        // One that was cancelled while it was set up never ran: how its launcher then failed says nothing.
        if cancelled, account.command == nil, account.fault != nil || account.end == nil { return beforeItRan }
        if let fault = account.fault { throw fault.error }
        guard let end = account.end else {
            throw SandboxError(.lost, "the launcher died before it told how the run ended")
        }
        return SandboxOutcome(
            verdict: try verdict(end), usage: account.usage(end), logBytes: output.keptBytes,
            logDroppedBytes: output.droppedBytes, layers: established(order), missing: account.missing, report: report,
            output: account.output,
            timings: account.timings)
    }

    private var beforeItRan: SandboxOutcome {
        SandboxOutcome(
            verdict: .cancelled, usage: RunUsage(), logBytes: output.keptBytes, logDroppedBytes: output.droppedBytes,
            layers: LayerSet(Layer.allCases), missing: account.missing, report: report, output: nil,
            timings: account.timings)
    }

    private func verdict(_ end: RunEnd) throws(SandboxError) -> Verdict {
        let limits = request.limits
        if output.isFull {
            return .stopped(
                LimitHit(kind: .log, limit: limits.logBytes, observed: output.keptBytes + output.droppedBytes))
        }
        // A limit that was touched while the command succeeded all the same changes nothing.
        if let command = account.command, command.code == 0, command.signal == 0 { return .exited(code: 0) }
        let hit: (LimitHit.Kind, UInt64)? =
            switch end.stop {
            case .time: (.time, UInt64(limits.time / .milliseconds(1)))
            case .cpuTime: (.cpuTime, limits.cpuTimeMilliseconds)
            case .memory: (.memory, limits.memoryBytes)
            case .pids: (.pids, limits.pids)
            case .disk: (.disk, limits.diskBytes)
            case .inodes: (.inodes, limits.diskInodes)
            case .cancelled, nil: nil
            }
        if let (kind, limit) = hit { return .stopped(LimitHit(kind: kind, limit: limit, observed: end.observed)) }
        if end.stop == .cancelled { return .cancelled }
        guard let command = account.command else {
            throw SandboxError(.lost, "PID 1 of the sandbox was killed from outside before the command ended")
        }
        return command.signal != 0 ? .signalled(command.signal) : .exited(code: command.code)
    }

    private func established(_ order: LaunchOrder) -> LayerSet {
        var layers = LayerSet(Layer.allCases).subtracting(.cgroupLimits)
        for parent in order.cgroup.parents { layers.formUnion(parent.limits) }
        return layers.subtracting(account.missing)
    }

    private mutating func take(_ stream: LogStream, from descriptor: Int32, log: (LogStream, [UInt8]) -> Void) {
        let count = fill(from: descriptor)
        guard count > 0 else { return }
        output.take(stream, Array(buffer[..<count]), log)
        if output.isFull { stop() }
    }

    private mutating func takeReport(from descriptor: Int32) {
        let count = fill(from: descriptor)
        let room = Int(request.limits.reportBytes) - report.count
        report.append(contentsOf: buffer[..<min(count, max(0, room))])
    }

    /// Bytes read into the buffer; 0 at the end of the stream, which is then no longer watched.
    private mutating func fill(from descriptor: Int32) -> Int {
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 { return count }
        if count < 0, errno == EINTR || errno == EAGAIN { return 0 }
        openStreams.remove(descriptor)
        return 0
    }

    private mutating func takeRecords() throws(SandboxError) {
        var passed: Int32 = -1
        let count = clinux_receive(process.control.number, &buffer, buffer.count, &passed)
        if passed >= 0 { unclaimed.append(passed) }
        guard count > 0 else {
            if count == 0 || (errno != EINTR && errno != EAGAIN) { openStreams.remove(process.control.number) }
            return
        }
        do throws(WireError) {
            try records.append(buffer[..<count])
            while let record = try records.next() { try note(record) }
        } catch {
            process.kill()
            throw SandboxError(.lost, "the launcher sent a malformed status record: \(error)")
        }
    }

    private mutating func note(_ record: StatusRecord) throws(WireError) {
        account.note(record)
        switch record {
        case .output: account.output = OutputFolder(owning: try nextDescriptor(of: record))
        case .listener:
            let listener = OwnedDescriptor(owning: try nextDescriptor(of: record))
            request.listener?(listener)
        // PID 1 tells what its stages took when the command runs, and the outer process at the end.
        case .timings where !isSettled: settlesAt = .now + .milliseconds(2)
        default: break
        }
    }

    /// Descriptors come no later than the records that announce them, and in their order (unix(7)).
    private mutating func nextDescriptor(of record: StatusRecord) throws(WireError) -> Int32 {
        guard !unclaimed.isEmpty else { throw .missingDescriptor }
        return unclaimed.removeFirst()
    }

    private mutating func settle() {
        (settlesAt, isSettled) = (nil, true)
        onSettled()
    }

    private mutating func stop() {
        guard !stopAsked else { return }
        stopAsked = true
        process.stop()
    }
}
