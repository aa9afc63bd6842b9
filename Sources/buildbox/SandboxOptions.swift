public import ArgumentParser
import Glibc
import PythonBuild
public import Sandbox
import SandboxProtocol

/// What the build may see and use.
struct SandboxOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A file or folder of yours to read, at its own path. Repeatable.", valueName: "path"))
    var ro: [String] = []

    @Option(help: ArgumentHelp("Wall-clock time for each phase, such as 90s or 5m.", valueName: "time"))
    var timeout = TimeSpan(.seconds(300))

    @Option(
        help: ArgumentHelp("CPU time of all processes in each phase (default: timeout times CPUs).", valueName: "time"))
    var cpuTime: TimeSpan?

    @Option(help: ArgumentHelp("Memory, such as 512MiB or 2GiB; at least 16MiB.", valueName: "size"))
    var memory = ByteSize(2 << 30)

    @Option(help: ArgumentHelp("CPUs, such as 0.5 or 4.", valueName: "count"))
    var cpus: Double = 2

    @Option(help: ArgumentHelp("Processes and threads.", valueName: "count"))
    var pids: UInt64 = 512

    @Option(help: ArgumentHelp("Files that the build writes, wherever it does, such as 4GiB.", valueName: "size"))
    var disk = ByteSize(2 << 30)

    @Option(help: ArgumentHelp("Output that the build prints, such as 64MiB.", valueName: "size"))
    var logLimit = ByteSize(16 << 20)

    @Option(help: ArgumentHelp("What happens to a build that prints more: stop it, or trim the middle of its output."))
    var onLogLimit = LogOverflow.stop

    @Option(help: ArgumentHelp("The sandbox profile: a name, or the path of a file.", valueName: "name"))
    var profile = "build"

    @Option(
        help: ArgumentHelp(
            "A layer that may be missing where it cannot be had. Repeatable.", valueName: "layer"))
    var allowMissing: [MissingLayer] = []

    func validate() throws {
        guard cpus >= 0.01, cpus <= 4096 else { throw ValidationError("--cpus must be between 0.01 and 4096") }
        guard pids >= 8, pids <= 4_194_304 else { throw ValidationError("--pids must be between 8 and 4194304") }
        guard memory.bytes >= 16 << 20 else { throw ValidationError("--memory must be at least 16MiB") }
        guard disk.bytes >= 1 << 20 else { throw ValidationError("--disk must be at least 1MiB") }
    }

    func checkPaths() throws {
        for path in ro where access(path, F_OK) != 0 { throw ValidationError("--ro: there is no \(path)") }
    }

    func apply(to request: inout BuildRequest) {
        request.profile = profile
        request.allowMissing = missing
        request.limits = limits
        request.readOnlyPaths = ro.map(absolute)
    }

    var missing: LayerSet { allowMissing.reduce(into: []) { $0.formUnion($1.layers) } }

    var limits: SandboxLimits {
        SandboxLimits(
            memoryBytes: memory.bytes, diskBytes: disk.bytes, pids: pids, cpus: cpus, time: timeout.duration,
            cpuTime: cpuTime?.duration, logBytes: logLimit.bytes, logOverflow: onLogLimit)
    }
}

extension LogOverflow: ExpressibleByArgument {}
