import Linux
import SandboxProtocol

/// Measures the stages of a launch, one after the other.
struct StepClock {
    private(set) var timings: [StepTiming] = []
    private var last = monotonicNanoseconds()

    /// Forgets what was done before there was an order: nobody waited for it.
    mutating func restart() {
        timings = []
        last = monotonicNanoseconds()
    }

    /// The stage that began at the last mark is done.
    mutating func mark(_ step: LaunchStep) {
        let now = monotonicNanoseconds()
        timings.append(StepTiming(step: step, nanoseconds: now - last))
        last = now
    }
}
