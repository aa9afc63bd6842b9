import CLinux
import Glibc
import SandboxProtocol
import SystemPackage

/// What is built: a folder or an archive, where it appears inside, and where its artifacts go.
struct Source: Sendable {
    enum Kind: Sendable {
        case folder, archive
    }

    /// How a folder is shown to the build.
    enum Staging: String, Sendable {
        case overlay, copy, archive
    }

    /// The ways to show the source, the best one last. An overlay that can rename folders needs
    /// root (overlayfs refuses redirects to others); some file systems cannot be overlaid, or
    /// cannot be id-mapped so that their files belong to the build.
    var stagings: [(staging: Staging, asOwner: Bool)] {
        if kind == .archive { return [(.archive, false), (.archive, true)] }
        return geteuid() == 0 ? [(.copy, false), (.copy, true), (.overlay, true)] : [(.copy, true)]
    }

    let path: FilePath
    let kind: Kind
    /// The folder that is mounted: the source root, or the source itself.
    let root: FilePath

    static let mountPoint = "/src"
    private static let copyFrom = "/buildbox/source"

    init(_ request: BuildRequest) throws(BuildFailure) {
        path = request.source.lexicallyNormalized()
        guard access(path.string, F_OK) == 0 else {
            throw BuildFailure(
                .invalidRequest, "there is no \(path): name a project folder or a .tar.gz source distribution")
        }
        if isDirectory(path) {
            kind = .folder
        } else if isRegularFile(path), path.string.hasSuffix(".tar.gz") {
            kind = .archive
        } else {
            throw BuildFailure(
                .invalidRequest, "\(path) is neither a project folder nor a .tar.gz source distribution (PEP 625)")
        }
        root = try Self.root(of: request, kind: kind)
        if kind == .archive { try Self.checkArchive(request) }
        guard access(path.string, R_OK) == 0 else {
            throw BuildFailure(.invalidRequest, "\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
    }

    /// An archive that a build made, to build from in turn.
    init(archive: FilePath) {
        path = archive
        root = archive
        kind = .archive
    }

    private static func root(of request: BuildRequest, kind: Kind) throws(BuildFailure) -> FilePath {
        guard let root = request.sourceRoot?.resolved else { return request.source.lexicallyNormalized() }
        guard kind == .folder, request.source.resolved.starts(with: root), isDirectory(root) else {
            throw BuildFailure(.invalidRequest, "--source-root: \(root) is no folder that contains \(request.source)")
        }
        return root
    }

    private static func checkArchive(_ request: BuildRequest) throws(BuildFailure) {
        if case .each(let kinds) = request.distributions, kinds.contains(.sdist) {
            throw BuildFailure(
                .invalidRequest, "cannot build a source distribution from a source distribution: leave --sdist out")
        }
        guard let name = request.source.lastComponent?.string, ArtifactName(name)?.kind == .sdist else {
            throw BuildFailure(
                .invalidRequest,
                "\(request.source) is not named like a source distribution, NAME-VERSION.tar.gz (PEP 625)")
        }
    }

    /// The source's path inside.
    var inside: String {
        switch kind {
        case .archive: return "\(Self.mountPoint)/\(path.lastComponent?.string ?? "")"
        case .folder:
            var relative = path.resolved
            guard root != path, relative.removePrefix(root), !relative.isEmpty else { return Self.mountPoint }
            return "\(Self.mountPoint)/\(relative.string)"
        }
    }

    /// The source for those that only read it.
    func readOnlyMount(asOwner: Bool) -> MountStep {
        let access: BindAccess = asOwner ? .readOnlyAsOwner : .readOnly
        switch kind {
        case .folder: return .bind(source: root.resolved.string, at: Self.mountPoint, access: access)
        case .archive: return .bind(source: path.resolved.string, at: inside, access: access)
        }
    }

    /// The source for the build, and the words that go before its command.
    func buildMounts(_ staging: Staging, asOwner: Bool, python: FilePath) -> (mounts: [MountStep], prelude: [String]) {
        let access: BindAccess = asOwner ? .readOnlyAsOwner : .readOnly
        let source = root.resolved.string
        switch staging {
        case .archive: return ([readOnlyMount(asOwner: asOwner)], [])
        case .overlay: return ([.overlay(source: source, at: Self.mountPoint, access: access)], [])
        case .copy:
            return (
                [
                    .bind(source: source, at: Self.copyFrom, access: access),
                    .scratch(at: Self.mountPoint, mode: 0o755), ContainedScript.stage.mount,
                ],
                [python.string, "-I", "-S", ContainedScript.stage.path, Self.copyFrom, Self.mountPoint]
            )
        }
    }

    /// A remark when git's folder lies outside of what the build sees.
    var gitRemark: String? {
        guard kind == .folder else { return nil }
        let git = root.appending(".git")
        // The project's own file or none: a link could lead anywhere, to a file that never ends, too.
        let folder = clinux_open(root.string, O_RDONLY | O_DIRECTORY, 0)
        guard folder >= 0 else { return nil }
        defer { close(folder) }
        guard let bytes = readFile(".git", in: folder, limit: 4096) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("gitdir:") else { return nil }
        return
            "\(git) points to a git folder elsewhere, which the build does not see: a version taken from git will not "
            + "work. Name a folder that contains both with --source-root DIR."
    }
}
