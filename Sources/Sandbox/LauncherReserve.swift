import Dispatch
import Glibc
import SandboxProtocol
import Synchronization
import SystemPackage

/// At most one launcher that is ready for the next order, so that a run does not wait for what no
/// order decides: a process, namespaces, control groups, the part of the root that all have.
///
/// It is made beside a command that has run for a moment, or after a short one, and for an order like that command's.
final class LauncherReserve: Sendable {
    private struct State {
        var ready: ReadyLauncher?
        var closed = false

        /// The ready launcher, which is no longer here.
        mutating func leave() -> ReadyLauncher? {
            defer { ready = nil }
            return ready
        }
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "buildbox.sandbox.reserve")
    private let launcher: FilePath
    private let identities: HostIDPool
    private let ledger: RunLedger

    init(launcher: FilePath, identities: HostIDPool, ledger: RunLedger) {
        self.launcher = launcher
        self.identities = identities
        self.ledger = ledger
        Self.note(self)
    }

    /// The ready launcher and the order for it, where it can serve that; one that cannot is ended.
    ///
    /// - Parameters:
    ///   - waiting: Whether to wait for one that was asked for.
    ///   - makeOrder: The order as it is for who the ready launcher's command will be.
    /// - Returns: nil where none is ready, or not for this order.
    /// - Throws: What `makeOrder` throws.
    func take(
        waiting: Bool, _ makeOrder: (Identity) throws(SandboxError) -> LaunchOrder
    ) throws(SandboxError) -> (launcher: ReadyLauncher, order: LaunchOrder)? {
        if waiting { queue.sync {} }
        let ready = waiting ? state.withLock { $0.leave() } : state.withLockIfAvailable { $0.leave() } ?? nil
        guard let ready else { return nil }
        let order = Result { () throws(SandboxError) in try makeOrder(ready.identity) }
        guard case .success(var order) = order, ready.serves(order) else {
            ready.endLater()
            _ = try order.get()
            return nil
        }
        order.cgroup = ready.preparation.cgroup
        ready.take()
        return (ready, order)
    }

    /// Starts a launcher for the next order, which is expected to be like this one and to begin with
    /// as many of its mounts.
    func refill(like order: LaunchOrder, mounts: Int) {
        queue.async {
            var preparation = LaunchPreparation(of: order, mounts: mounts)
            self.state.withLock { state in
                guard state.ready == nil, !state.closed else { return }
                // What fails here fails for the next run, too, which then says so.
                guard
                    case .success(let record) = Result(catching: { () throws(SandboxError) in try self.ledger.hold() })
                else { return }
                preparation.cgroup.name = "buildbox-\(record.newName())"
                let made = Result { () throws(SandboxError) in
                    let claim = try self.identities.claim(.job)
                    preparation.identity = claim.identity
                    return try ReadyLauncher(
                        preparation, claim: claim, launcher: self.launcher, record: record)
                }
                if case .success(let ready) = made { state.ready = ready }
            }
            // Nobody came: the launcher is not left to lie there, nor to be reaped later.
            self.queue.asyncAfter(deadline: .now() + ReadyLauncher.freshness) { [weak self] in self?.dropStale() }
        }
    }

    private func dropStale() {
        let stale = state.withLock { state -> ReadyLauncher? in
            guard let ready = state.ready, !ready.isFresh else { return nil }
            state.ready = nil
            return ready
        }
        withExtendedLifetime(stale) {}
    }

    /// Ends the ready launcher, and makes no other.
    func close() {
        let ready = state.withLock { state in
            state.closed = true
            return state.leave()
        }
        withExtendedLifetime(ready) {}
    }

    /// The process id of the launcher that is ready, once what was asked for is made; nil where there is none.
    func settled() -> pid_t? {
        queue.sync {}
        return state.withLock { $0.ready?.process.pid }
    }

    /// The control groups that the ready launcher makes.
    func groups() -> [String] {
        state.withLock { $0.ready?.preparation.cgroup.paths ?? [] }
    }

    private struct Weak: Sendable {
        weak let reserve: LauncherReserve?
    }

    private static let living = Mutex<[Weak]>([])

    /// A process that exits leaves no launcher behind, not even for the moment that it takes to notice.
    private static let atExit: Void = {
        atexit {
            let reserves = LauncherReserve.living.withLock { $0.compactMap(\.reserve) }
            for reserve in reserves { reserve.close() }
            // One whose last user has just gone is no longer among them.
            ReadyLauncher.awaitEnds(milliseconds: 2000)
        }
    }()

    private static func note(_ reserve: LauncherReserve) {
        _ = atExit
        living.withLock { living in
            living.removeAll { $0.reserve == nil }
            living.append(Weak(reserve: reserve))
        }
    }
}
