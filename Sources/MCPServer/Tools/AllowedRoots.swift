import BuildAPI
import BuildService
import CLinux
import Glibc
import Linux
import SourceText
public import SystemPackage

/// The folders of this host below which callers may name projects and output folders. A path is looked up from
/// its root's descriptor with openat2(2), RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS: no link on the way is followed, so
/// that none that a project brings leads out.
public struct AllowedRoots: Sendable {
    /// A root as the operator wrote it and as it is without links: a caller may use either.
    private struct Root {
        let written: FilePath
        let resolved: FilePath
    }

    private let roots: [Root]

    /// - Parameter folders: Absolute. What is no folder when it is used is refused then.
    public init(_ folders: [FilePath]) {
        roots = folders.map { folder in
            let written = folder.lexicallyNormalized()
            guard let real = realpath(written.string, nil) else { return Root(written: written, resolved: written) }
            defer { free(real) }
            return Root(written: written, resolved: FilePath(platformString: real))
        }
    }

    /// Where relative paths begin: the root, where there is one alone.
    public var start: FilePath? { roots.count == 1 ? roots[0].resolved : nil }

    /// A folder that is there.
    ///
    /// - Parameters:
    ///   - text: As the caller wrote it.
    ///   - argument: What it is the value of, for messages.
    /// - Returns: The folder's path, without links.
    /// - Throws: ``ServiceFault`` with the code `folderRefused`.
    func folder(_ text: String, _ argument: String) throws(ServiceFault) -> FilePath {
        let place = try place(of: text, from: start, argument)
        do throws(SystemCallError) {
            _ = try place.open(CLINUX_O_PATH | O_DIRECTORY)
        } catch {
            throw refusal(argument, "cannot use \(quoted(text)): \(Self.words(error))")
        }
        return place.path
    }

    /// A folder to write to, which need not be there yet.
    ///
    /// - Parameters:
    ///   - text: As the caller wrote it.
    ///   - base: Where a relative path begins; nil: the start.
    ///   - argument: What it is the value of, for messages.
    /// - Returns: The folder.
    /// - Throws: ``ServiceFault`` with the code `folderRefused`.
    func outputFolder(
        _ text: String, from base: FilePath?, _ argument: String
    ) throws(ServiceFault) -> OutputFolder {
        let place = try place(of: text, from: base ?? start, argument)
        let folder = OutputFolder(place: place)
        do throws(SystemCallError) {
            try folder.check()
        } catch {
            throw refusal(argument, "cannot write to \(quoted(text)): \(Self.words(error))")
        }
        return folder
    }

    private func place(
        of text: String, from base: FilePath?, _ argument: String
    ) throws(ServiceFault) -> RootedPath {
        guard !roots.isEmpty else {
            throw refusal(argument, "no folder of this host is open to callers: send the project as `source`")
        }
        var path = FilePath(text)
        guard !path.components.contains(where: { $0.kind == .parentDirectory }) else {
            throw refusal(argument, "\(quoted(text)) has \"..\" in it: name the folder itself")
        }
        if path.isRelative {
            guard let base else {
                throw refusal(
                    argument, "\(quoted(text)) is relative, and there are several roots: write an absolute path")
            }
            path = base.pushing(path)
        }
        path = path.lexicallyNormalized()
        for root in roots {
            for spelling in [root.resolved, root.written] where path.starts(with: spelling) {
                var inside = path
                guard inside.removePrefix(spelling) else { continue }
                return RootedPath(root: root.resolved, inside: inside)
            }
        }
        throw refusal(
            argument,
            "\(quoted(text)) lies outside of the folders that are open to callers: "
                + roots.map(\.written.string).joined(separator: ", "))
    }

    private func refusal(_ argument: String, _ message: String) -> ServiceFault {
        ServiceFault(
            .folderRefused, "\(argument): \(message)", faults: [.init(pointer: "/\(argument)", detail: message)])
    }

    private static func words(_ error: SystemCallError) -> String {
        switch error.code {
        case ELOOP: "there is a link on the way, and none is followed: name the folder that it leads to"
        case EXDEV: "it leads out of the folders that are open to callers"
        default: error.description
        }
    }
}
