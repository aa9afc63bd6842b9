import BuildAPI
@testable import BuildService
import Foundation
import Synchronization
import SystemPackage

/// A power switch: after so many writes everything fails, as for a process that is not there any more.
final class PowerSwitch: Sendable {
    enum Moment: String, CaseIterable, Sendable {
        /// The write is not made.
        case before
        /// It is made, and nobody learns of it.
        case after
    }

    private let left: Mutex<Int>
    let moment: Moment

    init(after writes: Int, _ moment: Moment) {
        left = Mutex(writes)
        self.moment = moment
    }

    var isOff: Bool { left.withLock { $0 < 0 } }

    static let fault = ServiceFault(.internalFault, "the process is dead")

    func write<Value>(_ body: () async throws(ServiceFault) -> Value) async throws(ServiceFault) -> Value {
        let now = left.withLock { left in
            left -= 1
            return left
        }
        if now < -1 || (now == -1 && moment == .before) { throw Self.fault }
        let value = try await body()
        if now == -1 { throw Self.fault }
        return value
    }
}

/// A job store behind a power switch.
struct SwitchedJobStore: JobStore {
    let store: any JobStore
    let power: PowerSwitch

    func admit(_ job: NewJob) async throws(ServiceFault) -> (record: JobRecord, isReplay: Bool) {
        try await power.write { () async throws(ServiceFault) in try await store.admit(job) }
    }

    func apply(
        _ event: JobMachine.Event, to id: JobID, at now: Date, subject: String?,
        ending: @escaping @Sendable (JobRecord, JobMachine.End) -> JobEnding
    ) async throws(ServiceFault) -> (record: JobRecord, action: JobMachine.Action)? {
        try await power.write { () async throws(ServiceFault) in
            try await store.apply(event, to: id, at: now, subject: subject, ending: ending)
        }
    }

    func delete(_ id: JobID, at now: Date, subject: String?) async throws(ServiceFault) -> Bool {
        try await power.write { () async throws(ServiceFault) in try await store.delete(id, at: now, subject: subject) }
    }

    func upload(
        _ file: FilePath, as blob: BlobDocument, owner: String, subject: String, at now: Date, most: UInt64
    ) async throws(ServiceFault) {
        try await power.write { () async throws(ServiceFault) in
            try await store.upload(file, as: blob, owner: owner, subject: subject, at: now, most: most)
        }
    }

    func collect(keysBefore: Date, uploadsBefore: Date) async throws(ServiceFault) -> Int {
        try await power.write { () async throws(ServiceFault) in
            try await store.collect(keysBefore: keysBefore, uploadsBefore: uploadsBefore)
        }
    }

    func replay(of key: NewJob.Key, owner: String) async throws(ServiceFault) -> JobRecord? {
        try await store.replay(of: key, owner: owner)
    }

    func job(_ id: JobID) async throws(ServiceFault) -> JobRecord? { try await store.job(id) }

    func jobs(
        owner: String?, states: Set<JobState>?, before: JobID?, limit: Int
    ) async throws(ServiceFault) -> [JobRecord] {
        try await store.jobs(owner: owner, states: states, before: before, limit: limit)
    }

    func unended() async throws(ServiceFault) -> [UnendedJob] { try await store.unended() }

    func overdue(at now: Date) async throws(ServiceFault) -> (jobs: [JobID], next: Date?) {
        try await store.overdue(at: now)
    }

    func all() async throws(ServiceFault) -> Set<JobID> { try await store.all() }

    func expired(endedBefore date: Date, bytes: UInt64) async throws(ServiceFault) -> [JobID] {
        try await store.expired(endedBefore: date, bytes: bytes)
    }

    func artifact(_ name: String, of id: JobID) async throws(ServiceFault) -> StoredArtifact? {
        try await store.artifact(name, of: id)
    }

    func uploaded(_ digest: String, owner: String) async throws(ServiceFault) -> BlobDocument? {
        try await store.uploaded(digest, owner: owner)
    }

    func sweepBlobs() async throws(ServiceFault) { try await store.sweepBlobs() }

    func reconcileAudit(at now: Date) async throws(ServiceFault) { try await store.reconcileAudit(at: now) }

    func probe(at now: Date) async throws(ServiceFault) { try await store.probe(at: now) }
}
