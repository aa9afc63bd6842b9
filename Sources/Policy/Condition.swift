import SourceText

/// One condition of `require` or `deny_if` on the arguments of a call.
///
/// A missing argument (null is one) has no value: it is not equal to anything, not in any list, less
/// than nothing, and no pattern matches it. In `require` it therefore fails every operator but
/// `exists` with false; in `deny_if` it holds for `neq`, `not_in` and `exists` with false only.
/// A value of another kind than what it is compared with (a string with a number), or one that is too
/// long for a pattern, cannot be told: `require` fails then, and `deny_if` denies.
struct Condition: Sendable {
    let path: ArgumentPath
    let comparison: ConditionOperator
    /// The policy's own words for a refusal.
    let reason: String?
    /// Where it stands in the policy (RFC 6901).
    let pointer: String
    /// How a message quotes it: `args.timeout lte 300000`.
    let title: String

    enum Outcome: Equatable {
        case holds
        case fails
        case missing
        /// Why it cannot be told.
        case unknown(String)
    }

    /// What a call that violates this as a condition of `require` is told; nil where it is met.
    func violation(requiredOf arguments: PolicyValue) -> String? {
        switch outcome(for: arguments) {
        case .holds: return nil
        case .fails: return reason ?? "the policy requires \(title)"
        case .missing: return reason ?? "the policy requires \(title), and the call has no \(path)"
        case .unknown(let why): return reason ?? "the policy requires \(title), which cannot be told: \(why)"
        }
    }

    /// What a call that is denied by this as a condition of `deny_if` is told; nil where it is not.
    func violation(deniedFor arguments: PolicyValue) -> String? {
        switch outcome(for: arguments) {
        case .holds: return reason ?? "the policy denies \(title)"
        case .fails: return nil
        case .missing:
            switch comparison {
            case .neq, .notIn: return reason ?? "the policy denies \(title), and the call has no \(path)"
            default: return nil
            }
        case .unknown(let why): return reason ?? "the policy denies \(title), which cannot be told: \(why)"
        }
    }

    func outcome(for arguments: PolicyValue) -> Outcome {
        let value = path.value(in: arguments)
        if case .exists(let wanted) = comparison { return (value != nil) == wanted ? .holds : .fails }
        guard let value else { return .missing }
        return outcome(of: value)
    }

    private func outcome(of value: PolicyValue) -> Outcome {
        switch comparison {
        case .exists: return .holds
        case .eq(let other): return equality(of: value, with: [other], wanted: true)
        case .neq(let other): return equality(of: value, with: [other], wanted: false)
        case .in(let others): return equality(of: value, with: others, wanted: true)
        case .notIn(let others): return equality(of: value, with: others, wanted: false)
        case .lt(let other): return order(of: value, with: other) { $0 == .less }
        case .lte(let other): return order(of: value, with: other) { $0 != .greater }
        case .gt(let other): return order(of: value, with: other) { $0 == .greater }
        case .gte(let other): return order(of: value, with: other) { $0 != .less }
        case .regex(let pattern):
            guard case .string(let text) = value else { return .unknown("it is \(value.kind), no string") }
            guard let matches = pattern.matches(text) else {
                return .unknown("it is longer than \(Pattern.longestText) characters")
            }
            return matches ? .holds : .fails
        case .contains(let other): return containment(of: other, in: value)
        }
    }

    private func equality(of value: PolicyValue, with others: [PolicyValue], wanted: Bool) -> Outcome {
        if others.contains(where: { $0.equals(value) }) { return wanted ? .holds : .fails }
        guard others.contains(where: { $0.isKind(of: value) }) else {
            return .unknown("it is \(value.kind), and the policy compares with \(others.first?.kind ?? "nothing")")
        }
        return wanted ? .fails : .holds
    }

    private func order(of value: PolicyValue, with other: PolicyValue, _ wanted: (PolicyValue.Order) -> Bool) -> Outcome
    {
        guard let order = value.order(to: other) else { return .unknown("it is \(value.kind), no number") }
        return wanted(order) ? .holds : .fails
    }

    private func containment(of other: PolicyValue, in value: PolicyValue) -> Outcome {
        switch (value, other) {
        case (.string(let text), .string(let part)):
            return Self.bytes(of: text, contain: Array(part.utf8)) ? .holds : .fails
        case (.array(let elements), _):
            return elements.contains { $0.equals(other) } ? .holds : .fails
        default: return .unknown("it is \(value.kind), which cannot contain \(other.kind)")
        }
    }

    /// By bytes: by characters, "..\u{301}" would not contain "..".
    private static func bytes(of text: String, contain part: [UInt8]) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count >= part.count else { return false }
            return (0...bytes.count - part.count).contains { start in
                part.indices.allSatisfy { bytes[start + $0] == part[$0] }
            }
        }
    }
}
