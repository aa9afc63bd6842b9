import BuildAPI
import SourceText

/// Reads the JSON of a build request strictly: what is not known, of the wrong type or out of range is a fault with
/// its JSON Pointer, and all faults are found at once.
enum BuildDocumentReader {
    /// Bytes of JSON that are read before the document is refused.
    static let largest = 1 << 20

    /// - Throws: `malformed` where the text is no JSON, `invalid_request` where it is no build request.
    static func read(_ bytes: [UInt8]) throws(HTTPProblem) -> BuildDocument {
        let root: SourceValue
        do {
            root = try JSONText.parse(bytes, bounds: SourceBounds(bytes: largest, depth: 16))
        } catch {
            throw HTTPProblem(.malformed, "the build request is no JSON document: \(error)")
        }
        let reader = SourceReader()
        let document = document(root, reader)
        let faults = reader.faults
        guard faults.isEmpty, let document else {
            let places = PointerTable(root)
            let found = faults.map { fault in
                ProblemDocument.Fault(pointer: places[fault.position], detail: fault.message)
            }
            let first = found.first.map { "\($0.pointer.isEmpty ? "the document" : $0.pointer): \($0.detail)" }
            throw HTTPProblem(
                .invalidRequest,
                "the build request has \(found.count) fault\(found.count == 1 ? "" : "s"): \(first ?? "")",
                faults: found)
        }
        return document
    }

    private static let members = [
        "source", "sdist", "wheel", "no_isolation", "skip_dependency_check", "config_settings",
        "dependency_constraints", "verbosity", "python", "environment", "offline", "profile", "limits", "priority",
        "queue_timeout_s", "run_timeout_s",
    ]

    private static func document(_ root: SourceValue, _ reader: SourceReader) -> BuildDocument? {
        guard let object = reader.object(root, members: members) else { return nil }
        var document = BuildDocument(source: source(object["source"], reader))
        document.sdist = reader.boolean(object["sdist"])
        document.wheel = reader.boolean(object["wheel"])
        document.noIsolation = reader.boolean(object["no_isolation"])
        document.skipDependencyCheck = reader.boolean(object["skip_dependency_check"])
        document.configSettings = map(object["config_settings"], reader) { setting($0, reader) }
        document.dependencyConstraints = reader.string(object["dependency_constraints"])
        document.verbosity = reader.signed(object["verbosity"], in: -2...2)
        document.python = reader.text(object["python"], "a version such as \"3.12\"", version)
        document.environment = map(object["environment"], reader) { value in
            reader.text(value, "text without NUL") { $0.utf8.contains(0) ? nil : $0 }
        }
        document.offline = reader.boolean(object["offline"])
        document.profile = reader.text(object["profile"], "a profile's name, not a path", plainName)
        document.limits = limits(object["limits"], reader)
        document.priority = reader.signed(object["priority"], in: -10...10)
        document.queueTimeoutS = reader.signed(object["queue_timeout_s"], in: 1...longestSeconds)
        document.runTimeoutS = reader.signed(object["run_timeout_s"], in: 1...longestSeconds)
        return document
    }

    /// 7 days, as for every time that `buildbox run` takes.
    private static let longestSeconds = 7 * 24 * 3600

    private static func source(_ value: SourceValue?, _ reader: SourceReader) -> SourceDocument? {
        guard let value, let object = reader.object(value, members: ["blob", "folder", "name", "subdirectory"]) else {
            return nil
        }
        let source = SourceDocument(
            blob: reader.text(object["blob"], "a SHA-256 as 64 hexadecimal digits, lower case", sha256),
            folder: reader.text(object["folder"], "an absolute path") {
                $0.hasPrefix("/") && !$0.contains("\0") ? $0 : nil
            },
            name: reader.text(object["name"], "a file name", plainName),
            subdirectory: reader.text(object["subdirectory"], "a relative path without ..", inside))
        if object["blob"] != nil, object["folder"] != nil {
            reader.report("blob and folder exclude each other", at: value.position)
        }
        return source
    }

    private static func limits(_ value: SourceValue?, _ reader: SourceReader) -> LimitsDocument? {
        let members = [
            "time_ms", "cpu_time_ms", "memory_bytes", "disk_bytes", "pids", "cpus", "log_bytes", "on_log_limit",
        ]
        guard let object = reader.object(value, members: members) else { return nil }
        let most = UInt64(1) << 62
        var limits = LimitsDocument()
        limits.timeMs = reader.whole(object["time_ms"], in: 1...UInt64(longestSeconds) * 1000)
        limits.cpuTimeMs = reader.whole(object["cpu_time_ms"], in: 1...UInt64(longestSeconds) * 1000 * 1024)
        limits.memoryBytes = reader.whole(object["memory_bytes"], in: 1...most)
        limits.diskBytes = reader.whole(object["disk_bytes"], in: 1...most)
        limits.pids = reader.whole(object["pids"], in: 1...4_194_304)
        limits.cpus = reader.number(object["cpus"], in: 0.01...1024)
        limits.logBytes = reader.whole(object["log_bytes"], in: 1...most)
        limits.onLogLimit = reader.choice(object["on_log_limit"], among: ["stop": "stop", "trim": "trim"])
        return limits
    }

    private static func setting(_ value: SourceValue, _ reader: SourceReader) -> SettingValue? {
        if case .array = value.content { return reader.list(value, { reader.string($0) }).map { .many($0) } }
        guard case .string(let text) = value.content else {
            return reader.refuse(value, "a string, or an array of strings")
        }
        return .one(text)
    }

    /// An object whose names are for the client to choose.
    private static func map<Value>(
        _ value: SourceValue?, _ reader: SourceReader, _ convert: (SourceValue) -> Value?
    ) -> [String: Value]? {
        guard let value else { return nil }
        guard case .object(let members) = value.content else { return reader.refuse(value, "an object") }
        var result: [String: Value] = [:]
        for member in members { result[member.name] = convert(member.value) }
        return result
    }

    private static func version(_ text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isVersion = parts.allSatisfy { (1...4).contains($0.count) && $0.allSatisfy { ("0"..."9").contains($0) } }
        return (1...3).contains(parts.count) && isVersion ? text : nil
    }

    private static func plainName(_ text: String) -> String? {
        let isPlain = (1...255).contains(text.utf8.count) && text != "." && text != ".." && !text.contains("/")
        return isPlain && !text.utf8.contains(0) ? text : nil
    }

    private static func inside(_ text: String) -> String? {
        let steps = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.utf8.contains(0) || steps.contains { $0.isEmpty || $0 == "." || $0 == ".." } ? nil : text
    }

    static func sha256(_ text: String) -> String? {
        let digits = Set("0123456789abcdef")
        return text.count == 64 && text.allSatisfy(digits.contains) ? text : nil
    }
}

extension SourceReader {
    /// A whole number that may be negative.
    fileprivate func signed(_ value: SourceValue?, in range: ClosedRange<Int>) -> Int? {
        guard let value else { return nil }
        let number: Int? =
            switch value.content {
            case .unsigned(let number): Int(exactly: number)
            case .negative(let number): Int(exactly: number)
            default: nil
            }
        guard let number, range.contains(number) else {
            return refuse(value, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
