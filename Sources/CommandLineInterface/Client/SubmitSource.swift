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
        _ source: String, build: BuildOptions, job: SubmitOptions, remark: @escaping @Sendable (String) -> Void
    ) throws {
        let inner = build.subdirectory
        if let inner, inner.hasPrefix("/") || inner.split(separator: "/").contains("..") {
            throw ValidationError("--subdirectory must be a relative path without ..")
        }
        if let folder = job.folderOnServer {
            upload = nil
            document = SourceDocument(folder: folder, subdirectory: inner)
            defaultOutput = OutputDestination(folder: absolute("dist"), insideProject: true)
            return
        }
        let path = absolute(source)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder) else {
            throw ValidationError("there is no \(path)")
        }
        guard isFolder.boolValue else {
            guard build.sourceRoot == nil else {
                throw ValidationError("--source-root has a meaning only for a folder")
            }
            upload = try SourceUpload.archive(path)
            document = inner.map { SourceDocument(subdirectory: $0) }
            defaultOutput = OutputDestination(folder: path.removingLastComponent(), insideProject: false)
            return
        }
        let built = inner.map { path.appending($0) } ?? path
        defaultOutput = OutputDestination(folder: built.appending("dist"), insideProject: true)
        let root = build.sourceRoot.map(absolute) ?? path
        var project = path
        guard project.removePrefix(root), !project.isAbsolute else {
            throw ValidationError("--source-root: \(path) does not lie in \(root)")
        }
        if let inner { project.append(inner) }
        upload = .folder(root, remark: remark)
        document = project.isEmpty ? nil : SourceDocument(subdirectory: project.string)
    }
}
