import TestSupport
import Testing

@Suite(.serialized) struct FuzzTests {
    private static let settings = FuzzSettings()

    @Test(arguments: settings.targets)
    func hostileBytesDoNoHarm(target: FuzzTarget) throws {
        let settings = Self.settings
        var run = FuzzRun(target, seed: settings.seed)
        if let round = settings.round {
            try run.run(from: round, rounds: 1)
            print("replayed round \(round) of \(target.name): \(run.finding?.description ?? "nothing found")")
        } else if let time = settings.time {
            try run.run(rounds: Int.max, until: .now + time)
        } else {
            try run.run(rounds: target.rounds)
            // Positive control: good input gets to the end of what is tested, and bad input is refused.
            if run.finding == nil {
                #expect(run.accepted > 0)
                #expect(run.accepted < run.rounds)
            }
        }
        print(run.summary)
        if let finding = run.finding { Issue.record("\(finding)") }
    }

    /// A harness that finds nothing anywhere would pass everything.
    @Test func aPlantedFaultIsFoundAndFoundAgain() throws {
        let planted = FuzzTarget(
            name: "planted", rounds: 0, input: { Mutation.of(NameInput.seeds[0], tokens: NameInput.tokens, &$0) },
            check: { bytes in
                // Needs two changes of the seed at once.
                if bytes.contains(0x2f), bytes.contains(0x0a) { throw FuzzFinding("planted") }
                return true
            })
        var run = FuzzRun(planted, seed: 7)
        try run.run(rounds: 10_000)
        let finding = try #require(run.finding)
        #expect(finding.cause == "planted")
        #expect(finding.round > 0)
        #expect(finding.description.contains("--seed 7 --round \(finding.round) planted"))
        var replay = FuzzRun(planted, seed: 7)
        try replay.run(from: finding.round, rounds: 1)
        #expect(replay.finding?.input == finding.input)
    }

    @Test(arguments: [
        ("raise", "KeyError: 'planted'"), ("write", "for writing"), ("link", "os.symlink"), ("memory", "MemoryError"),
        ("time", "takes longer"),
    ])
    func aFaultPlantedInPythonIsFound(fault: String, message: String) throws {
        let error = #expect(throws: FuzzFinding.self) {
            try ArchiveJudge.shared.get().judge(UInt8(ascii: "P"), Array(fault.utf8))
        }
        #expect(error?.description.contains(message) == true)
        // The judge goes on.
        #expect(try ArchiveJudge.shared.get().judge(UInt8(ascii: "P"), []))
    }
}
