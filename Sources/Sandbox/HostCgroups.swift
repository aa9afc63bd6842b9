import FoundationEssentials
import Glibc
import Linux
import SandboxProtocol

/// The control groups of this host (cgroups(7)) and this process's place in them: version 2 where
/// its controllers are there, version 1 otherwise.
struct HostCgroups: Sendable {
    /// Version 1: the group to make runs' groups in, by limit. Version 2: one for all.
    let parents: [CgroupPlan.Parent]
    let unified: Bool
    /// Why a limit has no group, by limit.
    let faults: [Layer: String]

    /// The plan of a run's groups.
    ///
    /// - Throws: ``SandboxError`` when a limit has no group and is not among the `optional` ones.
    func plan(name: String, optional: LayerSet) throws(SandboxError) -> (plan: CgroupPlan, missing: LayerSet) {
        let had = parents.reduce(into: LayerSet()) { $0.formUnion($1.limits) }
        let missing = LayerSet.cgroupLimits.subtracting(had)
        for layer in missing.layers where !optional.contains(layer) {
            let cause = faults[layer] ?? "no control group hierarchy for it is mounted"
            throw SandboxError(
                .layerUnavailable,
                "the sandbox layer '\(layer.name)' cannot be established: \(cause). \(layer.advice)")
        }
        return (CgroupPlan(unified: unified, parents: parents, name: name), missing)
    }

    static func discover() -> HostCgroups {
        let mounts = CgroupMount.all()
        let places = CgroupPlace.own()
        let unifiedMount = mounts.first { $0.unified }
        let controllers = unifiedMount.flatMap { textOfFile("\($0.path)/cgroup.controllers") } ?? ""
        if let mount = unifiedMount, controllers.split(whereSeparator: \.isWhitespace).contains("memory") {
            return discoverUnified(mount, place: places.first { $0.unified })
        }
        return discoverLegacy(mounts, places)
    }

    private static func discoverLegacy(_ mounts: [CgroupMount], _ places: [CgroupPlace]) -> HostCgroups {
        var parents: [CgroupPlan.Parent] = []
        for (layer, controller) in [
            (Layer.cgroupMemory, "memory"), (.cgroupPids, "pids"), (.cgroupCPU, "cpu"), (.cgroupCPUTime, "cpuacct"),
        ] {
            guard let mount = mounts.first(where: { !$0.unified && $0.controllers.contains(controller) }),
                let place = places.first(where: { $0.controllers.contains(controller) })
            else { continue }
            let path = mount.path(of: place)
            if let known = parents.firstIndex(where: { $0.path == path }) {
                parents[known].limits.insert(LayerSet(layer))
            } else {
                parents.append(CgroupPlan.Parent(path: path, limits: LayerSet(layer)))
            }
        }
        return HostCgroups(parents: parents, unified: false, faults: [:])
    }

    private static func discoverUnified(_ mount: CgroupMount, place: CgroupPlace?) -> HostCgroups {
        guard let place else { return HostCgroups(parents: [], unified: true, faults: [:]) }
        var fault = ""
        for group in UnifiedGroup.candidates(mount: mount, place: place) {
            do throws(UnifiedGroup.Refusal) {
                try group.open()
                return HostCgroups(
                    parents: [CgroupPlan.Parent(path: group.path, limits: .cgroupLimits)], unified: true, faults: [:])
            } catch {
                fault = error.message
            }
        }
        let faults = Dictionary(uniqueKeysWithValues: LayerSet.cgroupLimits.layers.map { ($0, fault) })
        return HostCgroups(parents: [], unified: true, faults: faults)
    }
}

/// The text of a small kernel file, or nil when it cannot be read.
func textOfFile(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
}

extension CgroupPlan {
    /// The groups that the launcher makes.
    var paths: [String] { parents.map { "\($0.path)/\(name)" } }
}
