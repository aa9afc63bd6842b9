import Foundation

/// What scripts/fuzz wants; without it every target runs its rounds from a fixed seed.
struct FuzzSettings {
    /// For each target.
    let time: Duration?
    let seed: UInt64
    /// One round alone, again.
    let round: Int?
    private let names: Set<String>

    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        names = Set((environment["BUILDBOX_FUZZ_TARGETS"] ?? "").split(separator: " ").map(String.init))
        seed = environment["BUILDBOX_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
        round = environment["BUILDBOX_FUZZ_ROUND"].flatMap(Int.init)
        time = environment["BUILDBOX_FUZZ_SECONDS"].flatMap(Double.init).map { .seconds($0) }
    }

    func wants(_ target: FuzzTarget) -> Bool { names.isEmpty || names.contains(target.name) }

    var targets: [FuzzTarget] { FuzzTarget.all.filter(wants) }
}
