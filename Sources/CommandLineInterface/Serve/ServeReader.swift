import BuildService
import SourceText
import SystemPackage

/// Takes settings out of their text.
struct ServeReader {
    private let values: ServeValues

    init(_ values: ServeValues) {
        self.values = values
    }

    func text(_ key: ServeKey) -> String? { values.values[key]?.text.first }

    func list(_ key: ServeKey) -> [String] { values.values[key]?.text ?? [] }

    func path(_ key: ServeKey) throws(ServeFault) -> FilePath? {
        guard let text = text(key) else { return nil }
        guard !text.isEmpty, !text.utf8.contains(0) else { throw fault(key, "a path") }
        return absolute(text)
    }

    func flag(_ key: ServeKey) throws(ServeFault) -> Bool {
        try required(key, "true or false") { ["true": true, "yes": true, "false": false, "no": false][$0] }
    }

    func whole(_ key: ServeKey, in range: ClosedRange<Int>) throws(ServeFault) -> Int {
        try required(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func size(_ key: ServeKey) throws(ServeFault) -> UInt64 {
        try required(key, "a size such as 512MiB") { ByteSize($0)?.bytes }
    }

    func time(_ key: ServeKey) throws(ServeFault) -> Duration {
        try required(key, "a time such as 30s, 5m or 24h, at most 168h") { TimeSpan($0)?.duration }
    }

    func scopes(_ key: ServeKey) throws(ServeFault) -> Set<Scope> {
        var scopes: Set<Scope> = []
        for word in list(key) {
            guard let scope = Scope(rawValue: word) else {
                throw fault(key, "some of \(Scope.allCases.map(\.rawValue).joined(separator: ", "))", word)
            }
            scopes.insert(scope)
        }
        return scopes
    }

    func required<Value>(
        _ key: ServeKey, _ wanted: String, _ convert: (String) -> Value?
    ) throws(ServeFault) -> Value {
        guard let text = text(key) else { throw fault(key, wanted) }
        guard let value = convert(text) else { throw fault(key, wanted, text) }
        return value
    }

    private func fault(_ key: ServeKey, _ wanted: String, _ found: String? = nil) -> ServeFault {
        let source = values.values[key]?.source ?? "nowhere"
        return ServeFault("\(key.name) (\(source)) takes \(wanted), not \(quoted(found ?? text(key) ?? ""))")
    }
}
