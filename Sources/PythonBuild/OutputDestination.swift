import CLinux
import FoundationEssentials
import Glibc
package import Linux
package import SystemPackage

/// The folder of the host that artifacts go to. A default one lies inside the project, so no
/// symbolic link on the way to it is followed.
package struct OutputDestination: Sendable {
    package let folder: FilePath
    private let insideProject: Bool

    /// - Parameters:
    ///   - folder: Where artifacts are put.
    ///   - insideProject: It is the project's own `dist`, which the project may have made a link.
    package init(folder: FilePath, insideProject: Bool) {
        self.folder = folder
        self.insideProject = insideProject
    }

    init(_ request: BuildRequest, source: Source) {
        if let named = request.outputFolder {
            folder = named
            insideProject = false
        } else if source.kind != .folder {
            folder = source.path.removingLastComponent()
            insideProject = false
        } else {
            folder = source.path.appending("dist")
            insideProject = true
        }
    }

    /// Refuses a folder that could not be written to, before anything is built.
    package func check() throws(BuildFailure) {
        if insideProject {
            if FileFacts.ifAny(of: folder.string, followingLinks: false)?.isFolder == false {
                throw BuildFailure(
                    .invalidRequest,
                    "\(folder) is a link or a file, which the project could have made: remove it or name an output folder with -o"
                )
            }
        }
        var existing = folder
        while access(existing.string, F_OK) != 0, existing.removeLastComponent() {}
        guard isDirectory(existing), access(existing.string, W_OK) == 0 else {
            throw BuildFailure(
                .invalidRequest, "\(existing) cannot be written to: name another output folder with -o")
        }
    }

    package func open() throws(BuildFailure) -> OwnedDescriptor {
        do throws(SystemCallError) {
            if insideProject {
                let project = OwnedDescriptor(
                    owning: try system { clinux_open(folder.removingLastComponent().string, O_RDONLY | O_DIRECTORY, 0) }
                )
                if mkdirat(project.number, "dist", 0o755) != 0, errno != EEXIST { throw SystemCallError(errno) }
                let resolve = UInt64(CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS)
                return OwnedDescriptor(
                    owning: try system {
                        clinux_openat2(project.number, "dist", UInt64(O_RDONLY | O_DIRECTORY), 0, resolve)
                    })
            }
            _ = Result {
                try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            }
            return OwnedDescriptor(owning: try system { clinux_open(folder.string, O_RDONLY | O_DIRECTORY, 0) })
        } catch {
            throw BuildFailure(.invalidRequest, "cannot use the output folder \(folder): \(error)")
        }
    }
}
