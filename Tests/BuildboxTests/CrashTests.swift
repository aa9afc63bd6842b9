import Foundation
import SystemPackage
import TestSupport
import Testing

/// The supervisor is killed outright, at moments that a seed spreads over a whole run.
@Suite(.serialized) struct CrashTests {
    struct Case: CustomTestStringConvertible {
        let user: EndToEnd.User
        let kills: Int
        var testDescription: String { "\(kills) kills as \(user)" }
    }

    /// The first user is the one that buildbox is tested with most.
    static let cases = EndToEnd.User.available.enumerated().map { Case(user: $1, kills: $0 == 0 ? 100 : 20) }

    @Test(arguments: cases)
    func killedAtAnyMomentNothingOutlivesTheNextStart(case: Case) throws {
        let test = try EndToEnd(`case`.user)
        defer { try? test.cleanUp() }
        let descendants = try Descendants()
        let scene = try Scene(test)
        try scene.build()
        let clean = try Leftovers.none()
        let start = ContinuousClock.now
        #expect(try scene.build().swept == false)
        let whole = start.duration(to: .now) / .microseconds(1)
        var generator = SeededGenerator(seed: 6)
        var pids: Set<Int32> = []
        var cutShort = 0
        var left = 0
        for kills in stride(from: 2, through: `case`.kills, by: 2) {
            // Two at a time: one may be sweeping what the other's predecessor left when it is killed.
            let runs = try [scene.start(), scene.start()]
            let moments = runs.map { _ in Double.random(in: 0..<whole * 1.2, using: &generator) }.sorted()
            for (run, wait) in zip(runs, [moments[0], moments[1] - moments[0]]) {
                // Not a wait for something: the moment is what the test is about.
                usleep(UInt32(wait))
                kill(run.pid, SIGKILL)
            }
            for run in runs {
                pids.insert(run.pid)
                if try run.finish().code == 128 + SIGKILL { cutShort += 1 }
            }
            let survivors = descendants.awaitNone()
            try #require(survivors.isEmpty, "kill \(kills): \(survivors) outlive the supervisor")
            guard kills % 20 == 0 || kills == `case`.kills else { continue }
            let before = try scene.traces(of: pids)
            left += before.files.count
            let next = try scene.build()
            #expect(next.swept == !before.files.isEmpty, "\(before): \(next.stderr)")
            #expect(try scene.traces(of: pids) == Traces(), "\(before): \(next.stderr)")
            #expect(try Leftovers.none() == clean)
        }
        print("crashes: \(cutShort) of \(`case`.kills) runs of \(Int(whole / 1000)) ms were cut short; \(left) traces")
        // Positive controls: runs were hit, and the hits left something to sweep.
        #expect(cutShort > `case`.kills / 2)
        #expect(left > 0)
    }

    @Test(arguments: EndToEnd.User.available)
    func aRunThatIsAliveIsSeenAndIsNotSwept(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let descendants = try Descendants()
        let scene = try Scene(test)
        let bomb = try test.project("bombs")
        let alive = try test.start(["run", "-w", "-C", "bomb=loops", "-o", scene.output.string, bomb.string])
        while !alive.stderr.contains("Building wheel"), alive.process.isRunning { sched_yield() }
        let traces = try scene.traces(of: [alive.pid])
        #expect(traces.files.contains { $0.hasPrefix("runs/") && $0.hasSuffix(".lock") })
        #expect(traces.files.contains { $0.hasPrefix("runs/") && !$0.hasSuffix(".lock") })
        if user == .root { #expect(!traces.cgroups.isEmpty) }
        #expect(descendants.alive().count > 2)
        // Another start leaves it alone.
        #expect(try scene.build().swept == false)
        #expect(try scene.traces(of: [alive.pid]) == traces)
        #expect(alive.process.isRunning)
        // Killed together with its launcher, nobody is left who could clear up: the next start does.
        let launchers = descendants.alive().filter { Self.name(of: $0) == "buildbox-launch" }
        #expect(!launchers.isEmpty)
        kill(alive.pid, SIGKILL)
        for pid in launchers { kill(pid, SIGKILL) }
        _ = try alive.finish()
        #expect(descendants.awaitNone().isEmpty)
        let left = try scene.traces(of: [alive.pid])
        let next = try scene.build()
        #expect(next.stderr.contains("swept 1 dead run: "), "\(next.stderr)")
        for group in left.cgroups { #expect(next.stderr.contains("control group \(group)")) }
        for name in left.files where !name.hasSuffix(".lock") { #expect(next.stderr.contains(name)) }
        if user == .root { #expect(!left.cgroups.isEmpty) }
        #expect(try scene.traces(of: [alive.pid]) == Traces())
    }

    @Test(arguments: EndToEnd.User.available)
    func anInterpreterThatHangsDiesWithTheSupervisor(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let descendants = try Descendants()
        let scene = try Scene(test)
        let marker = test.folder.appending("started").string
        let shim = test.folder.appending("python3").string
        try "#!/bin/sh\n: >\(marker)\nexec sleep 600\n".write(toFile: shim, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: shim)
        let run = try test.start(["run", "--python", shim, scene.project.string])
        while !FileManager.default.fileExists(atPath: marker), run.process.isRunning { sched_yield() }
        // Positive control: it hangs below a supervisor that waits for it.
        #expect(descendants.alive().contains { Self.name(of: $0) == "sleep" || Self.name(of: $0) == "python3" })
        kill(run.pid, SIGKILL)
        #expect(try run.finish().code == 128 + SIGKILL)
        #expect(descendants.awaitNone().isEmpty)
    }

    /// As the kernel keeps it: the first 15 bytes.
    private static func name(of pid: Int32) -> String? {
        FileManager.default.contents(atPath: "/proc/\(pid)/comm").map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// The hello project and its output folder.
    private struct Scene {
        let test: EndToEnd
        let project: FilePath
        let output: FilePath
        let home: FilePath

        init(_ test: EndToEnd) throws {
            self.test = test
            project = try test.project("hello")
            output = test.folder.appending("out")
            home = try Installed.shared.get().home(test.user)
        }

        func start() throws -> Running { try test.start(["run", "-w", "-o", output.string, project.string]) }

        /// A run to its end, which must be a good one.
        @discardableResult
        func build() throws -> (swept: Bool, stderr: String) {
            let outcome = try start().finish()
            try #require(outcome.code == 0, "\(outcome.stderr)")
            return (outcome.stderr.contains("buildbox: swept "), outcome.stderr)
        }

        func traces(of pids: Set<Int32>) throws -> Traces { try Traces.of(runs: pids, home: home, output: output) }
    }
}
