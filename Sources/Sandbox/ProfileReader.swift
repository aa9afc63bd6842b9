import SandboxProtocol
import SourceText
import SystemPackage

/// Reads the text of a profile file, collecting every fault.
struct ProfileReader {
    private let file: FilePath
    let source = SourceReader()

    init(_ file: FilePath) {
        self.file = file
    }

    var faults: [SourceFault] { source.faults }

    /// - Returns: Nil when there are ``faults``.
    /// - Throws: ``ProfileFaults`` for a text that is no JSON.
    func read(_ bytes: [UInt8]) throws(ProfileFaults) -> ProfileContents? {
        let document: SourceValue
        do throws(SourceFault) {
            document = try JSONText.parse(bytes)
        } catch {
            throw ProfileFaults(file: file, [error])
        }
        let contents = read(document)
        return faults.isEmpty ? contents : nil
    }

    private func read(_ document: SourceValue) -> ProfileContents? {
        let names = [
            "$schema", "name", "description", "seccomp", "mounts", "maskedPaths", "readonlyPaths", "landlock", "limits",
            "layers",
        ]
        guard let profile = source.object(document, members: names) else { return nil }
        _ = source.string(profile["$schema"])
        let name = name(profile.required("name"))
        let description = source.string(profile.required("description"))
        let seccomp = seccomp(profile.required("seccomp"))
        let mounts = source.object(profile.required("mounts"), members: ["readOnly", "hidden"])
        let readOnly = shownPaths(mounts?["readOnly"])
        let hidden = source.list(mounts?["hidden"]) { path($0, pattern: true) } ?? []
        let masked = source.list(profile.required("maskedPaths")) { kernelPath($0) }
        let readonly = source.list(profile.required("readonlyPaths")) { kernelPath($0) }
        let landlock = landlock(profile.required("landlock"))
        let limits = limits(profile.required("limits"))
        let layers = layers(profile.required("layers"))
        guard let name, let description, let seccomp, let masked, let readonly, let landlock, let limits, let layers
        else { return nil }
        return ProfileContents(
            name: name, description: description, seccomp: seccomp, readOnly: readOnly, hidden: hidden,
            maskedPaths: masked, readonlyPaths: readonly, landlock: landlock, limits: limits,
            required: layers.required, whereAvailable: layers.whereAvailable)
    }

    /// The name that the file has, too: whoever reads a result finds the file.
    private func name(_ value: SourceValue?) -> String? {
        guard let value, let name = source.string(value) else { return nil }
        guard ProfileSearch.isName(name) else {
            return source.refuse(value, "a name of small letters, digits and hyphens, 64 at most")
        }
        if let stem = file.stem, stem != name {
            source.report(
                "the name is \(quoted(name)) and the file's is \(quoted(stem)): they must agree", at: value.position)
        }
        return name
    }

    private func landlock(_ value: SourceValue?) -> LandlockRules? {
        let rules = source.object(value, members: ["tcp"])
        return source.choice(rules?.required("tcp"), among: ["allow": .allow, "deny": .deny])
            .map { LandlockRules(tcp: $0) }
    }

    private func limits(_ value: SourceValue?) -> LimitSettings? {
        let names = ["memory", "disk", "cpus", "pids", "time", "cpu_time", "log"]
        guard let object = source.object(value, members: names) else { return nil }
        var limits = LimitSettings()
        limits.memoryBytes = size(object["memory"], in: LimitSettings.memory)
        limits.diskBytes = size(object["disk"], in: LimitSettings.disk)
        limits.logBytes = size(object["log"], in: 1...1 << 52)
        limits.cpus = source.number(object["cpus"], in: LimitSettings.processors)
        limits.pids = source.whole(object["pids"], in: LimitSettings.processes)
        limits.time = time(object["time"])
        limits.cpuTime = time(object["cpu_time"])
        return limits
    }

    private func size(_ value: SourceValue?, in range: ClosedRange<UInt64>) -> UInt64? {
        source.text(
            value, "a size from \(ByteSize(range.lowerBound)) to \(ByteSize(range.upperBound)), such as \"512MiB\""
        ) { text in
            ByteSize(text).map(\.bytes).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    private func time(_ value: SourceValue?) -> Duration? {
        source.text(value, "a time from 1ms to 168h, such as \"300s\"") { TimeSpan($0)?.duration }
    }

    /// Every layer is named once. Only those that a host may be unable to give can do without.
    private func layers(_ value: SourceValue?) -> (required: LayerSet, whereAvailable: LayerSet)? {
        guard let value, let object = source.object(value, members: ["required", "where_available"]) else { return nil }
        let required = layerSet(object.required("required"))
        let free = LayerSet.dispensable
        let whereAvailable = layerSet(object.required("where_available")) { layer in
            if free.contains(layer) { return required?.contains(layer) == true ? "it is required already" : nil }
            return "no command runs without this layer: it belongs into \"required\""
        }
        guard let required, let whereAvailable else { return nil }
        for layer in LayerSet(Layer.allCases).subtracting(required.union(whereAvailable)).layers {
            let where_ = free.contains(layer) ? "\"required\" or \"where_available\"" : "\"required\""
            source.report("the layer \(quoted(layer.name)) is missing in \(where_)", at: value.position)
        }
        return (required, whereAvailable)
    }

    private func layerSet(_ value: SourceValue?, objection: (Layer) -> String? = { _ in nil }) -> LayerSet? {
        source.array(value)?.reduce(into: LayerSet()) { set, element in
            guard let layer = layer(element) else { return }
            if let objection = objection(layer) ?? (set.contains(layer) ? "it is named twice" : nil) {
                source.report("\(quoted(layer.name)): \(objection)", at: element.position)
            }
            set.insert(LayerSet(layer))
        }
    }

    private func layer(_ value: SourceValue) -> Layer? {
        guard let text = source.string(value) else { return nil }
        if let layer = Layer(name: text) { return layer }
        let guess = nearest(to: text, among: Layer.allCases.map(\.name)).map { ": did you mean \(quoted($0))?" } ?? ""
        return source.refuse(value, "the name of a layer", guess)
    }
}
