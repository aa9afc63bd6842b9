import Linux
public import Policy
public import SystemPackage

/// What a decision costs a service: deciding on the call, looking at its counters and counting it, in the database's
/// transaction. Its commit is the job's own and not part of it.
public enum PolicyCost {
    /// Makes counters that are nearly full, and times calls.
    ///
    /// - Parameters:
    ///   - policy: Whose limits are to let each grant have a call more.
    ///   - grants: Each with one call less than it may have.
    ///   - calls: Of one grant after the other, as many as `grants` at most.
    ///   - folder: For the database.
    /// - Returns: Nanoseconds of each call.
    /// - Throws: ``ServiceFault`` when the database cannot be used, or a call is not let through.
    public static func measure(
        _ policy: Policy, grants: Int, calls: Int, in folder: FilePath
    ) async throws(ServiceFault) -> [UInt64] {
        let database = try ServiceDatabase(path: folder.appending("cost.sqlite"))
        let kept = SQLiteCounterStore.kept(for: policy)
        let clock = CounterClock(notBefore: nil)
        try await database.write("fill the counters") { database in
            var store = SQLiteCounterStore(database: database, keptSeconds: kept)
            for grant in 0..<grants {
                let charges = policy.decide(call(grant)).charges
                for number in 1..<(charges.map(\.limit.max).min() ?? 1) {
                    _ = try SlidingWindows.admit("\(grant) \(number)", charges, at: clock.now(), in: &store)
                }
            }
        }
        var times: [UInt64] = []
        for number in 0..<calls {
            // Neighbours in the database are not neighbours in time.
            let grant = number * 7919 % grants
            times.append(
                try await database.write("count a call") { database in
                    var store = SQLiteCounterStore(database: database, keptSeconds: kept)
                    let start = monotonicNanoseconds()
                    let decision = policy.decide(call(grant))
                    let refusal = try SlidingWindows.admit(
                        "call \(number)", decision.charges, at: clock.now(), in: &store)
                    let end = monotonicNanoseconds()
                    if let refusal { throw ServiceFault.denied(decision.denied(by: refusal)) }
                    return end - start
                })
        }
        return times
    }

    private static func call(_ grant: Int) -> PolicyCall {
        PolicyCall(
            tool: Policy.build, grant: "grant-\(grant)",
            arguments: .object(["directory": .string("/srv/src/project-\(grant)"), "timeout": .unsigned(300_000)]))
    }
}
