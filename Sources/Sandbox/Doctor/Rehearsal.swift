import SandboxProtocol

/// How a contained /bin/true ended, at full strength or without some limits.
enum Rehearsal: Equatable, Sendable {
    case passed(LayerSet)
    /// Why not at full strength; and the layers that stood when it was run without cgroup limits, if it then passed.
    case refused(String, without: LayerSet?)
    case notTried(String)

    /// The layers that stood around the command.
    var layers: LayerSet {
        switch self {
        case .passed(let layers): layers
        case .refused(_, let layers): layers ?? []
        case .notTried: []
        }
    }

    /// Whether a contained command ran at all.
    var ran: Bool { !layers.layers.isEmpty }

    /// Whether a primitive was there, whatever became of its trial: a security module can allow to
    /// the launcher what it refuses to everyone else.
    func proves(_ primitive: Primitive) -> Bool {
        switch primitive {
        case .lockIsolation: layers.contains(.lockIsolation)
        case .landlock, .idMappedMount, .overlayfs: false
        default: ran
        }
    }
}
