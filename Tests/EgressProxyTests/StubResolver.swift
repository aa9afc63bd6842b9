import EgressProxy
import NIOCore
import Synchronization

/// Answers each question with the next of its answers, and the last one for ever.
final class StubResolver: NameResolver {
    private let answers: [[String]]
    private let asked = Mutex<[String]>([])

    /// The names that it was asked for.
    var names: [String] { asked.withLock { $0 } }

    init(_ answers: [String]...) { self.answers = answers }

    func addresses(of name: String, port: Int) async throws(EgressError) -> [SocketAddress] {
        let count = asked.withLock { asked in
            asked.append(name)
            return asked.count
        }
        do {
            return try answers[min(count, answers.count) - 1].map { try SocketAddress(ipAddress: $0, port: port) }
        } catch {
            throw EgressError(.unresolved, "\(error)")
        }
    }
}
