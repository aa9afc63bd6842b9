import BuildAPI
import Linux
import SystemPackage

/// Where a service keeps what, below `service` in $BUILDBOX_HOME.
struct ServiceFiles: Sendable {
    let folder: FilePath

    init(home: FilePath) {
        folder = home.appending("service")
    }

    /// Held (flock(2)) by the one service of this home.
    var lock: FilePath { folder.appending("lock") }
    var database: FilePath { folder.appending("service.sqlite") }
    var audit: FilePath { folder.appending("audit.jsonl") }
    var blobs: FilePath { folder.appending("blobs") }
    /// A folder for each job that has run: its events and logs.
    var jobs: FilePath { folder.appending("jobs") }
    /// A folder for each attempt that runs, gone after it.
    var spool: FilePath { folder.appending("spool") }

    /// Makes the folders, for this user alone.
    func prepare() throws(ServiceFault) {
        do throws(SystemCallError) {
            for folder in [folder.removingLastComponent(), folder, jobs, spool] { try makeFolder(folder) }
        } catch {
            throw ServiceFault(
                .storeUnavailable,
                "cannot make the service's folder \(folder): \(error): name another one in BUILDBOX_HOME")
        }
    }
}
