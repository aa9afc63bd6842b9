import GRDB

/// The tables of the service, and how earlier ones become these. Times are milliseconds since 1970.
enum ServiceSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("jobs") { try $0.execute(sql: jobs) }
        migrator.registerMigration("policy") { database in
            try database.execute(sql: SQLiteCounterStore.schema)
            try database.execute(sql: approvals)
        }
        return migrator
    }

    private static let jobs = """
        CREATE TABLE job (
            place INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            owner TEXT NOT NULL,
            subject TEXT NOT NULL,
            state TEXT NOT NULL,
            priority INTEGER NOT NULL,
            request TEXT NOT NULL,
            source TEXT NOT NULL,
            source_blob TEXT NOT NULL,
            source_size INTEGER NOT NULL,
            retry_of TEXT,
            created_at INTEGER NOT NULL,
            queue_deadline INTEGER NOT NULL,
            run_time INTEGER NOT NULL,
            started_at INTEGER,
            ended_at INTEGER,
            attempt INTEGER NOT NULL DEFAULT 0,
            lost INTEGER NOT NULL DEFAULT 0,
            cancel_requested INTEGER NOT NULL DEFAULT 0,
            exit_code INTEGER,
            result TEXT,
            log_bytes INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX job_owner ON job (owner, id);
        CREATE INDEX job_source ON job (source_blob);
        CREATE INDEX job_unended ON job (state, queue_deadline) WHERE state IN ('queued', 'running');
        CREATE INDEX job_ended ON job (ended_at) WHERE ended_at IS NOT NULL;

        CREATE TABLE artifact (
            job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            blob TEXT NOT NULL,
            size INTEGER NOT NULL,
            PRIMARY KEY (job, name)
        ) STRICT;
        CREATE INDEX artifact_blob ON artifact (blob);

        CREATE TABLE blob (
            digest TEXT PRIMARY KEY,
            size INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE upload (
            owner TEXT NOT NULL,
            digest TEXT NOT NULL REFERENCES blob (digest),
            at INTEGER NOT NULL,
            PRIMARY KEY (owner, digest)
        ) STRICT;
        CREATE INDEX upload_digest ON upload (digest);

        CREATE TABLE idempotency (
            owner TEXT NOT NULL,
            key TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            PRIMARY KEY (owner, key)
        ) STRICT;
        CREATE INDEX idempotency_job ON idempotency (job);

        CREATE TABLE token (
            id TEXT PRIMARY KEY,
            owner TEXT NOT NULL,
            scopes TEXT NOT NULL,
            secret_hash BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            revoked_at INTEGER,
            used_day INTEGER
        ) STRICT;

        CREATE TABLE audit_head (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            sequence INTEGER NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;

        CREATE TABLE probe (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            at INTEGER NOT NULL
        ) STRICT;
        """

    /// A job that waits for an approval has the end of that wait as its `queue_deadline`, until it is approved.
    private static let approvals = """
        ALTER TABLE job ADD COLUMN policy TEXT;
        CREATE INDEX job_awaiting ON job (owner, queue_deadline) WHERE state = 'awaiting_approval';

        CREATE TABLE approval (
            job TEXT PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
            document TEXT NOT NULL,
            call TEXT NOT NULL,
            session TEXT,
            queue_time INTEGER NOT NULL
        ) STRICT;
        """
}
