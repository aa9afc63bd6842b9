/// How a condition compares, with what it compares.
enum ConditionOperator: Sendable {
    case eq(PolicyValue)
    case neq(PolicyValue)
    case `in`([PolicyValue])
    case notIn([PolicyValue])
    case lt(PolicyValue)
    case lte(PolicyValue)
    case gt(PolicyValue)
    case gte(PolicyValue)
    case regex(Pattern)
    /// A string within a string, or an element of a list.
    case contains(PolicyValue)
    /// That there is such an argument, or with false that there is none.
    case exists(Bool)

    enum Name: String, CaseIterable {
        case eq, neq
        case `in`
        case notIn = "not_in"
        case lt, lte, gt, gte, regex, contains, exists
    }
}
