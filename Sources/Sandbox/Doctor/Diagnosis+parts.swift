import SandboxProtocol

extension Diagnosis {
    var limits: [Finding] {
        facts.limits.map { limit in
            let name = "rlimit-\(limit.name)"
            let shown = limit.hard == UInt64.max ? "unlimited" : "\(limit.hard)"
            if limit.hard >= limit.wanted {
                return Finding(good: name, required: false, tried: "the hard limit is \(shown)")
            }
            let remedy =
                facts.surroundings == .service && !facts.unit.isEmpty
                ? "sudo systemctl edit \(facts.unit), and there: [Service] \(limit.setting)=\(limit.wanted)"
                : "sudo prlimit --pid $$ --\(limit.name)=\(limit.wanted):\(limit.wanted)"
            return Finding(
                .limited, name, required: false, tried: "the hard limit is \(shown)",
                cause: "builds want \(limit.wanted), and get no more than this process may have", remedy: remedy)
        }
    }

    var state: Finding {
        let state = facts.state
        let name = "state-folder"
        let shown = "\(state.found), mode \(String(state.mode, radix: 8)), owner \(state.owner)"
        if !state.writable {
            return Finding(
                .missing, name, required: true, tried: "write to \(shown)",
                cause: state.readOnlyMount ? "its file system is read-only" : "user \(facts.user) may not write there",
                remedy: "name a folder of your own: export BUILDBOX_HOME=$HOME/.cache/buildbox")
        }
        // What others can write decides over filters and environments of later builds.
        if state.exists, state.owner != facts.user || state.mode & 0o022 != 0 {
            return Finding(
                .missing, name, required: true, tried: "look at \(shown)",
                cause: "others can change what buildbox keeps there",
                remedy: "chown \(facts.user) \(state.path) && chmod 700 \(state.path)")
        }
        let free = state.freeBytes >> 20
        if free < 1024 {
            return Finding(
                .limited, name, required: false, tried: "\(free) MiB are free for \(shown)",
                cause: "environments and downloads take some hundred MiB",
                remedy: "make room, or name another folder: export BUILDBOX_HOME=/path/with/space")
        }
        return Finding(
            good: name, required: true, tried: "\(state.exists ? shown : "can be made in \(shown)"), \(free) MiB free")
    }

    var launcher: Finding {
        let name = "launcher"
        let tried = "start \(facts.launcher) with what is no order"
        let build = "swift build -c release --product buildbox-launcher"
        func missing(_ cause: String, _ remedy: String) -> Finding {
            Finding(.missing, name, required: true, tried: tried, cause: cause, remedy: remedy)
        }
        switch facts.launcherState {
        case .answers: return Finding(good: name, required: true, tried: "\(facts.launcher) refuses what is no order")
        case .absent: return missing("it is not there", "put it beside buildbox: \(build)")
        case .notExecutable: return missing("it may not be executed", "chmod a+x \(facts.launcher)")
        case .cannotStart(let message): return missing(message, "build it anew: \(build)")
        case .silent(let seconds):
            return missing("it did not answer within \(seconds) s and was killed", "build it anew: \(build)")
        case .nonsense: return missing("it does not answer like a launcher", "build it anew: \(build)")
        }
    }

    var rehearsal: Finding {
        let name = "containment"
        let tried = "run /bin/true contained, with every layer"
        switch facts.rehearsal {
        case .passed(let layers):
            return Finding(good: name, required: true, tried: "/bin/true ran within \(layers.layers.count) layers")
        case .refused(_, let layers?):
            return Finding(
                .limited, name, required: true, tried: tried,
                cause: "it ran only without cgroup limits, within \(layers.layers.count) layers",
                remedy: "see what is missing above")
        case .refused(let message, nil):
            return Finding(
                .missing, name, required: true, tried: tried, cause: message, remedy: "see what is missing above")
        case .notTried(let cause):
            return Finding(
                .missing, name, required: true, tried: "not tried", cause: cause, remedy: "see what is missing above")
        }
    }
}
