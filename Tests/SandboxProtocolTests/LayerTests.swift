import SandboxProtocol
import Testing

@Suite struct LayerTests {
    @Test func everyLayerHasANameOfItsOwn() {
        #expect(Set(Layer.allCases.map(\.name)).count == Layer.allCases.count)
        #expect(Set(LaunchStep.allCases.map(\.name)).count == LaunchStep.allCases.count)
    }

    @Test(arguments: Layer.allCases)
    func aNameLeadsBackToItsLayer(_ layer: Layer) throws {
        #expect(Layer(name: layer.name) == layer)
        #expect(try Frame.decode(Samples.body(layer)) == layer)
    }

    @Test(arguments: ["", "cgroup", "Seccomp", "seccomp ", "user_namespace"])
    func noOtherNameIsALayer(_ name: String) {
        #expect(Layer(name: name) == nil)
    }

    @Test func aSetHoldsWhatItWasMadeOf() throws {
        #expect(LayerSet(Layer.allCases).layers == Layer.allCases)
        for layer in Layer.allCases {
            let set = LayerSet(layer)
            #expect(set.layers == [layer])
            #expect(set.contains(layer))
            #expect(Layer.allCases.filter { set.contains($0) } == [layer])
            #expect(try Frame.decode(Samples.body(set)) == set)
        }
        #expect(LayerSet.cgroupLimits.layers == [.cgroupMemory, .cgroupPids, .cgroupCPU, .cgroupCPUTime])
    }
}
