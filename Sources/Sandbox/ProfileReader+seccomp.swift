import SourceText

extension ProfileReader {
    func seccomp(_ value: SourceValue?) -> SeccompRules? {
        let names = ["defaultAction", "defaultErrnoRet", "architectures", "syscalls"]
        guard let object = source.object(value, members: names) else { return nil }
        let defaultAction = defaultAction(object.required("defaultAction"))
        let errno = errno(object["defaultErrnoRet"], of: defaultAction)
        architectures(object["architectures"])
        let groups = source.list(object.required("syscalls"), group)
        guard let defaultAction, let groups else { return nil }
        let rules = SeccompRules(defaultAction: defaultAction, defaultErrnoRet: errno, syscalls: groups)
        reportContradictions(in: rules)
        return rules
    }

    private static let actions: KeyValuePairs<String, SeccompRules.Action> = [
        "SCMP_ACT_ALLOW": .allow, "SCMP_ACT_ERRNO": .errno, "SCMP_ACT_KILL_PROCESS": .killProcess,
        "SCMP_ACT_KILL_THREAD": .killThread, "SCMP_ACT_TRAP": .trap, "SCMP_ACT_LOG": .log,
    ]

    private static let comparisons: KeyValuePairs<String, SeccompRules.Comparison> = [
        "SCMP_CMP_NE": .notEqual, "SCMP_CMP_LT": .less, "SCMP_CMP_LE": .lessOrEqual, "SCMP_CMP_EQ": .equal,
        "SCMP_CMP_GE": .greaterOrEqual, "SCMP_CMP_GT": .greater, "SCMP_CMP_MASKED_EQ": .maskedEqual,
    ]

    /// A filter that lets pass what nobody named is none.
    private func defaultAction(_ value: SourceValue?) -> SeccompRules.Action? {
        guard let value, let action = source.choice(value, among: Self.actions) else { return nil }
        guard action != .allow, action != .log else {
            return source.refuse(
                value,
                "an action that refuses: the filter is a list of what is allowed, and every newer call is not on it")
        }
        return action
    }

    private func errno(_ value: SourceValue?, of action: SeccompRules.Action?) -> UInt32? {
        guard let value, let number = source.whole(value, in: 0...4095) else { return nil }
        if let action, action != .errno {
            source.report("an errno has a meaning only with SCMP_ACT_ERRNO", at: value.position)
        }
        return UInt32(number)
    }

    private func architectures(_ value: SourceValue?) {
        #if arch(x86_64)
            let native = "SCMP_ARCH_X86_64"
        #elseif arch(arm64)
            let native = "SCMP_ARCH_AARCH64"
        #endif
        let named = source.list(value) { element in
            source.choice(
                element,
                among: ["SCMP_ARCH_X86_64": "SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64": "SCMP_ARCH_AARCH64"])
        }
        if let value, let named, !named.contains(native) {
            source.report("the architecture of this machine, \(native), is not among them", at: value.position)
        }
    }

    private func group(_ value: SourceValue) -> SeccompRules.Group? {
        let members = ["names", "action", "errnoRet", "args", "comment"]
        guard let object = source.object(value, members: members) else { return nil }
        _ = source.string(object["comment"])
        let action = source.choice(object.required("action"), among: Self.actions)
        let errno = errno(object["errnoRet"], of: action)
        let named = object.required("names")
        let names = source.list(named, call)
        let args = source.list(object["args"], argument) ?? []
        guard let action, let named, let names else { return nil }
        if source.array(named)?.isEmpty == true { source.report("expected a system call at least", at: named.position) }
        return SeccompRules.Group(
            names: names.map(\.name), action: action, errnoRet: errno, args: args, positions: names.map(\.position))
    }

    private func call(_ value: SourceValue) -> (name: String, position: SourcePosition)? {
        guard let name = source.string(value) else { return nil }
        guard !name.utf8.contains(0), SeccompCompiler.knows(name) else {
            return source.refuse(value, "the name of a system call")
        }
        return (name, value.position)
    }

    private func argument(_ value: SourceValue) -> SeccompRules.Argument? {
        guard let object = source.object(value, members: ["index", "value", "valueTwo", "op"]) else { return nil }
        let index = source.whole(object.required("index"), in: 0...5)
        let datum = source.whole(object.required("value"))
        let second = source.whole(object["valueTwo"])
        let op = source.choice(object.required("op"), among: Self.comparisons)
        guard let index, let datum, let op else { return nil }
        if op == .maskedEqual, object["valueTwo"] == nil {
            source.report("SCMP_CMP_MASKED_EQ compares with \"valueTwo\", which is missing", at: value.position)
        }
        return SeccompRules.Argument(index: UInt32(index), value: datum, valueTwo: second, op: op)
    }

    /// A call that one rule decides whole, and another otherwise: libseccomp takes some of these, and drops a rule.
    private func reportContradictions(in rules: SeccompRules) {
        var whole: [String: (group: SeccompRules.Group, line: Int)] = [:]
        for group in rules.syscalls where group.args.isEmpty && !rules.saysDefault(group) {
            for (name, position) in zip(group.names, group.positions) where whole[name] == nil {
                whole[name] = (group, position.line)
            }
        }
        for group in rules.syscalls {
            for (name, position) in zip(group.names, group.positions) {
                guard let decided = whole[name],
                    group.action != decided.group.action || group.errnoRet != decided.group.errnoRet
                else { continue }
                source.report(
                    "the system call \(quoted(name)) is decided whole, and otherwise, on line \(decided.line)",
                    at: position)
            }
        }
    }
}
