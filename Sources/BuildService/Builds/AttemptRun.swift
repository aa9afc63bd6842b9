import BuildAPI
import FoundationEssentials
import Linux
import Logging
import PythonBuild
import SystemPackage

/// One attempt at a job that the store has as running: folders, log, build, and its end in the store.
struct AttemptRun {
    let service: BuildService
    let job: RunningJob
    let record: JobRecord
    let attempt: Int

    private var folder: FilePath { service.files.spool.appending("\(record.id).\(attempt)") }

    /// - Returns: Whether the job is to be queued again.
    func run() async -> Bool {
        defer { removeSpool() }
        let log: JobLog
        let writer: AttemptLog
        let order: BuildOrder
        do {
            log = try service.logs.log(of: record)
            writer = try AttemptLog(
                log, attempt: attempt, clock: service.clock, reserve: service.settings.reserve / 2)
            order = try prepare()
        } catch {
            let fault = ServiceFault(.storeUnavailable, "cannot make the folders of the build \(record.id): \(error)")
            service.failed(fault)
            return await handBack(nil)
        }
        writer.state(.running)
        let result = await build(order, writer)
        if result.status == .cancelled, job.cause == .shutdown {
            writer.note("the service stops before this build has ended: it will run again")
            let isQueuedAgain = await handBack(log)
            if isQueuedAgain { writer.state(.queued) }
            close(writer)
            return isQueuedAgain
        }
        close(writer)
        await finish(result, log, logBytes: writer.logBytes)
        return false
    }

    private func prepare() throws(SystemCallError) -> BuildOrder {
        let order = BuildOrder(
            job: record.id.description, attempt: attempt, document: record.document,
            source: service.blobs.file(record.source.blob ?? ""), sourceName: record.source.name ?? "",
            output: folder.appending("output"), scratch: folder.appending("scratch"))
        try makeFolder(folder)
        try makeFolder(order.output)
        try makeFolder(order.scratch)
        return order
    }

    private func build(_ order: BuildOrder, _ writer: AttemptLog) async -> BuildResult {
        let task = Task { [service, job] in
            await service.builder.build(order) { event in
                service.metrics.event(event)
                switch event {
                case .phaseStarted(let phase):
                    job.enter(phase)
                    writer.phaseStarted(phase)
                case .phaseEnded(let report): writer.phaseEnded(report)
                case .log(let stream, let bytes): writer.print(stream, bytes)
                case .note(let text): writer.note(text)
                case .launched, .environment: break
                }
            }
        }
        job.begin { task.cancel() }
        let timer = Task { [job, clock = service.clock, runTime = record.runTime] in
            // Cancelled when the build ended in time.
            if (try? await clock.sleep(until: clock.now + runTime)) != nil { job.stop(.runTime) }
        }
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            job.stop(.shutdown)
        }
        timer.cancel()
        guard result.status == .cancelled, job.cause == .runTime else { return result }
        return result.stopped(after: record.runTime)
    }

    private func close(_ writer: AttemptLog) {
        guard let fault = writer.close() else { return }
        service.logger.error(
            "the log of a build is not whole", metadata: ["job": "\(record.id)", "reason": "\(fault)"])
    }

    private func finish(_ result: BuildResult, _ log: JobLog, logBytes: UInt64) async {
        let now = service.clock.now.wholeMilliseconds
        var ending = JobEnding(result: result.withoutHostPaths(), at: now, logBytes: logBytes)
        for artifact in result.artifacts { ending.files[artifact.name] = artifact.path.map { FilePath($0) } }
        var written = await write(ending, now)
        if written == nil, !service.isStopping {
            // Its artifacts cannot be kept: a fault of the service, which is what the client learns.
            ending.files = [:]
            ending.result.artifacts = []
            ending.result.status = .error
            ending.result.exitCode = ExitStatus.internalFault.rawValue
            ending.result.reason = BuildResult.Reason(
                code: "internal", message: "the artifacts were built but cannot be kept: the service's log says why")
            written = await write(ending, now)
        }
        guard let (record, action) = written, case .finish = action, let end = record.end else { return }
        log.finish(end)
        service.metrics.ended(record.machine.state, record.result ?? ending.result)
        service.logger.info(
            "build ended", metadata: ["job": "\(record.id)", "state": "\(record.machine.state.rawValue)"])
    }

    /// Nil when it cannot be written, ever.
    private func write(_ ending: JobEnding, _ now: Date) async -> (record: JobRecord, action: JobMachine.Action)? {
        let written = await service.insist("write down how a build ended", record.id) { () throws(ServiceFault) in
            try await service.store.apply(
                .ended(attempt: attempt, ending.result.status.state), to: record.id, at: now, subject: nil
            ) { _, _ in ending }
        }
        return written ?? nil
    }

    /// - Returns: Whether it is queued again: not where it had been asked to end meanwhile.
    private func handBack(_ log: JobLog?) async -> Bool {
        let now = service.clock.now.wholeMilliseconds
        let written = await service.insist("put a build back into the queue", record.id) { () throws(ServiceFault) in
            try await service.store.apply(.handedBack(attempt: attempt), to: record.id, at: now, subject: nil) {
                JobEnding(result: BuildResult(of: $0, $1, at: now), at: now)
            }
        }
        guard let (record, action) = written ?? nil else { return false }
        if case .queueAgain = action { return true }
        if let end = record.end { log?.finish(end) }
        return false
    }

    private func removeSpool() {
        do {
            try FileManager.default.removeItem(atPath: folder.string)
        } catch {
            // What is left is removed at the next start.
            service.logger.debug(
                "cannot remove a spool folder", metadata: ["folder": "\(folder)", "reason": "\(error)"])
        }
    }
}
