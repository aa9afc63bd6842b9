import BuildAPI
import SourceText

/// Reads the arguments of a tool one by one and collects what is wrong with them, so that a model can set all
/// of it right at once.
struct ArgumentReader {
    /// Every fault, as JSON Pointers into the arguments; never empty.
    struct Faults: Error, Equatable {
        let all: [ProblemDocument.Fault]
    }

    static let milliseconds: ClosedRange<Int64> = 1...21_600_000

    private let arguments: [String: JSONValue]
    private let prefix: String
    private var faults: [ProblemDocument.Fault] = []

    var hasFaults: Bool { !faults.isEmpty }

    init(_ arguments: [String: JSONValue], known: [String], prefix: String = "") {
        self.arguments = arguments
        self.prefix = prefix
        // Sorted, and few: a hostile call does not choose how long its answer gets.
        for name in arguments.keys.filter({ !known.contains($0) }).sorted().prefix(8) {
            let near = nearest(to: name, among: known).map { ": \($0) is meant?" } ?? ""
            refuse("", "there is no argument \(quoted(name))\(near)")
        }
    }

    mutating func refuse(_ pointer: String, _ detail: String) {
        faults.append(ProblemDocument.Fault(pointer: prefix + pointer, detail: detail))
    }

    func finish() throws(Faults) {
        guard faults.isEmpty else { throw Faults(all: faults) }
    }

    /// Takes over the faults of a reader of one member.
    mutating func take(_ inner: ArgumentReader) { faults += inner.faults }

    mutating func requireIfAbsent(_ name: String, _ what: String) {
        if arguments[name] == nil { refuse("/\(name)", "it is required: \(what)") }
    }

    /// A string of so many bytes.
    mutating func string(_ name: String, _ lengths: ClosedRange<Int>) -> String? {
        guard let value = present(name) else { return nil }
        guard let text = value.string else { return refuse(name, "a string", value) }
        guard lengths.contains(text.utf8.count), !text.utf8.contains(0) else {
            refuse("/\(name)", "it has \(lengths.lowerBound) to \(lengths.upperBound) bytes, and no NUL")
            return nil
        }
        return text
    }

    mutating func boolean(_ name: String) -> Bool? {
        guard let value = present(name) else { return nil }
        return value.boolean ?? refuse(name, "true or false", value)
    }

    mutating func integer(_ name: String, _ range: ClosedRange<Int64>) -> Int64? {
        guard let value = present(name) else { return nil }
        guard let number = value.integer else { return refuse(name, "a whole number", value) }
        guard range.contains(number) else {
            refuse("/\(name)", "it is \(range.lowerBound) to \(range.upperBound), not \(number)")
            return nil
        }
        return number
    }

    mutating func strings(_ name: String) -> [String]? {
        guard let value = present(name) else { return nil }
        guard let texts = value.array?.map(\.string), !texts.contains(nil) else {
            return refuse(name, "an array of strings", value)
        }
        return texts.compactMap { $0 }
    }

    mutating func object(_ name: String, known: [String]) -> ArgumentReader? {
        guard let value = present(name) else { return nil }
        guard let members = value.object else { return refuse(name, "an object", value) }
        return ArgumentReader(members, known: known, prefix: "\(prefix)/\(name)")
    }

    /// Null stands for an argument that is left out: many clients send it for what a model did not fill in.
    private func present(_ name: String) -> JSONValue? {
        guard let value = arguments[name], value != .null else { return nil }
        return value
    }

    private mutating func refuse<Value>(_ name: String, _ wanted: String, _ value: JSONValue) -> Value? {
        refuse("/\(name)", "it is \(wanted), not \(value.title)")
        return nil
    }
}
