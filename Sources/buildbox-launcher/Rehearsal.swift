import CLinux
import SandboxProtocol

/// What a launcher does while nobody waits for it, so that it takes less time when somebody does. Nothing depends on it.
enum Rehearsal {
    /// Reads an order like the one that will come. The runtime makes the metadata of a type when it is first used, and what the
    /// outer process has of that its clone has, too; the code is mapped for each when it first runs it.
    static func readOrder(like preparation: LaunchPreparation) {
        let limits = LaunchLimits(
            memoryBytes: 1, scratchBytes: 1, scratchInodes: 1, pids: 1, cpuMillis: 1, cpuTimeMilliseconds: 1,
            wallMilliseconds: 1, openFiles: 1, fileBytes: 1)
        let order = LaunchOrder(
            arguments: ["/"], environment: ["NAME=value"], workingDirectory: "/", identity: preparation.identity,
            hostName: preparation.hostName, network: .none, mounts: preparation.mounts, limits: limits,
            cgroup: preparation.cgroup, filter: [], optionalLayers: preparation.optionalLayers, output: "/")
        let body = Array(Frame.encode(LaunchMessage.order(order)).dropFirst(Frame.headerSize))
        _ = Result { () throws(LaunchFault) in try decodeMessage(body) }
    }
}
