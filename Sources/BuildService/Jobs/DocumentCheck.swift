import BuildAPI
import PythonBuild
import Sandbox

/// What of a request can be refused by looking at it: every fault at once, each with its place.
struct DocumentCheck {
    let settings: ServiceSettings
    private var faults: [ProblemDocument.Fault] = []

    /// Bytes of all variables, or of all settings for the backend, or of the constraints.
    private static let largestText = 128 << 10
    private static let priorities = -10...10

    init(settings: ServiceSettings) {
        self.settings = settings
    }

    static func check(_ document: BuildDocument, _ settings: ServiceSettings) throws(ServiceFault) {
        var check = DocumentCheck(settings: settings)
        check.checkSource(document.source)
        check.checkBuild(document)
        check.checkVariables(document.environment ?? [:])
        check.checkConfig(document.configSettings ?? [:])
        check.checkTimes(document)
        check.checkLimits(document.limits ?? LimitsDocument(), settings.largestLimits)
        guard let first = check.faults.first else { return }
        let more = check.faults.count > 1 ? " (and \(check.faults.count - 1) more)" : ""
        throw ServiceFault(.invalidRequest, "\(first.pointer): \(first.detail)\(more)", faults: check.faults)
    }

    private mutating func refuse(_ pointer: String, _ detail: String) {
        faults.append(ProblemDocument.Fault(pointer: pointer, detail: detail))
    }

    private mutating func checkSource(_ source: SourceDocument?) {
        guard let source else { return refuse("/source", "there is no source: upload one, or name a blob or a folder") }
        switch (source.blob, source.folder) {
        case (nil, nil): refuse("/source", "neither a blob nor a folder is named")
        case (.some, .some): refuse("/source", "a blob and a folder are named: name one of them")
        case (let blob?, nil):
            if !isDigest(blob) { refuse("/source/blob", "a blob is named by 64 hexadecimal digits in lower case") }
            checkName(source.name)
        case (nil, let folder?):
            if !folder.hasPrefix("/") || folder.utf8.contains(0) || folder.utf8.count > 4096 {
                refuse("/source/folder", "a folder is named by its absolute path")
            }
            if source.name != nil { refuse("/source/name", "a folder has no file name: leave it out") }
        }
        if source.size != nil { refuse("/source/size", "the size is the server's to set: leave it out") }
        if let subdirectory = source.subdirectory, !Self.isSubdirectory(subdirectory) {
            refuse("/source/subdirectory", "it is a relative path of plain names, without . and ..")
        }
    }

    private mutating func checkName(_ name: String?) {
        guard let name else { return refuse("/source/name", "the archive's file name is missing: it tells the format") }
        let isPlain =
            !name.isEmpty && name.utf8.count <= 200 && !name.hasPrefix(".") && !name.hasPrefix("-")
            && !name.unicodeScalars.contains {
                $0 == "/" || $0 == "\\" || $0.value < 32 || (127...159).contains($0.value)
            }
        guard isPlain, ArchiveFormat(fileName: name) != nil else {
            return refuse("/source/name", "it is one file name that ends in .tar.gz, .tgz, .tar.zst or .zip")
        }
    }

    private mutating func checkBuild(_ document: BuildDocument) {
        if let python = document.python, !settings.interpreters.contains(python), !Self.isInterpreter(python) {
            let names = settings.interpreters.sorted().map { ", \($0)" }.joined()
            refuse("/python", "an interpreter is named by its version, such as 3.12 or pypy3.10\(names)")
        }
        if let profile = document.profile {
            let known = settings.profiles.map { $0.contains(profile) } ?? true
            if !Self.isProfile(profile) {
                refuse("/profile", "a profile is named by letters a to z, digits and -")
            } else if !known {
                refuse("/profile", "the operator does not offer the profile \(profile)")
            }
        }
        if let verbosity = document.verbosity, !(-2...2).contains(verbosity) { refuse("/verbosity", "it is -2 to 2") }
        if let priority = document.priority, !Self.priorities.contains(priority) {
            refuse("/priority", "it is -10 to 10")
        }
        let isolated = !(document.noIsolation ?? false)
        if document.skipDependencyCheck ?? false, isolated {
            refuse("/skip_dependency_check", "it has a meaning only together with no_isolation")
        }
        if let constraints = document.dependencyConstraints {
            if !isolated {
                refuse("/dependency_constraints", "it has no meaning with no_isolation: nothing is installed")
            }
            if constraints.utf8.count > Self.largestText || constraints.utf8.contains(0) {
                refuse("/dependency_constraints", "it is text of at most \(Self.largestText) bytes")
            }
        }
    }

    private mutating func checkVariables(_ variables: [String: String]) {
        var bytes = 0
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
            bytes += name.utf8.count + value.utf8.count
            if !Self.isVariable(name) {
                refuse("/environment/\(Self.pointer(name))", "it is no name of an environment variable")
            } else if value.utf8.contains(0) {
                refuse("/environment/\(name)", "the value has a NUL in it")
            }
        }
        if bytes > Self.largestText { refuse("/environment", "the variables have more than \(Self.largestText) bytes") }
    }

    private mutating func checkConfig(_ config: [String: SettingValue]) {
        var bytes = 0
        for (name, value) in config.sorted(by: { $0.key < $1.key }) {
            let values: [String]
            switch value {
            case .one(let text): values = [text]
            case .many(let texts): values = texts
            }
            bytes += values.reduce(name.utf8.count) { $0 + $1.utf8.count + 4 }
            if name.isEmpty || ([name] + values).contains(where: { $0.utf8.contains(0) }) {
                refuse("/config_settings/\(Self.pointer(name))", "a name is empty, or there is a NUL in it")
            }
        }
        if bytes > Self.largestText { refuse("/config_settings", "they have more than \(Self.largestText) bytes") }
    }

    private mutating func checkTimes(_ document: BuildDocument) {
        let times = [
            ("/queue_timeout_s", document.queueTimeoutS, settings.largestQueueTime),
            ("/run_timeout_s", document.runTimeoutS, settings.largestRunTime),
        ]
        for (pointer, seconds, largest) in times {
            let most = Int(largest / .seconds(1))
            if let seconds, !(1...max(1, most)).contains(seconds) { refuse(pointer, "it is 1 to \(most) seconds") }
        }
    }

    private mutating func checkLimits(_ limits: LimitsDocument, _ largest: LimitsDocument) {
        // The clocks of a phase and of its processes have the same bound: 30 days are more than any phase needs.
        let times: ClosedRange<UInt64> = 1...2_592_000_000
        check("time_ms", limits.timeMs, times, largest.timeMs)
        check("cpu_time_ms", limits.cpuTimeMs, times, largest.cpuTimeMs)
        check("memory_bytes", limits.memoryBytes, LimitSettings.memory, largest.memoryBytes)
        check("disk_bytes", limits.diskBytes, LimitSettings.disk, largest.diskBytes)
        check("pids", limits.pids, LimitSettings.processes, largest.pids)
        check("cpus", limits.cpus, LimitSettings.processors, largest.cpus)
        check("log_bytes", limits.logBytes, 1...LimitSettings.disk.upperBound, largest.logBytes)
        if let overflow = limits.onLogLimit, LogOverflow(rawValue: overflow) == nil {
            refuse("/limits/on_log_limit", "it is \(LogOverflow.allCases.map(\.rawValue).joined(separator: " or "))")
        }
    }

    private mutating func check<Value: Comparable>(
        _ name: String, _ value: Value?, _ range: ClosedRange<Value>, _ largest: Value?
    ) {
        guard let value else { return }
        let most = largest.map { min($0, range.upperBound) } ?? range.upperBound
        if !(value >= range.lowerBound && value <= most) {
            refuse("/limits/\(name)", "it is \(range.lowerBound) to \(most) here")
        }
    }

    /// Only what starts an interpreter: the name is looked up on the operator's PATH.
    private static func isInterpreter(_ text: String) -> Bool {
        let version =
            text.hasPrefix("pypy") ? text.dropFirst(4) : text.hasPrefix("python") ? text.dropFirst(6) : text[...]
        let parts = version.split(separator: ".", omittingEmptySubsequences: false)
        return (1...3).contains(parts.count)
            && parts.allSatisfy { (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy { (48...57).contains($0) } }
    }

    private static func isProfile(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && !text.hasPrefix("-")
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isVariable(_ name: String) -> Bool {
        let isWord = name.utf8.allSatisfy { byte in
            (65...90).contains(byte) || (97...122).contains(byte) || (48...57).contains(byte) || byte == 95
        }
        return isWord && name.utf8.count <= 256 && name.utf8.first.map { !(48...57).contains($0) } ?? false
    }

    private static func isSubdirectory(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return path.utf8.count <= 1024 && !path.unicodeScalars.contains { $0.value < 32 }
            && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }

    /// A name as a token of a JSON Pointer (RFC 6901).
    private static func pointer(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
