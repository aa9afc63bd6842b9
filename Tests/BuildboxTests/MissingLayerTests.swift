import SandboxProtocol
import Testing

@testable import CommandLineInterface

@Suite struct MissingLayerTests {
    @Test(
        arguments: [
            ("cgroup", .cgroupLimits), ("cgroup-memory", LayerSet(.cgroupMemory)),
            ("cgroup-pids", LayerSet(.cgroupPids)),
            ("cgroup-cpu", LayerSet(.cgroupCPU)), ("cgroup-cpu-time", LayerSet(.cgroupCPUTime)),
            ("landlock", LayerSet(.landlock)),
            ("lock-isolation", LayerSet(.lockIsolation)),
        ] as [(String, LayerSet)])
    func theLimitsOfCgroupsAndLandlockMayBeMissing(_ argument: String, layers: LayerSet) {
        #expect(MissingLayer(argument: argument)?.layers == layers)
        #expect(MissingLayer.allValueStrings.contains(argument))
    }

    @Test(arguments: Layer.allCases.filter { !LayerSet.dispensable.contains($0) })
    func noOtherLayerMay(_ layer: Layer) {
        #expect(MissingLayer(argument: layer.name) == nil)
        #expect(!MissingLayer.allValueStrings.contains(layer.name))
    }

    @Test(arguments: ["", "all", "Cgroup", "cgroup-memory,cgroup-cpu", "cgroups"])
    func whatIsNoLayerIsRefused(_ argument: String) {
        #expect(MissingLayer(argument: argument) == nil)
    }
}
