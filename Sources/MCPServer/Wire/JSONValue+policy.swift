import Policy

extension JSONValue {
    /// As a policy reads arguments.
    var policyValue: PolicyValue {
        switch self {
        case .null: .null
        case .boolean(let value): .boolean(value)
        case .integer(let value): .whole(Int128(value))
        case .real(let value): .real(value)
        case .string(let text): .string(text)
        case .array(let elements): .array(elements.map(\.policyValue))
        case .object(let members): .object(members.mapValues(\.policyValue))
        }
    }
}
