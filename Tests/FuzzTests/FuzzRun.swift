import Foundation
import TestSupport

/// Rounds of one target. Each round has a generator of its own, so that one can be repeated alone.
struct FuzzRun {
    struct Finding: CustomStringConvertible {
        let target: String
        let seed: UInt64
        let round: Int
        let cause: String
        let input: [UInt8]

        var description: String {
            "\(cause)\nreplay: scripts/fuzz --seed \(seed) --round \(round) \(target)\ninput, \(input.count) bytes: "
                + input.prefix(4096).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
    }

    let target: FuzzTarget
    let seed: UInt64
    private(set) var rounds = 0
    private(set) var accepted = 0
    private(set) var finding: Finding?
    private(set) var seconds = 0.0

    init(_ target: FuzzTarget, seed: UInt64) {
        self.target = target
        self.seed = seed
    }

    /// Runs until the count, the deadline or a finding.
    mutating func run(from first: Int = 0, rounds most: Int, until deadline: ContinuousClock.Instant? = nil) throws {
        let start = ContinuousClock.now
        defer { seconds += start.duration(to: .now) / .seconds(1) }
        let position = try FuzzPosition()
        for round in first..<first + most {
            if let deadline, round % 16 == 0, ContinuousClock.now > deadline { return }
            // Neighbouring numbers give unrelated sequences: the generator mixes them.
            var mixer = SeededGenerator(seed: seed &+ UInt64(round) &* 0x2545_f491_4f6c_dd1d)
            var generator = SeededGenerator(seed: mixer.next())
            let input = target.input(&generator)
            position.note("\(target.name) seed \(seed) round \(round)", input)
            rounds += 1
            do {
                if try target.check(input) { accepted += 1 }
            } catch {
                finding = Finding(target: target.name, seed: seed, round: round, cause: "\(error)", input: input)
                return
            }
        }
    }

    var summary: String {
        "fuzz \(target.name): \(rounds) rounds, \(accepted) accepted, "
            + "\(Int(Double(rounds) / max(seconds, 0.001))) a second, seed \(seed)"
    }
}
