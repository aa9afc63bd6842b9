import BuildAPI
import FoundationEssentials
import Linux
import PythonBuild

extension BuildService {
    /// The events of a job after a sequence, to its end.
    ///
    /// - Parameters:
    ///   - id: The job's id.
    ///   - sequence: The last one that is known already; 0: none.
    ///   - principal: Who asks.
    /// - Returns: The events, from the next on.
    /// - Throws: ``ServiceFault`` with the codes `notFound`, `storeUnavailable`.
    public func events(
        of id: String, after sequence: UInt64 = 0, as principal: Principal
    ) async throws(ServiceFault) -> JobEvents {
        try principal.require(.read)
        return JobEvents(try await follow(id, as: principal), after: sequence)
    }

    /// The log of an attempt, of the last one where none is named. A job that has not run has an empty one.
    ///
    /// - Parameters:
    ///   - id: The job's id.
    ///   - attempt: From 1; nil: the last one.
    ///   - principal: Who asks.
    /// - Returns: The log, which may still grow.
    /// - Throws: ``ServiceFault`` with the code `notFound` for an attempt that was not made.
    public func log(
        of id: String, attempt: Int? = nil, as principal: Principal
    ) async throws(ServiceFault) -> LogReader {
        try principal.require(.read)
        let record = try await record(id, as: principal)
        let log = try await follow(id, as: principal)
        if let attempt, !(1...max(1, record.machine.attempt)).contains(attempt) || record.machine.attempt == 0 {
            throw ServiceFault(
                .notFound, "the build \(id) has had \(record.machine.attempt) attempts: there is no \(attempt)")
        }
        return LogReader(log, attempt: attempt ?? record.machine.attempt)
    }

    /// An artifact of a job.
    ///
    /// - Parameters:
    ///   - name: Its file name.
    ///   - id: The job's id.
    ///   - principal: Who asks.
    /// - Returns: The artifact, open for reading.
    /// - Throws: ``ServiceFault`` with the code `notFound`; `notEnded` while the job could still make it.
    public func artifact(
        _ name: String, of id: String, as principal: Principal
    ) async throws(ServiceFault) -> ArtifactFile {
        try principal.require(.read)
        let record = try await record(id, as: principal)
        guard record.machine.state.isEnd else { throw notEnded(record) }
        let artifact = try await stored { () throws(ServiceFault) in try await store.artifact(name, of: record.id) }
        guard let artifact else {
            let names = (record.result?.artifacts ?? []).map(\.name).joined(separator: ", ")
            throw ServiceFault(
                .notFound, "the build \(id) has no artifact of this name; it has \(names.isEmpty ? "none" : names)")
        }
        return ArtifactFile(name: artifact.name, kind: artifact.kind, blob: try blobs.open(artifact.blob))
    }

    /// The job's log, which learns of its end whenever that comes.
    func follow(_ id: String, as principal: Principal) async throws(ServiceFault) -> JobLog {
        let before = try await record(id, as: principal)
        let log = try logs.log(of: before)
        // Whoever ends it from here on tells the log; an end before that is in the store by now.
        if log.view.end == nil, let end = try await record(id, as: principal).end { log.finish(end) }
        return log
    }
}
