import Sandbox
import SandboxProtocol

/// The Python programs that buildbox runs, embedded in it, and the modules of theirs. All run inside, but for `probe` and
/// `uvsettings`, which look at what the operator has.
enum ContainedScript {
    case archives, coremetadata, fetch, inspect, pack, probe, provision, requires, sdistreader, stage, uvsettings
    case verify, zipreader

    /// What `verify` imports.
    static let readers: [ContainedScript] = [.coremetadata, .sdistreader, .zipreader]

    var bytes: [UInt8] {
        switch self {
        case .archives: PackageResources.archives_py
        case .coremetadata: PackageResources.coremetadata_py
        case .fetch: PackageResources.fetch_py
        case .pack: PackageResources.pack_py
        case .inspect: PackageResources.inspect_py
        case .probe: PackageResources.probe_py
        case .requires: PackageResources.requires_py
        case .sdistreader: PackageResources.sdistreader_py
        case .stage: PackageResources.stage_py
        case .provision: PackageResources.provision_py
        case .uvsettings: PackageResources.uvsettings_py
        case .verify: PackageResources.verify_py
        case .zipreader: PackageResources.zipreader_py
        }
    }

    /// Modules have a folder to themselves: a folder with `inspect.py` on the path of imports would stand in for the
    /// standard library's.
    var path: String { isModule ? "/buildbox/modules/\(self).py" : "/buildbox/\(self).py" }

    private var isModule: Bool { self == .archives || Self.readers.contains(self) }

    var mount: MountStep { .file(at: path, contents: bytes) }
}
