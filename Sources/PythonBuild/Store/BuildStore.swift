import FoundationEssentials
import SourceText
import SystemPackage

/// What builds share and `buildbox env` shows: environments, wheels that were built for them, and wheels of indexes.
public struct BuildStore: Sendable {
    private let state: StateFolder

    public init(_ state: StateFolder) {
        self.state = state
    }

    /// Everything there is, the least recently used first.
    public func items() -> [StoredItem] {
        let environments = state.environmentStore.entries().map { StoredItem($0) }
        let built = state.wheelStore.entries().map { StoredItem($0) }
        let downloads = state.downloadStore.entries().map { StoredItem($0) }
        return (environments + built + downloads)
            .sorted { ($0.lastUsed, $0.id) < ($1.lastUsed, $1.id) }
    }

    /// The item whose digest begins so.
    ///
    /// - Throws: ``BuildFailure`` where there is none, or more than one.
    public func item(_ prefix: String) throws(BuildFailure) -> StoredItem {
        let matches = items().filter { $0.id.hasPrefix(prefix) }
        guard let item = matches.first, !prefix.isEmpty else {
            throw BuildFailure(.invalidRequest, "there is no \"\(prefix)\" in the store: buildbox env ls lists what is")
        }
        guard matches.count == 1 else {
            throw BuildFailure(
                .invalidRequest, "\"\(prefix)\" is the beginning of \(matches.count) items: give more of the digest")
        }
        return item
    }

    /// - Returns: False where a build uses it.
    /// - Throws: ``BuildFailure`` where it cannot be removed.
    public func remove(_ item: StoredItem) throws(BuildFailure) -> Bool {
        switch item.kind {
        case .environment: try state.environmentStore.remove(item.id) != .inUse
        case .wheel: try state.wheelStore.remove(item.id) != .inUse
        case .download: try state.downloadStore.remove(item.id) != .inUse
        }
    }

    /// What keeping to the limits would remove: what was not used for too long, then the least recently used.
    /// What is in use stays.
    public func excess(over limits: StoreLimits) -> [StoredItem] {
        let items = items()
        var bytes = items.reduce(0) { $0 + $1.bytes }
        let oldest = limits.age.map { Date(timeIntervalSinceNow: -Double($0)) }
        return items.filter { item in
            let isOld = oldest.map { item.lastUsed < $0 } ?? false
            let isTooMuch = limits.size.map { bytes > $0.bytes } ?? false
            guard isOld || isTooMuch, !item.inUse else { return false }
            bytes -= item.bytes
            return true
        }
    }

    /// Removes what is above the limits.
    ///
    /// - Returns: What was removed.
    public func trim(to limits: StoreLimits) throws(BuildFailure) -> [StoredItem] {
        var removed: [StoredItem] = []
        for item in excess(over: limits) where try remove(item) { removed.append(item) }
        return removed
    }
}
