import Glibc
import SandboxProtocol

extension GroupFacts {
    /// Where this process stands, and what it is refused there. Makes groups and removes them.
    static func gather() -> GroupFacts {
        let mounts = CgroupMount.all()
        let own = CgroupPlace.own()
        let host = HostCgroups.discover()
        let readOnly = Set(
            MountPoint.parse(textOfFile("/proc/self/mountinfo") ?? "").filter(\.readOnly).map(\.path))
        var places: [String: Place] = [:]
        for (_, controller) in controllers {
            let mount = mounts.first { host.unified ? $0.unified : $0.controllers.contains(controller) }
            let place = own.first { host.unified ? $0.unified : $0.controllers.contains(controller) }
            guard let mount, let place else { continue }
            let path = mount.path(of: place)
            places[controller] = Place(
                path: path, readOnly: readOnly.contains(mount.path), writable: access(path, W_OK) == 0)
        }
        let top = mounts.first { $0.unified }.map(\.path)
        var facts = GroupFacts(
            version: host.unified ? .unified : places.isEmpty ? .none : .legacy, places: places,
            granted: words(places["memory"].map { "\($0.path)/cgroup.controllers" }),
            offered: words(top.map { "\($0)/cgroup.controllers" }), had: [], faults: host.faults)
        facts.tryGroups(host)
        return facts
    }

    static let controllers: [(layer: Layer, name: String)] = [
        (.cgroupMemory, "memory"), (.cgroupPids, "pids"), (.cgroupCPU, "cpu"),
    ]

    private mutating func tryGroups(_ host: HostCgroups) {
        for parent in host.parents {
            let path = "\(parent.path)/buildbox-doctor-\(getpid())"
            if mkdir(path, 0o755) == 0 {
                rmdir(path)
                had.formUnion(parent.limits)
            } else {
                let fault = "make a control group in \(parent.path): \(String(cString: strerror(errno)))"
                for layer in parent.limits.layers { faults[layer] = fault }
            }
        }
    }

    private static func words(_ path: String?) -> Set<String> {
        Set((path.flatMap(textOfFile) ?? "").split(whereSeparator: \.isWhitespace).map(String.init))
    }
}
