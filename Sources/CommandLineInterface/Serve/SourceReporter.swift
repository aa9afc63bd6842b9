import Configuration
import Synchronization

/// Remembers which provider, by its place, gave a value or failed to.
final class SourceReporter: AccessReporter {
    private let found = Mutex<(index: Int, fault: String?)?>(nil)

    /// Nil where none had one.
    var index: Int? { found.withLock { $0?.index } }
    /// Why its value could not be taken.
    var fault: String? { found.withLock { $0?.fault } }

    func report(_ event: AccessEvent) {
        for (index, provided) in event.providerResults.enumerated() {
            switch provided.result {
            case .success(let lookup) where lookup.value == nil: continue
            case .success: found.withLock { $0 = (index, nil) }
            case .failure(let error): found.withLock { $0 = (index, "\(error)") }
            }
            return
        }
    }
}
