import SandboxProtocol

/// What the launcher has told so far.
struct LaunchAccount {
    /// Whether the launcher said anything: before it does it has not taken its order.
    private(set) var hasBegun = false
    private(set) var timings: [StepTiming] = []
    private(set) var missing: LayerSet = []
    private(set) var fault: LaunchFault?
    private(set) var command: CommandEnd?
    private(set) var end: RunEnd?
    var output: OutputFolder?

    /// What the run used, as far as either process of the launcher could tell.
    func usage(_ end: RunEnd) -> RunUsage {
        var usage = end.usage
        usage.writtenBytes = max(usage.writtenBytes, command?.writtenBytes ?? 0)
        return usage
    }

    mutating func note(_ record: StatusRecord) {
        hasBegun = true
        switch record {
        case .timings(let more): timings += more
        case .missing(let layer, _, _): missing.insert(LayerSet(layer))
        // The first fault is the cause; what fails after it is its consequence.
        case .failed(let fault): self.fault = self.fault ?? fault
        case .output, .listener, .started: break
        case .exited(let end): command = end
        case .ended(let end): self.end = end
        }
    }
}
