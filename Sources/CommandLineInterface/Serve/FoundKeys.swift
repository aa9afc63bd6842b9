import Synchronization

/// The keys that a file has.
final class FoundKeys: Sendable {
    private let keys = Mutex<[String]>([])

    var names: [String] { keys.withLock { $0 } }

    func note(_ key: String) -> Bool {
        keys.withLock { $0.append(key) }
        return false
    }
}
