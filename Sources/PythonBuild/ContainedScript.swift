import Sandbox
import SandboxProtocol

/// The Python programs that buildbox runs, embedded in it, and the module that some of them share. All run inside, but for
/// `probe` and `uvsettings`, which look at what the operator has.
enum ContainedScript {
    case archives, fetch, inspect, pack, probe, provision, requires, stage, uvsettings, verify

    var bytes: [UInt8] {
        switch self {
        case .archives: PackageResources.archives_py
        case .fetch: PackageResources.fetch_py
        case .pack: PackageResources.pack_py
        case .inspect: PackageResources.inspect_py
        case .probe: PackageResources.probe_py
        case .requires: PackageResources.requires_py
        case .stage: PackageResources.stage_py
        case .provision: PackageResources.provision_py
        case .uvsettings: PackageResources.uvsettings_py
        case .verify: PackageResources.verify_py
        }
    }

    /// The module has a folder to itself: a folder with `inspect.py` on the path of imports would stand in for the
    /// standard library's.
    var path: String { self == .archives ? "/buildbox/modules/archives.py" : "/buildbox/\(self).py" }

    var mount: MountStep { .file(at: path, contents: bytes) }
}
