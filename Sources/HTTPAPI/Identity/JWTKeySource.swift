import AsyncHTTPClient
import FoundationEssentials
import Logging
import JWTKit
import NIOCore
import NIOHTTP1

/// Keeps an issuer's keys: reads them when they are first needed, again when they are old, and again for a key that is
/// not among them, though not for every such token.
actor JWTKeySource {
    private let place: String
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let load: @Sendable (String) async throws(JWTFault) -> Data
    private var keys: JWTKeys?
    private var loadedAt: ContinuousClock.Instant?
    private var triedAt: ContinuousClock.Instant?
    /// Whoever comes while the keys are read waits for them.
    private var reading: Task<Void, Never>?

    /// How old keys may be, and how long after a try there is another.
    static let age = Duration.seconds(600)
    static let pause = Duration.seconds(30)

    /// - Parameters:
    ///   - place: A file's path, or a URL.
    ///   - logger: Told when the keys cannot be read.
    ///   - now: The time; tests stand another in.
    ///   - load: Reads what is at the place; tests stand another in.
    init(
        place: String, logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        load: @escaping @Sendable (String) async throws(JWTFault) -> Data = JWTKeySource.read
    ) {
        self.place = place
        self.logger = logger
        self.now = now
        self.load = load
    }

    func verifier(key id: String, algorithm: String) async throws(JWTFault) -> JWTKeyCollection? {
        if isOld { await refresh() }
        if let found = try await keys?.verifier(key: id, algorithm: algorithm) { return found }
        await refresh()
        return try await keys?.verifier(key: id, algorithm: algorithm)
    }

    private var isOld: Bool { loadedAt.map { now() - $0 > Self.age } ?? true }

    /// What cannot be read leaves the keys that are known in force.
    private func refresh() async {
        if let reading { return await reading.value }
        if let triedAt, now() - triedAt < Self.pause { return }
        triedAt = now()
        let task = Task { await read() }
        reading = task
        await task.value
        reading = nil
    }

    private func read() async {
        do throws(JWTFault) {
            keys = try JWTKeys(try await load(place))
            loadedAt = now()
        } catch {
            logger.error("the issuer's keys cannot be read", metadata: ["keys": "\(place)", "cause": "\(error)"])
        }
    }

    private static let largest = 1 << 20

    /// The keys come from where the operator says, and from nowhere that an answer names.
    private static let client = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: HTTPClient.Configuration(redirectConfiguration: .disallow))

    @Sendable static func read(_ place: String) async throws(JWTFault) -> Data {
        guard place.hasPrefix("https://") || place.hasPrefix("http://") else {
            do {
                return try Data(contentsOf: URL(filePath: place))
            } catch {
                throw JWTFault("cannot read \(place): \(error)")
            }
        }
        do {
            var request = HTTPClientRequest(url: place)
            request.headers.add(name: "Accept", value: "application/jwk-set+json, application/json")
            let response = try await client.execute(request, timeout: .seconds(5))
            guard response.status == .ok else { throw JWTFault("\(place) answered \(response.status.code)") }
            return Data(try await response.body.collect(upTo: largest).readableBytesView)
        } catch let fault as JWTFault {
            throw fault
        } catch {
            throw JWTFault("cannot get \(place): \(error)")
        }
    }
}
