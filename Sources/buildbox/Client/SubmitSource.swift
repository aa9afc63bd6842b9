import ArgumentParser
import BuildAPI
import BuildClient
import Foundation
import PythonBuild
import SystemPackage

/// Where the source of a job comes from, and where its artifacts go when nobody says.
struct SubmitSource {
    /// What is sent along; nil for a folder of the server's.
    let upload: SourceUpload?
    /// What the request says of it.
    let document: SourceDocument?
    let defaultOutput: OutputDestination

    /// - Throws: ValidationError, or ``ClientError`` for an archive that cannot be read.
    init(
        _ source: String, root: String?, job: SubmitOptions, remark: @escaping @Sendable (String) -> Void
    ) throws {
        if let folder = job.folderOnServer {
            upload = nil
            document = SourceDocument(folder: folder, subdirectory: job.subdirectory)
            defaultOutput = OutputDestination(folder: absolute("dist"), insideProject: true)
            return
        }
        let path = absolute(source)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder) else {
            throw ValidationError("there is no \(path)")
        }
        guard isFolder.boolValue else {
            guard root == nil else { throw ValidationError("--source-root has a meaning only for a folder") }
            upload = try SourceUpload.archive(path)
            document = job.subdirectory.map { SourceDocument(subdirectory: $0) }
            defaultOutput = OutputDestination(folder: path.removingLastComponent(), insideProject: false)
            return
        }
        guard job.subdirectory == nil else {
            throw ValidationError("--subdirectory is for archives: for a folder name the project, and --source-root")
        }
        defaultOutput = OutputDestination(folder: path.appending("dist"), insideProject: true)
        guard let root else {
            upload = .folder(path, remark: remark)
            document = nil
            return
        }
        var project = path
        guard project.removePrefix(absolute(root)), !project.isAbsolute else {
            throw ValidationError("--source-root: \(path) does not lie in \(root)")
        }
        upload = .folder(absolute(root), remark: remark)
        document = project.isEmpty ? nil : SourceDocument(subdirectory: project.string)
    }
}
