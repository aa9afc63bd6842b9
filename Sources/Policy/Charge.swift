/// What a call has to have room in before it may go on: a limit, and the counter that it looks at.
public struct Charge: Equatable, Sendable {
    public let limit: CounterLimit
    public let key: CounterKey
}
