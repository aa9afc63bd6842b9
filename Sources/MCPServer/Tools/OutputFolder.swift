import BuildAPI
import BuildService
import CLinux
import Glibc
import Linux
import SystemPackage

/// A folder of the host that artifacts are written to, each whole or not at all.
struct OutputFolder: Sendable {
    let place: RootedPath

    /// Refuses what could not be written to, before anything is built: a link or a file on the way, a folder that
    /// is not this user's to write to.
    func check() throws(SystemCallError) {
        var existing = place
        while true {
            do throws(SystemCallError) {
                let folder = try existing.open(O_RDONLY | O_DIRECTORY)
                try system { faccessat(folder.number, ".", W_OK, 0) }
                return
            } catch {
                guard error.code == ENOENT, let parent = existing.parent else { throw error }
                existing = parent
            }
        }
    }

    /// Writes artifacts, the folder and those around it made where they are not there.
    ///
    /// - Returns: The paths.
    func write(_ artifacts: [ArtifactFile]) throws(ServiceFault) -> [FilePath] {
        let folder: OwnedDescriptor
        do throws(SystemCallError) {
            folder = try made(place)
        } catch {
            throw ServiceFault(.folderRefused, "cannot make or open the output folder \(place.path): \(error)")
        }
        var paths: [FilePath] = []
        for artifact in artifacts {
            try write(artifact, into: folder.number)
            paths.append(place.path.appending(artifact.name))
        }
        return paths
    }

    private func made(_ place: RootedPath) throws(SystemCallError) -> OwnedDescriptor {
        do throws(SystemCallError) {
            return try place.open(O_RDONLY | O_DIRECTORY)
        } catch {
            guard error.code == ENOENT, let parent = place.parent, let name = place.inside.lastComponent else {
                throw error
            }
            let around = try made(parent)
            if mkdirat(around.number, name.string, 0o755) != 0, errno != EEXIST { throw SystemCallError(errno) }
            return try place.open(O_RDONLY | O_DIRECTORY)
        }
    }

    private func write(_ artifact: ArtifactFile, into folder: Int32) throws(ServiceFault) {
        let draft = ".buildbox-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        func failed(_ error: SystemCallError) -> ServiceFault {
            ServiceFault(.folderRefused, "cannot write \(artifact.name) to \(place.path): \(error)")
        }
        let number = clinux_openat(folder, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
        guard number >= 0 else { throw failed(SystemCallError(errno)) }
        let file = OwnedDescriptor(owning: number)
        var isPlaced = false
        defer { if !isPlaced { unlinkat(folder, draft, 0) } }
        var offset: UInt64 = 0
        while offset < artifact.blob.size {
            let bytes = try artifact.blob.read(at: offset, count: 1 << 20)
            guard !bytes.isEmpty else {
                throw ServiceFault(.storeUnavailable, "the stored artifact \(artifact.name) ends before its size")
            }
            do throws(SystemCallError) {
                try writeFully(bytes, to: file.number)
            } catch {
                throw failed(error)
            }
            offset += UInt64(bytes.count)
        }
        do throws(SystemCallError) {
            try system { fsync(file.number) }
            try system { renameat(folder, draft, folder, artifact.name) }
            isPlaced = true
            try system { fsync(folder) }
        } catch {
            throw failed(error)
        }
    }
}
