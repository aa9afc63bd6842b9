extension Decision {
    /// The denial of a call for which a counter has no room.
    public func denied(by refusal: SlidingWindows.Refusal) -> Decision {
        let seconds = refusal.retryAfterSeconds
        var decision = Decision(
            outcome: .deny, rule: refusal.limit.pointer,
            reason: "the policy allows \(refusal.limit.title); there is room again in \(seconds) s",
            policyDigest: policyDigest)
        decision.retryAfterSeconds = seconds
        return decision
    }

    /// The denial of a call whose counters cannot be read or written: a policy that cannot be kept denies.
    public func denied(byFault fault: String) -> Decision {
        Decision(
            outcome: .deny, rule: charges.first?.limit.pointer ?? "",
            reason: "the policy's counters cannot be kept, so the call is denied: \(fault)", policyDigest: policyDigest)
    }
}
