import BuildAPI
import BuildService
import Policy
import PythonBuild
import SystemPackage

extension MCPServer {
    /// `python_build`.
    func build(
        _ arguments: [String: JSONValue], asTask: Bool, _ call: Call, as principal: Principal,
        _ notify: @escaping Notify
    ) async throws -> Reply {
        let wanted = try BuildArguments(arguments)
        let (source, outdir) = try await places(wanted, as: principal)
        var document = wanted.document
        document.source = source
        // Not to be torn by a cancellation: afterwards there is a job to end, or there is none.
        let submission = Submission(
            document: document, arguments: JSONValue.object(told(arguments, outdir)).policyValue)
        let job = try await Task { try await service.submit(submission, as: principal).job }.value
        if let outdir { deliveries.start(job.id, to: outdir, as: principal) }
        if asTask { return TaskView(job: job, life: settings.taskLife).created(in: call.revision) }
        let patience = wanted.wait ?? (call.takesTasks ? settings.patience : nil)
        do {
            let reporter = call.progressToken.map { ProgressReporter(token: $0, notify: notify) }
            if try await follow(job.id, atMost: patience, reporter, as: principal) || wanted.wait != nil
                || !call.takesTasks
            {
                return try await report(job.id, as: principal).output.reply(in: call.revision)
            }
        } catch is CancellationError {
            await end(job.id, as: principal)
            throw CancellationError()
        }
        return TaskView(job: try await service.job(job.id, as: principal), life: settings.taskLife)
            .created(in: call.revision)
    }

    /// A policy decides on the folder that artifacts go to, however it was spelt or if it was not.
    private func told(_ arguments: [String: JSONValue], _ outdir: OutputFolder?) -> [String: JSONValue] {
        var arguments = arguments
        if let outdir { arguments["outdir"] = .string(outdir.place.path.string) }
        return arguments
    }

    /// Where the source is and where artifacts go, looked up before anything else is done.
    private func places(
        _ wanted: BuildArguments, as principal: Principal
    ) async throws -> (SourceDocument, OutputFolder?) {
        switch wanted.source {
        case .directory(let named):
            guard let text = named ?? roots.start?.string else {
                throw ServiceFault.invalid(
                    "/directory", "directory: name the project's folder, or send the project as `source`")
            }
            let directory = try roots.folder(text, "directory")
            let outdir = try roots.outputFolder(wanted.outdir ?? "dist", from: directory, "outdir")
            return (SourceDocument(folder: directory.string), outdir)
        case .uploaded(let digest, let name, let subdirectory):
            let outdir = try wanted.outdir.map { text throws(ServiceFault) in
                try roots.outputFolder(text, from: nil, "outdir")
            }
            return (SourceDocument(blob: digest, name: name, subdirectory: subdirectory), outdir)
        case .inline(let bytes, let name, let subdirectory):
            let outdir = try wanted.outdir.map { text throws(ServiceFault) in
                try roots.outputFolder(text, from: nil, "outdir")
            }
            let upload = try service.beginUpload(size: UInt64(bytes.count), as: principal)
            try bytes.withUnsafeBytes { try upload.write($0) }
            let blob = try await upload.finish()
            return (SourceDocument(blob: blob.digest, name: name, subdirectory: subdirectory), outdir)
        }
    }

    /// Follows a job to its end, or for as long as the caller waits.
    ///
    /// - Returns: Whether it has ended.
    /// - Throws: `CancellationError` when the task was cancelled, ``ServiceFault`` when the events cannot be read.
    func follow(
        _ id: String, atMost time: Duration?, _ reporter: ProgressReporter?, as principal: Principal
    ) async throws -> Bool {
        let events = try await service.events(of: id, as: principal)
        let interval = settings.progressInterval
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                for try await batch in events { await reporter?.take(batch) }
                try Task.checkCancellation()
                return true
            }
            if let reporter {
                group.addTask {
                    while true {
                        try await Task.sleep(for: interval)
                        await reporter.tell()
                    }
                }
            }
            if let time {
                group.addTask {
                    try await Task.sleep(for: time)
                    return false
                }
            }
            defer { group.cancelAll() }
            return try await group.next() ?? true
        }
    }

    /// How a job stands, with the end of its log where it did not succeed.
    func report(_ id: String, as principal: Principal) async throws(ServiceFault) -> BuildReport {
        let job = try await service.job(id, as: principal)
        var report = BuildReport(job: job)
        guard job.state.isEnd else { return report }
        report.delivery = await deliveries.outcome(of: id)
        guard job.state != .succeeded else { return report }
        let log = try await service.log(of: id, as: principal)
        let shown: UInt64 = 16 << 10
        let size = try log.size
        let start = size > shown ? size - shown : 0
        let bytes = try log.read(at: start, count: Int(min(shown, size)))
        report.logTail = ModelText.lastLines(bytes, most: 30, isWhole: start == 0)
        return report
    }

    /// Ends a job for a caller that is gone, whatever becomes of its task.
    private func end(_ id: String, as principal: Principal) async {
        let service = service
        await Task {
            do throws(ServiceFault) {
                _ = try await service.cancel(id, as: principal)
                _ = try await service.waitForEnd(of: id, atMost: .seconds(30), as: principal)
            } catch {
                // It has ended, or the store is gone, and the service has said so.
            }
        }.value
    }
}
