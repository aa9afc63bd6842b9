import BuildAPI
import CLinux
import FoundationEssentials
import Glibc
import Linux
import SystemPackage

/// Blobs as files: `ab/abcdef...`, made in `drafts` and renamed once they are whole and on the disk.
struct FolderBlobStore: BlobStore {
    let folder: FilePath
    private var drafts: FilePath { folder.appending("drafts") }

    init(folder: FilePath) throws(ServiceFault) {
        self.folder = folder
        do throws(SystemCallError) {
            try makeFolder(folder)
            try makeFolder(drafts)
        } catch {
            throw ServiceFault(.storeUnavailable, "cannot make the folder \(folder): \(error)")
        }
    }

    func draft() throws(ServiceFault) -> BlobDraft {
        BlobDraft(path: drafts.appending(String(UInt64.random(in: 0...UInt64.max), radix: 36)))
    }

    func adopt(_ file: FilePath, as digest: String) throws(ServiceFault) {
        let place = self.file(digest)
        let parent = place.removingLastComponent()
        do throws(SystemCallError) {
            if access(place.string, F_OK) == 0 {
                unlink(file.string)
            } else {
                let descriptor = OwnedDescriptor(
                    owning: try system { clinux_open(file.string, O_RDONLY | O_NOFOLLOW, 0) })
                try system { fchmod(descriptor.number, 0o444) }
                try system { fsync(descriptor.number) }
                if access(parent.string, F_OK) != 0 {
                    try makeFolder(parent)
                    try syncFolder(folder)
                }
                try system { rename(file.string, place.string) }
            }
            try syncFolder(parent)
        } catch {
            if error.code == ENOENT {
                throw ServiceFault(.internalFault, "\(file) was to become a blob and is not there")
            }
            throw ServiceFault(
                .storeUnavailable, "cannot store the blob \(digest) in \(folder): \(error)", retryAfter: 30)
        }
    }

    func open(_ digest: String) throws(ServiceFault) -> BlobFile {
        do throws(SystemCallError) {
            let number = try system { clinux_open(file(digest).string, O_RDONLY | O_NOFOLLOW, 0) }
            return BlobFile(digest: digest, size: try fileSize(number), file: OwnedDescriptor(owning: number))
        } catch {
            if error.code == ENOENT { throw ServiceFault(.notFound, "the blob \(digest) is not kept any more") }
            throw ServiceFault(.storeUnavailable, "cannot open the blob \(digest) in \(folder): \(error)")
        }
    }

    func file(_ digest: String) -> FilePath {
        folder.appending(String(digest.prefix(2))).appending(digest)
    }

    func remove(_ digest: String) throws(ServiceFault) {
        if unlink(file(digest).string) != 0, errno != ENOENT {
            throw ServiceFault(
                .storeUnavailable, "cannot remove the blob \(digest) from \(folder): \(SystemCallError(errno))")
        }
    }

    func all() throws(ServiceFault) -> [String] {
        var digests: [String] = []
        for prefix in try names(in: folder) where prefix.utf8.count == 2 {
            digests += try names(in: folder.appending(prefix)).filter(isDigest)
        }
        return digests
    }

    func sweepDrafts() throws(ServiceFault) {
        for name in try names(in: drafts) { unlink(drafts.appending(name).string) }
    }

    private func names(in folder: FilePath) throws(ServiceFault) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.string)
        } catch {
            throw ServiceFault(.storeUnavailable, "cannot list \(folder): \(error)")
        }
    }
}
