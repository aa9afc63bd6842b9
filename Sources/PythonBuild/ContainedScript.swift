import Sandbox
import SandboxProtocol

/// The Python programs that buildbox runs inside, embedded in it.
enum ContainedScript {
    case inspect, probe, requires, stage, provision, verify

    var bytes: [UInt8] {
        switch self {
        case .inspect: PackageResources.inspect_py
        case .probe: PackageResources.probe_py
        case .requires: PackageResources.requires_py
        case .stage: PackageResources.stage_py
        case .provision: PackageResources.provision_py
        case .verify: PackageResources.verify_py
        }
    }

    var path: String { "/buildbox/\(self).py" }

    var mount: MountStep { .file(at: path, contents: bytes) }
}
