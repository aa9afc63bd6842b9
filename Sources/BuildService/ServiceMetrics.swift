import BuildAPI
import FoundationEssentials
import Metrics
import PythonBuild

/// What the service tells of itself through swift-metrics. Times are recorded in nanoseconds, as its timers have them.
struct ServiceMetrics: Sendable {
    private let queued = Gauge(label: "buildbox_jobs_queued")
    private let running = Gauge(label: "buildbox_jobs_running")
    private let wait = Timer(label: "buildbox_queue_wait_seconds")
    private let launch = Timer(label: "buildbox_launcher_seconds")
    private let logBytes = Counter(label: "buildbox_log_bytes_total")
    private let uploadBytes = Counter(label: "buildbox_upload_bytes_total")
    private let artifactBytes = Counter(label: "buildbox_artifact_bytes_total")
    private let lost = Counter(label: "buildbox_attempts_lost_total")

    func jobs(queued: Int, running: Int) {
        self.queued.record(queued)
        self.running.record(running)
    }

    func waited(_ seconds: Double) { wait.recordSeconds(seconds) }

    func admitted() { Counter(label: "buildbox_admissions_total", dimensions: [("outcome", "admitted")]).increment() }

    func refused(_ fault: ServiceFault) {
        Counter(label: "buildbox_admissions_total", dimensions: [("outcome", fault.code.rawValue)]).increment()
    }

    func uploaded(_ bytes: UInt64) { uploadBytes.increment(by: Int64(clamping: bytes)) }

    func attemptLost() { lost.increment() }

    func event(_ event: BuildEvent) {
        switch event {
        case .log(_, let bytes): logBytes.increment(by: bytes.count)
        case .phaseEnded(let report):
            Timer(
                label: "buildbox_phase_seconds",
                dimensions: [("phase", report.name.rawValue), ("outcome", report.outcome.rawValue)]
            ).recordMilliseconds(Int64(clamping: report.durationMs))
        case .launched(let duration): launch.record(duration: duration)
        case .environment(let report):
            Counter(
                label: "buildbox_environment_cache_total", dimensions: [("result", report.cache.rawValue)]
            ).increment()
        case .phaseStarted, .note: break
        }
    }

    /// A job ended.
    func ended(_ state: JobState, _ result: BuildResult) {
        Counter(
            label: "buildbox_builds_total",
            dimensions: [("status", state.rawValue), ("reason", result.reason?.code ?? "none")]
        ).increment()
        Timer(label: "buildbox_build_seconds", dimensions: [("status", state.rawValue)])
            .recordMilliseconds(Int64(clamping: result.resources.wallMs))
        artifactBytes.increment(by: Int64(clamping: result.artifacts.reduce(0) { $0 + $1.size }))
    }
}
