import Synchronization

/// What a build has taken into use, until it ends.
final class Leases: Sendable {
    private let held = Mutex<[Lease]>([])

    func keep(_ lease: Lease) { held.withLock { $0.append(lease) } }

    func letGo() { held.withLock { $0 = [] } }
}
