import Glibc
import Linux
import SystemPackage

/// What is built: a folder, a source distribution or an archive of a project folder, and where it appears inside.
struct Source: Sendable {
    enum Kind: Sendable, Equatable {
        case folder
        /// The frontend unpacks it by itself.
        case sdist
        /// It is unpacked inside before the frontend starts.
        case archive(ArchiveFormat)
    }

    /// How a source is shown to the build: see `BuildResult.SandboxReport.staging`.
    enum Staging: String, Sendable {
        case overlay, copy, archive, unpack
    }

    let path: FilePath
    /// A `.tar.gz` is an archive until it was inspected.
    private(set) var kind: Kind
    /// An archive's file name, which `path` need not have.
    let name: String
    /// The folder that is mounted: the source root, or the source itself.
    let root: FilePath
    /// The project's folder inside of an archive as the request has it; empty where it does not say.
    let subdirectory: String
    /// The project's folder in an archive, once it was inspected; relative, empty at the top.
    private(set) var project = ""
    /// SHA-256 of an archive in quarantine; nil of what others may change.
    let digest: String?

    static let mountPoint = "/src"
    /// Where a source lies that is copied or unpacked to the mount point.
    static let copyFrom = "/buildbox/source"

    init(_ request: BuildRequest) throws(BuildFailure) {
        let source = request.source.lexicallyNormalized()
        guard access(source.string, F_OK) == 0 else {
            throw BuildFailure(
                .invalidRequest, "there is no \(source): name a project folder, a source distribution or an archive")
        }
        digest = nil
        name = request.sourceName ?? source.lastComponent?.string ?? ""
        let folder = try Self.subdirectory(request)
        subdirectory = folder.string
        if isDirectory(source) {
            kind = .folder
            path = source.pushing(folder)
            root = try Self.root(of: request, source: source, project: path)
        } else if isRegularFile(source), let format = ArchiveFormat(fileName: name) {
            kind = .archive(format)
            path = source
            root = source
            try Self.checkArchive(request, name: name)
        } else {
            throw BuildFailure(
                .invalidRequest,
                "\(source) is neither a project folder nor an archive of one, \(ArchiveFormat.endings)")
        }
        guard access(path.string, R_OK) == 0 else {
            throw BuildFailure(.invalidRequest, "\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
    }

    /// A source distribution that a build made, to build from in turn.
    init(sdist: Collection.Item) {
        path = sdist.path
        name = sdist.name.text
        digest = sdist.sha256
        root = path
        kind = .sdist
        subdirectory = ""
    }

    private static func root(
        of request: BuildRequest, source: FilePath, project: FilePath
    ) throws(BuildFailure) -> FilePath {
        guard isDirectory(project), project.resolved.starts(with: source.resolved) else {
            throw BuildFailure(.invalidRequest, "--subdirectory: \(project) is no folder inside of \(source)")
        }
        guard let root = request.sourceRoot?.resolved else { return source }
        guard isDirectory(root), project.resolved.starts(with: root) else {
            throw BuildFailure(.invalidRequest, "--source-root: \(root) is no folder that contains \(project)")
        }
        return root
    }

    private static func subdirectory(_ request: BuildRequest) throws(BuildFailure) -> FilePath {
        guard let text = request.subdirectory else { return "" }
        let folder = FilePath(text)
        guard !text.utf8.contains(0), !folder.isAbsolute,
            !folder.components.contains(where: { $0.kind == .parentDirectory })
        else {
            throw BuildFailure(.invalidRequest, "--subdirectory: \"\(text)\" is no relative path without `..`")
        }
        return folder.lexicallyNormalized()
    }

    private static func checkArchive(_ request: BuildRequest, name: String) throws(BuildFailure) {
        guard !name.contains("/"), !name.utf8.contains(0), name.utf8.count <= 255 else {
            throw BuildFailure(.invalidRequest, "\"\(name)\" is no file name of an archive")
        }
        guard request.sourceRoot == nil else {
            throw BuildFailure(.invalidRequest, "--source-root: \(name) is an archive, which has no folder around it")
        }
    }

    /// The archive's format; nil for a folder.
    var format: ArchiveFormat? {
        switch kind {
        case .folder: nil
        case .sdist: .tarGzip
        case .archive(let format): format
        }
    }

    /// Whether it may turn out to be a source distribution: it is named so.
    var mayBeSdist: Bool { format == .tarGzip && ArtifactName(name)?.kind == .sdist }

    /// This source, known to be a source distribution.
    func asSdist() -> Source {
        var source = self
        source.kind = .sdist
        return source
    }

    /// This archive, its project known to be in a folder of it.
    ///
    /// - Throws: ``BuildFailure`` where `project` is no path of names alone: who said so was fed hostile bytes.
    func with(project: String) throws(BuildFailure) -> Source {
        let path = FilePath(project)
        guard !path.isAbsolute, path.components.allSatisfy({ $0.kind == .regular }), !project.utf8.contains(0),
            project.utf8.count <= 4000
        else {
            throw BuildFailure(.projectInvalid, "the archive \(name) has no project folder with a usable name")
        }
        var source = self
        source.project = path.string
        return source
    }

    /// A remark when git's folder lies outside of what the build sees.
    var gitRemark: String? {
        guard kind == .folder else { return nil }
        let git = root.appending(".git")
        // The project's own file or none: a link could lead anywhere, to a file that never ends, too.
        guard let folder = openFolder(root), let bytes = readFile(".git", in: folder.number, limit: 4096) else {
            return nil
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("gitdir:") else { return nil }
        return
            "\(git) points to a git folder elsewhere, which the build does not see: a version taken from git will not "
            + "work. Name a folder that contains both with --source-root DIR."
    }
}
