import Glibc
import Sandbox
import SandboxProtocol
import SystemPackage

extension Source {
    /// The ways to show the source, the best one last. An overlay that can rename folders needs
    /// root (overlayfs refuses redirects to others); some file systems cannot be overlaid, or
    /// cannot be id-mapped so that their files belong to the build.
    var stagings: [(staging: Staging, asOwner: Bool)] {
        switch kind {
        case .sdist: [(.archive, false), (.archive, true)]
        case .archive: [(.unpack, false), (.unpack, true)]
        case .folder: geteuid() == 0 ? [(.copy, false), (.copy, true), (.overlay, true)] : [(.copy, true)]
        }
    }

    /// The source's path inside, for the build.
    var inside: String {
        switch kind {
        case .sdist: return "\(Self.mountPoint)/\(name)"
        case .archive: return project.isEmpty ? Self.mountPoint : "\(Self.mountPoint)/\(project)"
        case .folder:
            var relative = path.resolved
            guard relative.removePrefix(root.resolved), !relative.isEmpty else { return Self.mountPoint }
            return "\(Self.mountPoint)/\(relative.string)"
        }
    }

    /// Where ``readOnlyMount(asOwner:)`` shows it.
    var readOnlyPlace: String {
        if case .archive = kind { Self.copyFrom } else { inside }
    }

    /// The source for those that only read it.
    func readOnlyMount(asOwner: Bool) -> MountStep {
        let access: BindAccess = asOwner ? .readOnlyAsOwner : .readOnly
        return switch kind {
        case .folder: .bind(source: root.resolved.string, at: Self.mountPoint, access: access)
        case .sdist, .archive: .bind(source: path.resolved.string, at: readOnlyPlace, access: access)
        }
    }

    /// The source for the build, and the words that go before its command.
    ///
    /// - Throws: ``BuildFailure`` with the code `internalFault`.
    func buildMounts(
        _ staging: Staging, asOwner: Bool, limits: SandboxLimits, toolchain: Toolchain
    ) throws(BuildFailure) -> (mounts: [MountStep], prelude: [String]) {
        let access: BindAccess = asOwner ? .readOnlyAsOwner : .readOnly
        let folder = root.resolved.string
        let stage = [toolchain.python.string, "-I", "-S", ContainedScript.stage.path]
        let target: [MountStep] = [.scratch(at: Self.mountPoint, mode: 0o755), ContainedScript.stage.mount]
        switch (staging, kind) {
        case (.overlay, _):
            return ([.overlay(source: folder, at: Self.mountPoint, access: access)], [])
        case (.copy, _):
            return (
                [.bind(source: folder, at: Self.copyFrom, access: access)] + target,
                stage + ["copy", Self.copyFrom, Self.mountPoint, "-"]
            )
        case (.unpack, .archive(let format)):
            let options = try JSON.text(ArchiveOptions(self, format, limits: limits))
            return (
                [readOnlyMount(asOwner: asOwner)] + format.mounts(toolchain) + target,
                stage + ["unpack", Self.copyFrom, Self.mountPoint, options]
            )
        case (.archive, _), (.unpack, _):
            return ([readOnlyMount(asOwner: asOwner)], [])
        }
    }
}
