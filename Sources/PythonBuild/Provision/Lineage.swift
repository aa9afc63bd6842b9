import Synchronization

/// How a build of a requirement came about: for whom, and how many there were before it. A project cannot have
/// buildbox build without end.
struct Lineage: Sendable {
    /// How many requirements of requirements may each need a build of their own.
    static let deepest = 5
    /// How many source distributions one build may have built for it.
    static let most = 40

    private final class Count: Sendable {
        let builds = Mutex(0)
    }

    /// What is built; nil for the project itself.
    private(set) var release: SdistRelease?
    /// The requirements on the way down to it, the project's own first.
    private var names: [String] = []
    private let count = Count()

    /// How many builds wait for this one.
    var depth: Int { names.count }

    /// The lineage of a requirement's build.
    ///
    /// - Throws: ``BuildFailure`` for a circle, and where there are too many.
    func descending(to release: SdistRelease) throws(BuildFailure) -> Lineage {
        let way = (names + [release.name]).joined(separator: " -> ")
        guard !names.contains(release.name) else {
            throw BuildFailure(
                .provisioningFailed,
                "build requirements go in a circle: \(way). None of them has a wheel for this interpreter: constrain one "
                    + "to a version that has, or let the index have a wheel of it")
        }
        guard names.count < Self.deepest else {
            throw BuildFailure(
                .provisioningFailed,
                "build requirements without wheels are nested deeper than \(Self.deepest): \(way)")
        }
        let builds = count.builds.withLock { builds in
            builds += 1
            return builds
        }
        guard builds <= Self.most else {
            throw BuildFailure(
                .provisioningFailed,
                "more than \(Self.most) build requirements without wheels; the last is \(way)")
        }
        var lineage = self
        lineage.names.append(release.name)
        lineage.release = release
        return lineage
    }
}
