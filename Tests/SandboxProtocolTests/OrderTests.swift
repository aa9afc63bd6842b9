import SandboxProtocol
import Testing

@Suite struct OrderTests {
    typealias Change = @Sendable (inout LaunchOrder) -> Void

    static let changes: [(field: String, change: Change)] = [
        ("arguments", { $0.arguments = ["/bin/sh", "", "-c", "ü \n \u{7f}"] }),
        ("environment", { $0.environment = [] }),
        ("workingDirectory", { $0.workingDirectory = "/elsewhere" }),
        ("insideUser", { $0.identity.insideUser = .max }),
        ("insideGroup", { $0.identity.insideGroup = 0 }),
        ("hostUser", { $0.identity.hostUser = .max }),
        ("hostGroup", { $0.identity.hostGroup = 1 }),
        ("privileged", { $0.identity.privileged = false }),
        ("hostName", { $0.hostName = "" }),
        ("network", { $0.network = .proxy(port: 3128) }),
        ("proxy port", { $0.network = .proxy(port: .max) }),
        ("mounts", { $0.mounts.reverse() }),
        ("no mounts", { $0.mounts = [] }),
        ("memoryBytes", { $0.limits.memoryBytes = 1 }),
        ("scratchBytes", { $0.limits.scratchBytes = 1 }),
        ("scratchInodes", { $0.limits.scratchInodes = 1 }),
        ("pids", { $0.limits.pids = 1 }),
        ("cpuMillis", { $0.limits.cpuMillis = 1 }),
        ("wallMilliseconds", { $0.limits.wallMilliseconds = 1 }),
        ("openFiles", { $0.limits.openFiles = 1 }),
        ("fileBytes", { $0.limits.fileBytes = 1 }),
        ("unified", { $0.cgroup.unified = true }),
        ("parents", { $0.cgroup.parents = [] }),
        ("parent limits", { $0.cgroup.parents[0].limits = [] }),
        ("cgroup name", { $0.cgroup.name = "other" }),
        ("filter", { $0.filter = [] }),
        ("optionalLayers", { $0.optionalLayers = LayerSet(Layer.allCases) }),
        ("no output", { $0.output = nil }),
        ("output", { $0.output = "" }),
        ("reportDescriptor", { $0.reportDescriptor = -1 }),
    ]

    @Test func anOrderIsTheSameOnTheOtherSide() throws {
        #expect(try Frame.decode(Samples.body(Samples.order)) == Samples.order)
    }

    @Test(arguments: changes.indices)
    func aChangeOfOneFieldIsToldAndNothingElse(_ index: Int) throws {
        var changed = Samples.order
        Self.changes[index].change(&changed)
        try #require(changed != Samples.order, "\(Self.changes[index].field) does not change anything")
        #expect(try Frame.decode(Samples.body(changed)) == changed, "\(Self.changes[index].field)")
    }

    @Test(arguments: Samples.mounts)
    func everyMountStepIsTheSameOnTheOtherSide(_ step: MountStep) throws {
        #expect(try Frame.decode(Samples.body(step)) == step)
    }
}
