import ArgumentParser
import SandboxProtocol

/// A layer that a caller can do without: the cgroup limits, which an ordinary user may be unable to
/// have (`cgroup` is all of them), Landlock, which many kernels lack, and the isolation of locks,
/// which some file systems prevent.
struct MissingLayer: ExpressibleByArgument {
    let layers: LayerSet

    init?(argument: String) {
        if argument == "cgroup" {
            layers = .cgroupLimits
        } else if let layer = Layer(name: argument), LayerSet.dispensable.contains(layer) {
            layers = LayerSet(layer)
        } else {
            return nil
        }
    }

    static var allValueStrings: [String] { ["cgroup"] + LayerSet.dispensable.layers.map(\.name) }
}
