import SourceText

extension PolicyReader {
    func limits(_ value: SourceValue?) -> [CounterLimit] {
        source.list(value) { limit($0) } ?? []
    }

    private func limit(_ value: SourceValue) -> CounterLimit? {
        guard let object = source.object(value, members: ["counter", "window", "max", "scope"]) else { return nil }
        let counter = counter(object.required("counter"))
        let window = window(object.required("window"))
        let max = source.whole(object.required("max"), in: CounterLimit.counts)
        let scopes: KeyValuePairs<String, LimitScope> = [
            "grant": .grant, "session": .session, "tenant": .tenant, "tool": .tool, "global": .global,
        ]
        let scope = object["scope"] == nil ? .grant : source.choice(object["scope"], among: scopes)
        guard let counter, let window, let max, let scope else { return nil }
        return CounterLimit(
            counter: counter, windowSeconds: window, max: Int(max), scope: scope, pointer: value.path.pointer)
    }

    private func counter(_ value: SourceValue?) -> String? {
        guard let value, let name = name(value, "the name of a counter") else { return nil }
        // The short form's counters are called by their place.
        return name.hasPrefix("/")
            ? source.refuse(value, "the name of a counter, which does not begin with \"/\"") : name
    }

    /// A minute, an hour, a day, or a number of seconds.
    private func window(_ value: SourceValue?) -> Int? {
        guard let value else { return nil }
        let range = CounterLimit.windows
        switch value.content {
        case .string("minute"): return 60
        case .string("hour"): return 3600
        case .string("day"): return 86_400
        case .unsigned(let seconds) where range.contains(seconds): return Int(seconds)
        default:
            return source.refuse(
                value,
                "\"minute\", \"hour\", \"day\" or a whole number of seconds from \(range.lowerBound) to \(range.upperBound)"
            )
        }
    }

    /// The short form: so many calls of a session in so many seconds.
    func rateLimit(_ value: SourceValue?) -> CounterLimit? {
        guard let value, let object = source.object(value, members: ["max", "window"]) else { return nil }
        let window = window(object.required("window"))
        let max = source.whole(object.required("max"), in: CounterLimit.counts)
        guard let window, let max else { return nil }
        let pointer = value.path.pointer
        return CounterLimit(counter: pointer, windowSeconds: window, max: Int(max), scope: .session, pointer: pointer)
    }

    /// Defaults: an hour, and whoever has the scope.
    func approval(_ value: SourceValue?) -> ApprovalTerms {
        let object = source.object(value, members: ["timeout", "approvers"])
        let approvers = source.list(object?["approvers"]) { name($0, "the name of a grant, or GRANT#SUBJECT") }
        if let list = object?["approvers"], let approvers, approvers.isEmpty, case .array(let elements) = list.content,
            elements.isEmpty
        {
            source.report("expected an approver at least: with none, every call would expire", at: list.position)
        }
        let timeout = milliseconds(object?["timeout"], in: ApprovalTerms.timeouts, "3600 or \"1h\"")
        return ApprovalTerms(timeoutSeconds: Int(timeout ?? 3_600_000) / 1000, approvers: approvers)
    }

    func ceiling(_ value: SourceValue?) -> BuildCeiling {
        guard let object = source.object(value, members: ["memory", "time", "cpus"]) else { return BuildCeiling() }
        return BuildCeiling(
            memoryBytes: size(object["memory"]),
            timeMs: milliseconds(object["time"], in: 1...7 * 86_400, "300 or \"300s\""),
            cpus: source.number(object["cpus"], in: 0.01...4096))
    }

    private func size(_ value: SourceValue?) -> UInt64? {
        guard let value else { return nil }
        switch value.content {
        case .unsigned(let bytes) where bytes > 0: return bytes
        case .string(let text):
            if let size = ByteSize(text) { return size.bytes }
            fallthrough
        default: return source.refuse(value, "a size such as \"512MiB\", or a whole number of bytes")
        }
    }

    /// A number of seconds, or a text with a unit.
    private func milliseconds(_ value: SourceValue?, in range: ClosedRange<UInt64>, _ example: String) -> UInt64? {
        guard let value else { return nil }
        let allowed = range.lowerBound * 1000...range.upperBound * 1000
        let milliseconds: UInt64? =
            switch value.content {
            case .unsigned(let seconds) where range.contains(seconds): seconds * 1000
            case .string(let text): TimeSpan(text).map { UInt64($0.duration / .milliseconds(1)) }
            default: nil
            }
        guard let milliseconds, allowed.contains(milliseconds) else {
            return source.refuse(
                value, "a time from \(range.lowerBound) s to \(range.upperBound) s, such as \(example)")
        }
        return milliseconds
    }
}
