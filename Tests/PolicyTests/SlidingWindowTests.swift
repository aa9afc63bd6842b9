import TestSupport
import Testing

@testable import Policy

@Suite struct SlidingWindowTests {
    private static let second: Int64 = 1_000_000_000

    private func charge(_ max: Int, _ window: Int, counter: String = "c", grant: String = "g") -> Charge {
        let limit = CounterLimit(
            counter: counter, windowSeconds: window, max: max, scope: .grant, pointer: "/\(counter)/\(window)")
        return Charge(limit: limit, key: limit.key(of: PolicyCall(tool: "t", grant: grant)))
    }

    @Test func theEleventhCallInAnyMinuteIsRefusedAndToldWhenToComeBack() throws {
        var store = MemoryCounterStore(keptSeconds: 60)
        let charges = [charge(10, 60)]
        // One call each 2.5 s: the first at 1000 s.
        for call in 0..<10 {
            let time = 1000 * Self.second + Int64(call) * Self.second * 5 / 2
            #expect(try SlidingWindows.admit("\(call)", charges, at: time, in: &store) == nil)
        }
        // 1022.5 s: the first is gone at 1060 s.
        let early = try SlidingWindows.admit("x", charges, at: 1_022_500_000_000, in: &store)
        #expect(early?.retryAfterSeconds == 38)
        let last = try SlidingWindows.admit("x", charges, at: 1_060 * Self.second - 1, in: &store)
        #expect(last?.retryAfterSeconds == 1)
        #expect(last?.limit.pointer == "/c/60")
        #expect(try SlidingWindows.admit("x", charges, at: 1_060 * Self.second, in: &store) == nil)
        #expect(try SlidingWindows.admit("y", charges, at: 1_060 * Self.second, in: &store)?.retryAfterSeconds == 3)
        // Another grant has counters of its own.
        #expect(
            try SlidingWindows.admit("z", [charge(10, 60, grant: "h")], at: 1_060 * Self.second, in: &store) == nil)
    }

    @Test func aRefusedCallCostsNothingInAnyCounter() throws {
        var store = MemoryCounterStore(keptSeconds: 3600)
        let wide = charge(3, 3600, counter: "wide")
        let narrow = charge(1, 10, counter: "narrow")
        #expect(try SlidingWindows.admit("a", [wide, narrow], at: 0, in: &store) == nil)
        for second in 1...9 {
            let refusal = try SlidingWindows.admit("n", [wide, narrow], at: Int64(second) * Self.second, in: &store)
            #expect(refusal?.limit.pointer == "/narrow/10")
            #expect(refusal?.retryAfterSeconds == 10 - second)
        }
        // Two places of the wide one are left, after nine refusals.
        #expect(try SlidingWindows.admit("b", [wide, narrow], at: 10 * Self.second, in: &store) == nil)
        #expect(try SlidingWindows.admit("c", [wide, narrow], at: 20 * Self.second, in: &store) == nil)
        #expect(
            try SlidingWindows.admit("d", [wide, narrow], at: 30 * Self.second, in: &store)?.limit.pointer
                == "/wide/3600")
    }

    @Test func theWaitIsThatOfTheLimitThatTakesLongest() throws {
        var store = MemoryCounterStore(keptSeconds: 60)
        let charges = [charge(1, 10, counter: "a"), charge(1, 60, counter: "b"), charge(1, 30, counter: "c")]
        #expect(try SlidingWindows.admit("1", charges, at: 0, in: &store) == nil)
        let refusal = try SlidingWindows.admit("2", charges, at: Self.second, in: &store)
        #expect(refusal?.limit.counter == "b")
        #expect(refusal?.retryAfterSeconds == 59)
    }

    @Test func aCounterOfTwoLimitsCountsACallOnce() throws {
        var store = MemoryCounterStore(keptSeconds: 60)
        let charges = [charge(2, 60), charge(2, 10)]
        #expect(try SlidingWindows.admit("1", charges, at: 0, in: &store) == nil)
        #expect(try SlidingWindows.admit("2", charges, at: 1, in: &store) == nil)
        #expect(try SlidingWindows.admit("3", charges, at: 2, in: &store) != nil)
    }

    @Test func aCallThatNeverStartedGivesItsPlaceBack() throws {
        var store = MemoryCounterStore(keptSeconds: 60)
        let charges = [charge(2, 60, counter: "a"), charge(2, 60, counter: "b")]
        #expect(try SlidingWindows.admit("1", charges, at: 0, in: &store) == nil)
        #expect(try SlidingWindows.admit("2", charges, at: 1, in: &store) == nil)
        #expect(try SlidingWindows.admit("3", charges, at: 2, in: &store) != nil)
        store.giveBack("1")
        #expect(try SlidingWindows.admit("3", charges, at: 2, in: &store) == nil)
        #expect(try SlidingWindows.admit("4", charges, at: 3, in: &store)?.nanoseconds == 60 * Self.second - 2)
    }

    @Test func aClockThatGoesBackAdmitsNobodyMore() throws {
        var store = MemoryCounterStore(keptSeconds: 60)
        let charges = [charge(2, 60)]
        #expect(try SlidingWindows.admit("1", charges, at: 100 * Self.second, in: &store) == nil)
        #expect(try SlidingWindows.admit("2", charges, at: 0, in: &store) == nil)
        #expect(try SlidingWindows.admit("3", charges, at: 50 * Self.second, in: &store)?.retryAfterSeconds == 60)
        #expect(try SlidingWindows.admit("3", charges, at: 160 * Self.second, in: &store) == nil)
    }

    /// What is allowed is compared with a model that remembers every call and looks at every span.
    @Test(arguments: 1...40)
    func randomCallsAreAdmittedAsByANaiveModel(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let names = ["a", "b"]
        let limits = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
            charge(
                Int.random(in: 1...5, using: &generator), Int.random(in: 1...20, using: &generator),
                counter: names.randomElement(using: &generator) ?? "a")
        }
        var store = MemoryCounterStore(keptSeconds: 20)
        // Calls that were admitted and not given back, by counter.
        var model: [String: [(name: String, time: Int64)]] = [:]
        var now: Int64 = 5 * Self.second
        var admitted = 0
        var refused = 0
        for call in 0..<600 {
            now += Int64.random(in: 0...3 * Self.second, using: &generator) / (Bool.random(using: &generator) ? 1 : 100)
            let charges = limits.filter { _ in Int.random(in: 0..<4, using: &generator) > 0 }
            let name = "\(call)"
            func wait(_ charge: Charge) -> Int64 {
                let window = Int64(charge.limit.windowSeconds) * Self.second
                // The first moment at which the span that ends there has room.
                let times = (model[charge.key.counter] ?? []).map(\.time)
                return ([now] + times.map { $0 + window }).filter { moment in
                    moment >= now && times.filter { $0 > moment - window && $0 <= moment }.count < charge.limit.max
                }.min().map { $0 - now } ?? -1
            }
            let wanted = charges.map(wait).max() ?? 0
            let refusal = try SlidingWindows.admit(name, charges, at: now, in: &store)
            #expect((refusal?.nanoseconds ?? 0) == wanted, "call \(call) of seed \(seed)")
            if refusal == nil {
                admitted += 1
                for counter in Set(charges.map(\.key.counter)) { model[counter, default: []].append((name, now)) }
            } else {
                refused += 1
            }
            if Int.random(in: 0..<10, using: &generator) == 0 {
                let back = "\(Int.random(in: max(0, call - 8)...call, using: &generator))"
                store.giveBack(back)
                for counter in model.keys { model[counter]?.removeAll { $0.name == back } }
            }
        }
        for limit in limits {
            let times = (model[limit.key.counter] ?? []).map(\.time)
            let window = Int64(limit.limit.windowSeconds) * Self.second
            // Where a call was charged to another limit of the counter only, this one does not bound it.
            guard Set(limits.map(\.key.counter)).count == limits.count, limits.count == 1 else { continue }
            for time in times {
                #expect(times.filter { $0 >= time && $0 < time + window }.count <= limit.limit.max)
            }
        }
        #expect(admitted > 0)
        #expect(refused > 0)
    }

    @Test func aHundredCallersAtOnceGetTenPlaces() async throws {
        let policy = try Policy.building(#"{"limits":[{"counter":"c","window":"minute","max":10}]}"#)
        let ledger = CounterLedger(keptSeconds: policy.longestWindowSeconds)
        let decisions = await withTaskGroup(of: Decision.self, returning: [Decision].self) { group in
            for call in 0..<100 {
                group.addTask {
                    ledger.admit("\(call)", policy.decide(PolicyCall(tool: Policy.build, grant: "g")))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(decisions.filter { $0.outcome == .allow }.count == 10)
        let denied = decisions.filter { $0.outcome == .deny }
        #expect(denied.count == 90)
        #expect(denied.allSatisfy { $0.rule == "/tools/python_build/limits/0" && $0.retryAfterSeconds == 60 })
        #expect(denied.allSatisfy { $0.policyDigest == policy.digest })
    }

    @Test func countersOfGrantsThatAreGoneAreForgotten() throws {
        var store = MemoryCounterStore(keptSeconds: 60)
        for grant in 0..<10_000 {
            let charges = [charge(10, 60, grant: "\(grant)")]
            #expect(try SlidingWindows.admit("\(grant)", charges, at: Int64(grant) * Self.second, in: &store) == nil)
        }
        // A minute holds 60 of them; the sweep comes once in 1024 calls.
        #expect(store.size <= 60 + 1024)
    }

    private struct Fault: Error {}

    private struct BrokenStore: CounterStore {
        func time(ofNewest rank: Int, in key: CounterKey) throws -> Int64? { throw Fault() }
        mutating func count(_ call: String, at time: Int64, in key: CounterKey) throws { throw Fault() }
        mutating func giveBack(_ call: String) throws { throw Fault() }
    }

    @Test func aStoreThatFailsAdmitsNobody() throws {
        var store = BrokenStore()
        #expect(throws: Fault.self) { try SlidingWindows.admit("1", [self.charge(1, 1)], at: 0, in: &store) }
        let allowed = try Policy.building(#"{"limits":[{"counter":"c","window":"minute","max":10}]}"#).decide()
        let denied = allowed.denied(byFault: "the disk is full")
        #expect(denied.outcome == .deny)
        #expect(denied.rule == "/tools/python_build/limits/0")
    }
}
