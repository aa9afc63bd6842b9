import SourceText

/// The largest limits that a call may ask for (`limits_on_build`).
public struct BuildCeiling: Equatable, Sendable {
    public var memoryBytes: UInt64?
    /// Milliseconds of each phase.
    public var timeMs: UInt64?
    public var cpus: Double?

    public init(memoryBytes: UInt64? = nil, timeMs: UInt64? = nil, cpus: Double? = nil) {
        self.memoryBytes = memoryBytes
        self.timeMs = timeMs
        self.cpus = cpus
    }

    public var isEmpty: Bool { memoryBytes == nil && timeMs == nil && cpus == nil }

    /// The member that the arguments are above of, and why. Arguments of the wrong kind are.
    func violation(by arguments: PolicyValue) -> (member: String, reason: String)? {
        if let memoryBytes, let asked = Self.argument("memory", arguments) {
            guard let bytes = Self.bytes(asked) else { return ("memory", "args.memory is \(asked.kind), no size") }
            if bytes > memoryBytes {
                return ("memory", "the policy allows \(ByteSize(memoryBytes)) of memory, and the call asks for more")
            }
        }
        if let timeMs, let asked = Self.argument("timeout", arguments) {
            guard let order = asked.order(to: .unsigned(timeMs)) else {
                return ("time", "args.timeout is \(asked.kind), no number of milliseconds")
            }
            if order == .greater { return ("time", "the policy allows \(timeMs) ms, and the call asks for more") }
        }
        if let cpus, let asked = Self.argument("cpus", arguments) {
            guard let order = asked.order(to: .real(cpus)) else {
                return ("cpus", "args.cpus is \(asked.kind), no number")
            }
            if order == .greater { return ("cpus", "the policy allows \(cpus) CPUs, and the call asks for more") }
        }
        return nil
    }

    private static func argument(_ name: String, _ arguments: PolicyValue) -> PolicyValue? {
        ArgumentPath("args.\(name)")?.value(in: arguments)
    }

    /// A size as text (`512MiB`) or a number of bytes.
    private static func bytes(_ value: PolicyValue) -> UInt64? {
        switch value {
        case .string(let text): ByteSize(text)?.bytes
        case .unsigned(let number): number
        case .real(let number): UInt64(exactly: number.rounded(.up))
        default: nil
        }
    }
}
