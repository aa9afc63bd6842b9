import SandboxProtocol

extension Diagnosis {
    var cgroups: [Finding] {
        GroupFacts.controllers.map { layer, controller in
            let groups = facts.groups
            let place = groups.places[controller]
            if groups.had.contains(layer) {
                let where_ = groups.version == .unified ? "version 2" : "version 1"
                return Finding(good: layer.name, required: true, tried: "a group was made (cgroups \(where_))")
            }
            let advice = groupAdvice(controller, place)
            return Finding(
                .missing, layer.name, required: true,
                tried: groups.faults[layer] ?? "no group was found to make another in",
                cause: advice.cause, remedy: advice.remedy)
        }
    }

    private func groupAdvice(_ controller: String, _ place: GroupFacts.Place?) -> Advice {
        let groups = facts.groups
        guard let place else { return unmountedAdvice(controller) }
        if place.readOnly { return readOnlyAdvice }
        if groups.version == .legacy { return legacyAdvice(place) }
        if !groups.offered.isEmpty, !groups.offered.contains(controller) {
            return Advice(
                cause: "the kernel does not offer the controller \(controller) in version 2 "
                    + "(it was not built, or the kernel's command line has cgroup_disable=\(controller))",
                remedy: controller == "memory"
                    ? "put cgroup_enable=memory into the kernel's command line and start anew"
                    : "take cgroup_disable=\(controller) from the kernel's command line and start anew")
        }
        if !place.writable {
            return Advice(
                cause: "the control group \(place.path) is not delegated to user \(facts.user): "
                    + "it may make no groups there",
                remedy: delegateRemedy)
        }
        if !groups.granted.contains(controller) {
            return Advice(
                cause: "the control group \(place.path) was delegated without the controller \(controller) "
                    + "(with: \(groups.granted.sorted().joined(separator: " ")))",
                remedy: "sudo systemctl edit user@.service, and there: [Service] "
                    + "Delegate=cpu cpuset io memory pids; then log in anew")
        }
        return Advice(
            cause: "the control group \(place.path) holds processes beside this one, which version 2 forbids to "
                + "a group whose children have limits, or its parent withholds the controllers",
            remedy: delegateRemedy)
    }

    private var delegateRemedy: String {
        facts.surroundings == .service && !facts.unit.isEmpty
            ? "sudo systemctl edit \(facts.unit), and there: [Service] Delegate=yes"
            : "systemd-run --user --scope -p Delegate=yes buildbox run ..."
    }

    private func unmountedAdvice(_ controller: String) -> Advice {
        if facts.surroundings.isContainer {
            return Advice(
                cause: "\(facts.surroundings.title) has no control group hierarchy with the controller \(controller)",
                remedy: containerGroupRemedy)
        }
        return Advice(
            cause: "no control group hierarchy with the controller \(controller) is mounted",
            remedy: "sudo mount -t cgroup2 none /sys/fs/cgroup")
    }

    private var readOnlyAdvice: Advice {
        if facts.surroundings == .service {
            return Advice(
                cause: "the service \(facts.unit) sees /sys/fs/cgroup read-only (ProtectControlGroups=)",
                remedy: "sudo systemctl edit \(facts.unit), and there: [Service] ProtectControlGroups=no Delegate=yes")
        }
        return Advice(
            cause: "/sys/fs/cgroup is mounted read-only"
                + (facts.surroundings.isContainer ? ", as \(facts.surroundings.title) does" : ""),
            remedy: facts.surroundings.isContainer ? containerGroupRemedy : "sudo mount -o remount,rw /sys/fs/cgroup")
    }

    private var containerGroupRemedy: String {
        switch facts.surroundings {
        case .docker:
            "docker run --cgroupns=private --security-opt writable-cgroups=true ..., or --privileged "
                + "where Docker does not know it"
        case .podman: "podman run --security-opt unmask=/sys/fs/cgroup --cgroupns=private ..."
        case .kubernetes: "a pod with privileged: true, or accept it: --allow-missing cgroup"
        default: "start the container with /sys/fs/cgroup writable"
        }
    }

    private func legacyAdvice(_ place: GroupFacts.Place) -> Advice {
        if facts.isRoot {
            return Advice(
                cause: "root may make no group in \(place.path) (version 1)",
                remedy: "start buildbox outside of what restricts it, or in a group of its own")
        }
        return Advice(
            cause: "the control group \(place.path) is root's, and version 1 is not delegated to ordinary users",
            remedy: "run buildbox as root, or start the kernel with systemd.unified_cgroup_hierarchy=1 and then: "
                + "systemd-run --user --scope -p Delegate=yes buildbox run ...")
    }
}
