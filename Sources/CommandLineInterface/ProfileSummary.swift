import Sandbox
import SandboxProtocol
import SourceText
import SystemPackage

/// What `buildbox profile show` shows.
struct ProfileSummary: Encodable {
    struct Limits: Encodable {
        var memory: String
        var disk: String
        var cpus: Double
        var pids: UInt64
        var time: String
        /// Nil where the profile sets none.
        var cpuTime: String?
        var log: String
    }

    struct Layers: Encodable {
        var required: [String]
        var whereAvailable: [String]
    }

    var name: String
    var file: String
    var description: String
    var digest: String
    var limits: Limits
    var layers: Layers
    var tcp: String
    var callsAllowed: Int
    var callsDecidedByArgument: Int
    var readOnly: [String]
    var hidden: [String]
    /// What `hidden` is on this host.
    var covered: [String]

    init(_ profile: SandboxProfile) {
        name = profile.name
        file = profile.file.string
        description = profile.description
        digest = profile.digest
        let values = SandboxLimits().setting(profile.limits)
        limits = Limits(
            memory: ByteSize(values.memoryBytes).description, disk: ByteSize(values.diskBytes).description,
            cpus: values.cpus, pids: values.pids, time: TimeSpan(values.time).description,
            cpuTime: profile.limits.cpuTime.map { TimeSpan($0).description }, log: ByteSize(values.logBytes).description
        )
        layers = Layers(
            required: profile.required.layers.map(\.name), whereAvailable: profile.whereAvailable.layers.map(\.name))
        tcp = profile.landlock.tcp.rawValue
        callsAllowed = profile.allowedCalls
        callsDecidedByArgument = profile.callsDecidedByArgument
        readOnly = profile.readOnly
        hidden = profile.hidden
        covered = profile.coveredPaths()
    }

    var lines: [String] {
        let cpuTime = limits.cpuTime.map { ", cpu_time \($0)" } ?? ""
        return [
            "name          \(name)",
            "file          \(file)",
            "limits        memory \(limits.memory), disk \(limits.disk), cpus \(limits.cpus), pids \(limits.pids), "
                + "time \(limits.time)\(cpuTime), log \(limits.log)",
            "system calls  \(callsAllowed) allowed, \(callsDecidedByArgument) decided by argument",
            "TCP           \(tcp)",
            "shown         \(readOnly.isEmpty ? "nothing beside the base" : readOnly.joined(separator: ", "))",
            "hidden        \(hidden.count) patterns, \(covered.count) files and folders on this host",
            "required      \(layers.required.joined(separator: ", "))",
            "if available  \(layers.whereAvailable.isEmpty ? "-" : layers.whereAvailable.joined(separator: ", "))",
            "",
            description,
        ]
    }
}
