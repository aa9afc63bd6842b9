import Logging
import Synchronization
public import BuildAPI
import FoundationEssentials
public import PythonBuild

extension BuildService {
    /// One job.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - principal: Who asks.
    /// - Returns: The job as it stands.
    /// - Throws: ``ServiceFault`` with the code `notFound`, also for what is no id at all.
    public func job(_ id: String, as principal: Principal) async throws(ServiceFault) -> JobDocument {
        try principal.require(.read)
        return document(try await record(id, as: principal))
    }

    /// A page of jobs, the newest first, without their results.
    ///
    /// - Parameters:
    ///   - query: Which jobs.
    ///   - principal: Who asks.
    /// - Returns: The page, and the cursor of the next.
    /// - Throws: ``ServiceFault`` with the code `invalidRequest` for a cursor that is none or a limit out of range.
    public func jobs(_ query: JobQuery, as principal: Principal) async throws(ServiceFault) -> JobListDocument {
        try principal.require(.read)
        guard JobQuery.limits.contains(query.limit) else {
            throw ServiceFault.invalid("/limit", "it is \(JobQuery.limits.lowerBound) to \(JobQuery.limits.upperBound)")
        }
        let before = query.cursor.map { JobID($0) }
        if let before, before == nil { throw ServiceFault.invalid("/cursor", "it is no cursor of a list") }
        let owner = query.grant ?? (principal.scopes.contains(.admin) ? nil : principal.grant)
        if let owner, !principal.sees(owner) { return JobListDocument(builds: []) }
        let records = try await stored { () throws(ServiceFault) in
            try await store.jobs(owner: owner, states: query.states, before: before ?? nil, limit: query.limit + 1)
        }
        let page = records.prefix(query.limit)
        return JobListDocument(
            builds: page.map(document),
            nextCursor: records.count > query.limit ? page.last?.id.description : nil)
    }

    /// Waits for a job's end. Being cancelled meanwhile does nothing to the job.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - time: How long to wait at most.
    ///   - principal: Who asks.
    /// - Returns: The job at its end, or as it stands when the time is over or the task is cancelled.
    /// - Throws: ``ServiceFault`` with the code `notFound`.
    public func waitForEnd(
        of id: String, atMost time: Duration, as principal: Principal
    ) async throws(ServiceFault) -> JobDocument {
        try principal.require(.read)
        let log = try await follow(id, as: principal)
        let deadline = clock.now + time
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    let generation = log.changed.generation
                    if log.view.end != nil { return }
                    await log.changed.wait(past: generation)
                }
            }
            group.addTask { [clock] in
                // Cancelled when the job ended first.
                _ = try? await clock.sleep(until: deadline)
            }
            await group.next()
            group.cancelAll()
        }
        return document(try await record(id, as: principal))
    }

    /// Asks a job to end. A queued one has ended when this returns; a running one is being stopped; one that has ended
    /// stays as it is.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - principal: Who asks.
    /// - Returns: The job as it stands.
    /// - Throws: ``ServiceFault`` with the codes `notFound`, `forbidden`, `storeUnavailable`.
    public func cancel(_ id: String, as principal: Principal) async throws(ServiceFault) -> JobDocument {
        try principal.require(.build)
        let known = try await record(id, as: principal)
        let now = clock.now.wholeMilliseconds
        let applied = try await stored { () throws(ServiceFault) in
            try await store.apply(.cancel, to: known.id, at: now, subject: principal.subject) { record, end in
                JobEnding(result: BuildResult(of: record, end, at: now), at: now)
            }
        }
        guard let (record, action) = applied else { throw ServiceFault.notFound(id) }
        switch action {
        case .finish: ended(record)
        case .stop: state.withLock { $0.running[record.id] }?.stop(.cancelled)
        default: break
        }
        return document(record)
    }

    /// Forgets a job that ended, with its log and artifacts.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - principal: Who asks.
    /// - Throws: ``ServiceFault`` with the code `conflict` while it has not ended.
    public func delete(_ id: String, as principal: Principal) async throws(ServiceFault) {
        try principal.require(.build)
        let record = try await record(id, as: principal)
        let now = clock.now
        let deleted = try await stored { () throws(ServiceFault) in
            try await store.delete(record.id, at: now, subject: principal.subject)
        }
        guard deleted else {
            throw ServiceFault(.conflict, "the build \(id) has not ended: cancel it first")
        }
        forgetFiles(of: record.id)
    }

    /// Removes what a deleted job has on the disk. What cannot be removed now is at the next start.
    func forgetFiles(of id: JobID) {
        do throws(ServiceFault) {
            try logs.remove(id)
        } catch {
            logger.error("the files of a deleted build stay", metadata: ["job": "\(id)", "reason": "\(error.message)"])
        }
    }

    /// How a job ended.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - principal: Who asks.
    /// - Returns: The build's result.
    /// - Throws: ``ServiceFault`` with the code `notEnded` while there is none.
    public func result(of id: String, as principal: Principal) async throws(ServiceFault) -> BuildResult {
        try principal.require(.read)
        let record = try await record(id, as: principal)
        guard let result = record.result else { throw notEnded(record) }
        return result
    }

    func notEnded(_ record: JobRecord) -> ServiceFault {
        ServiceFault(
            .notEnded, "the build \(record.id) is \(record.machine.state.rawValue): wait for its end", retryAfter: 1)
    }

    /// A job that did not run has ended: nobody is to start it, and its followers learn of it.
    func ended(_ record: JobRecord) {
        state.withLock { _ = $0.queue.remove(at: record.queuePlace) }
        if let end = record.end { logs.current(record.id)?.finish(end) }
        if let result = record.result { metrics.ended(record.machine.state, result) }
        reportJobs()
    }
}
