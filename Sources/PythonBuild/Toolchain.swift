import FoundationEssentials
public import SystemPackage

/// buildbox's own Python tools: the frontend `build` and the installer `uv`, pinned by hash and
/// installed apart from any interpreter of the user (scripts/lib.sh makes the folder).
public struct Toolchain: Sendable {
    public let folder: FilePath
    /// The frontend's packages, without their metadata: only its own process imports them.
    var frontend: FilePath { folder.appending("frontend") }
    var uv: FilePath { folder.appending("bin/uv") }
    /// What reads zstd where ``python`` itself does not. No frontend and no hook looks for modules there.
    var archives: FilePath { folder.appending("archives") }
    /// The system's Python that reads what projects bring.
    let python: FilePath

    /// - Throws: ``BuildFailure`` when the folder is no toolchain, with what to do.
    public init(folder: FilePath) throws(BuildFailure) {
        self.folder = folder
        let link = folder.appending("python").string
        do {
            python = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: link))
        } catch {
            throw BuildFailure(
                .sandboxSetUp, "no toolchain in \(folder): start buildbox through scripts/buildbox, which installs it")
        }
        for path in [frontend.appending("build/__main__.py"), uv, archives] {
            guard FileManager.default.fileExists(atPath: path.string) else {
                throw BuildFailure(
                    .sandboxSetUp,
                    "the toolchain in \(folder) is incomplete (\(path) is missing): remove the folder and "
                        + "start buildbox through scripts/buildbox")
            }
        }
    }
}
