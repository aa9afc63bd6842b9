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
