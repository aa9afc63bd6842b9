import BuildAPI
import FoundationEssentials
import GRDB
import SystemPackage

/// Blobs come and go inside of transactions that know who has them: all of them are carried out one after another, so
/// that none is removed while somebody takes it up.
extension SQLiteJobStore {
    func upload(
        _ file: FilePath, as blob: BlobDocument, owner: String, subject: String, at now: Date, most: UInt64
    ) async throws(ServiceFault) {
        try await database.write("store the upload") { database, audit in
            let others = try Int64.fetchOne(
                database,
                sql: """
                    SELECT coalesce(sum(size), 0) FROM upload JOIN blob USING (digest) WHERE owner = ? AND digest <> ?
                    AND NOT EXISTS (SELECT 1 FROM job WHERE source_blob = digest)
                    """, arguments: [owner, blob.digest])
            guard UInt64(clamping: others ?? 0).addingReportingOverflow(blob.size).partialValue <= most else {
                throw ServiceFault(
                    .tooLarge,
                    "the grant \(owner) has \(others ?? 0) bytes of uploads that no build was made of, and may have \(most) "
                        + "in all: post builds with them, or wait until they are forgotten")
            }
            try blobs.adopt(file, as: blob.digest)
            try database.execute(
                sql: "INSERT OR IGNORE INTO blob (digest, size) VALUES (?, ?)",
                arguments: [blob.digest, Int64(clamping: blob.size)])
            try database.execute(
                sql: "INSERT OR REPLACE INTO upload (owner, digest, at) VALUES (?, ?, ?)",
                arguments: [owner, blob.digest, now.milliseconds])
            let event = AuditEvent(
                .upload, grant: owner, subject: subject, decision: .allowed,
                details: ["digest": blob.digest, "size": "\(blob.size)"])
            try audit.note(event, at: now, database)
        }
    }

    func uploaded(_ digest: String, owner: String) async throws(ServiceFault) -> BlobDocument? {
        try await database.read("look up the blob \(digest)") { database in
            try Int64.fetchOne(
                database, sql: "SELECT size FROM upload JOIN blob USING (digest) WHERE owner = ? AND digest = ?",
                arguments: [owner, digest]
            ).map { BlobDocument(digest: digest, size: UInt64(clamping: $0)) }
        }
    }

    func collect(keysBefore: Date, uploadsBefore: Date) async throws(ServiceFault) -> Int {
        try await database.write("collect what nobody has") { database, _ in
            try database.execute(
                sql: "DELETE FROM idempotency WHERE at <= ?", arguments: [keysBefore.milliseconds])
            try database.execute(
                sql: "DELETE FROM upload WHERE at <= ?", arguments: [uploadsBefore.milliseconds])
            let unowned = try String.fetchAll(
                database,
                sql: """
                    SELECT digest FROM blob WHERE NOT EXISTS (SELECT 1 FROM job WHERE source_blob = digest)
                    AND NOT EXISTS (SELECT 1 FROM artifact WHERE artifact.blob = digest)
                    AND NOT EXISTS (SELECT 1 FROM upload WHERE upload.digest = blob.digest)
                    """)
            for digest in unowned {
                try blobs.remove(digest)
                try database.execute(sql: "DELETE FROM blob WHERE digest = ?", arguments: [digest])
            }
            return unowned.count
        }
    }

    func sweepBlobs() async throws(ServiceFault) {
        try blobs.sweepDrafts()
        try await database.write("sweep the blobs") { database, _ in
            let known = try database.makeStatement(sql: "SELECT EXISTS (SELECT 1 FROM blob WHERE digest = ?)")
            for digest in try blobs.all() where try Bool.fetchOne(known, arguments: [digest]) == false {
                try blobs.remove(digest)
            }
        }
    }

    func expired(endedBefore date: Date, bytes: UInt64) async throws(ServiceFault) -> [JobID] {
        try await database.read("look for builds to be forgotten") { database in
            let ended = try Row.fetchAll(
                database,
                sql: "SELECT id, owner, ended_at, log_bytes, source_blob, source_size FROM job "
                    + "WHERE ended_at IS NOT NULL ORDER BY ended_at, place")
            var blobs: [String: [String: UInt64]] = [:]
            let artifacts = try Row.fetchCursor(
                database,
                sql: "SELECT job, blob, artifact.size FROM artifact JOIN job ON job.id = job WHERE ended_at IS NOT NULL"
            )
            while let row = try artifacts.next() {
                blobs[row["job"], default: [:]][row["blob"]] = UInt64(clamping: row["size"] as Int64)
            }
            let jobs = try ended.map { row in
                var own = blobs[row["id"]] ?? [:]
                own[row["source_blob"]] = UInt64(clamping: row["source_size"] as Int64)
                return Retention.Job(
                    id: try JobRow.id(row["id"]), grant: row["owner"],
                    bytes: UInt64(clamping: row["log_bytes"] as Int64),
                    blobs: own)
            }
            // Those that are too old take nothing of a share.
            let old = ended.prefix { ($0["ended_at"] as Int64) <= date.milliseconds }.count
            let beyond = Retention.beyond(bytes, of: Array(jobs[old...]))
            return jobs.indices.filter { $0 < old || beyond.contains(jobs[$0].id) }.map { jobs[$0].id }
        }
    }
}
