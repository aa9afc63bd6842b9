public import ArgumentParser
public import Sandbox
import SourceText

/// The limits of a build and the profile that has the others.
struct LimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Wall-clock time for each phase, such as 90s or 5m. (default: 300s)", valueName: "time"))
    var timeout: TimeSpan?

    @Option(
        help: ArgumentHelp("CPU time of all processes in each phase (default: timeout times CPUs).", valueName: "time"))
    var cpuTime: TimeSpan?

    @Option(help: ArgumentHelp("Memory, such as 512MiB or 2GiB; at least 16MiB. (default: 2GiB)", valueName: "size"))
    var memory: ByteSize?

    @Option(help: ArgumentHelp("CPUs, such as 0.5 or 4. (default: 2)", valueName: "count"))
    var cpus: Double?

    @Option(help: ArgumentHelp("Processes and threads. (default: 512)", valueName: "count"))
    var pids: UInt64?

    @Option(
        help: ArgumentHelp(
            "Files that the build writes, wherever it does, such as 4GiB. (default: 2GiB)", valueName: "size"))
    var disk: ByteSize?

    @Option(help: ArgumentHelp("Output that the build prints, such as 64MiB. (default: 16MiB)", valueName: "size"))
    var logLimit: ByteSize?

    @Option(
        help: ArgumentHelp(
            "What happens to a build that prints more: stop it, or trim the middle of its output. (default: stop)",
            valueName: "action"))
    var onLogLimit: LogOverflow?

    @Option(
        help: ArgumentHelp(
            "The sandbox profile: a name, or the path of a file. It has defaults of its own for the limits above.",
            valueName: "name"))
    var profile = "build"

    func validate() throws {
        if let cpus, !LimitSettings.processors.contains(cpus) {
            throw ValidationError("--cpus must be between 0.01 and 4096")
        }
        if let pids, !LimitSettings.processes.contains(pids) {
            throw ValidationError("--pids must be between 8 and 4194304")
        }
        if let memory, memory.bytes < LimitSettings.memory.lowerBound {
            throw ValidationError("--memory must be at least 16MiB")
        }
        if let disk, disk.bytes < LimitSettings.disk.lowerBound {
            throw ValidationError("--disk must be at least 1MiB")
        }
    }

    /// The limits that were given. The profile has the others; the help tells those of `build`.
    var limits: LimitSettings {
        var limits = LimitSettings()
        limits.memoryBytes = memory?.bytes
        limits.diskBytes = disk?.bytes
        limits.pids = pids
        limits.cpus = cpus
        limits.time = timeout?.duration
        limits.logBytes = logLimit?.bytes
        limits.cpuTime = cpuTime?.duration
        limits.logOverflow = onLogLimit
        return limits
    }
}

extension LogOverflow: ExpressibleByArgument {}
