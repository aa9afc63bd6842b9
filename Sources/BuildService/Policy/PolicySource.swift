import Linux
public import Logging
public import Policy
import Synchronization
public import SystemPackage

/// The policy file of a service: the policy in force, and how it follows the file. A new one that has a fault is
/// told, and the one before stays in force, also when the file goes.
public final class PolicySource: Sendable {
    /// What came of looking at the file again.
    public enum Reload: Sendable {
        case loaded(digest: String)
        case unchanged
        case refused(PolicyFaults)
    }

    private struct State {
        var policy: Policy
        /// Of the file that was read, nil where there was none. They tell one version from the next: the inode's time of
        /// change cannot be set back, as the content's can.
        var facts: FileFacts?
    }

    public let file: FilePath
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the policy that is to be in force.
    ///
    /// - Throws: ``Policy/PolicyFaults``: a service does not start with a policy that cannot be kept.
    public init(_ file: FilePath, logger: Logger) throws(PolicyFaults) {
        self.file = file
        self.logger = logger
        // Looked at before it is read: what changes in between is found at the next look.
        let facts = FileFacts.ifAny(of: file.string)
        state = Mutex(State(policy: try Policy(contentsOf: file), facts: facts))
    }

    /// The policy in force: that of the file as it is now, if it has no fault.
    public var policy: Policy {
        reloadIfChanged()
        return state.withLock { $0.policy }
    }

    /// Reads the file again if it is another than it was.
    @discardableResult
    public func reloadIfChanged() -> Reload {
        let facts = FileFacts.ifAny(of: file.string)
        let changed = state.withLock { state in
            defer { state.facts = facts }
            return state.facts != facts
        }
        return changed ? reload() : .unchanged
    }

    /// Reads the file again.
    @discardableResult
    public func reload() -> Reload {
        let policy: Policy
        do throws(PolicyFaults) {
            policy = try Policy(contentsOf: file)
        } catch {
            let digest = state.withLock { $0.policy.digest }
            logger.error(
                "the new policy has faults: the one before stays in force",
                metadata: ["faults": "\(error)", "in_force": "\(digest)"])
            return .refused(error)
        }
        let before = state.withLock { state in
            defer { state.policy = policy }
            return state.policy.digest
        }
        guard before != policy.digest else { return .unchanged }
        logger.notice("a new policy is in force", metadata: ["policy": "\(file)", "digest": "\(policy.digest)"])
        return .loaded(digest: policy.digest)
    }
}
