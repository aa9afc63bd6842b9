import SourceText

extension PolicyReader {
    func condition(_ value: SourceValue) -> Condition? {
        guard let object = source.object(value, members: ["path", "op", "value", "reason", "on_deny"]) else {
            return nil
        }
        let path = source.text(object.required("path"), "a path to an argument, such as \"args.directory\"") {
            ArgumentPath($0)
        }
        let reason = reason(object)
        let name = name(of: object.required("op"))
        guard let path, let name, let comparison = comparison(name, object) else { return nil }
        let title = "\(path) \(name.rawValue)" + (object["value"].map { " \(Self.brief($0))" } ?? "")
        return Condition(
            path: path, comparison: comparison, reason: reason, pointer: value.path.pointer, title: title)
    }

    private func name(of value: SourceValue?) -> ConditionOperator.Name? {
        guard let value, let text = source.string(value) else { return nil }
        if let name = ConditionOperator.Name(rawValue: text) { return name }
        let known = ConditionOperator.Name.allCases.map(\.rawValue)
        let guess = nearest(to: text, among: known).map { ": did you mean \(quoted($0))?" } ?? ""
        return source.refuse(value, "one of \(known.map(quoted).joined(separator: ", "))", guess)
    }

    private func comparison(_ name: ConditionOperator.Name, _ object: SourceObject) -> ConditionOperator? {
        if name == .exists {
            guard let value = object["value"] else { return .exists(true) }
            return source.boolean(value).map { .exists($0) }
        }
        guard let value = object.required("value") else { return nil }
        switch name {
        case .eq: return scalar(value).map { .eq($0) }
        case .neq: return scalar(value).map { .neq($0) }
        case .in: return list(value).map { .in($0) }
        case .notIn: return list(value).map { .notIn($0) }
        case .lt: return number(value).map { .lt($0) }
        case .lte: return number(value).map { .lte($0) }
        case .gt: return number(value).map { .gt($0) }
        case .gte: return number(value).map { .gte($0) }
        case .contains: return scalar(value).map { .contains($0) }
        case .regex: return pattern(value).map { .regex($0) }
        case .exists: return nil
        }
    }

    /// Nothing is equal to null, for an argument that is null is missing: `exists` asks for that.
    private func scalar(_ value: SourceValue) -> PolicyValue? {
        if case .null = value.content {
            return source.refuse(value, "a value; \"op\": \"exists\" asks whether there is one")
        }
        return PolicyValue(value)
    }

    private func list(_ value: SourceValue) -> [PolicyValue]? {
        guard let elements = source.list(value, { scalar($0) }) else { return nil }
        return elements.isEmpty ? source.refuse(value, "a list with a value at least") : elements
    }

    private func number(_ value: SourceValue) -> PolicyValue? {
        switch value.content {
        case .unsigned, .negative, .real: PolicyValue(value)
        default: source.refuse(value, "a number")
        }
    }

    private func pattern(_ value: SourceValue) -> Pattern? {
        guard let text = source.string(value) else { return nil }
        do throws(PatternFault) {
            return try Pattern(text)
        } catch {
            source.report(
                "the pattern \(quoted(text)) is not taken, at its character \(error.offset + 1): \(error.message)",
                at: value.position)
            return nil
        }
    }

    /// The value as a message quotes it.
    private static func brief(_ value: SourceValue) -> String {
        switch value.content {
        case .string(let text): return quoted(text)
        case .array(let elements):
            let shown = elements.prefix(8).map(brief) + (elements.count > 8 ? ["..."] : [])
            return "[\(shown.joined(separator: ", "))]"
        case .object: return "{...}"
        case .null: return "null"
        case .boolean(let flag): return "\(flag)"
        case .unsigned(let number): return "\(number)"
        case .negative(let number): return "\(number)"
        case .real(let number): return "\(number)"
        }
    }
}
