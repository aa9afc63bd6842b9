import BuildAPI

/// The parameters of a request's query: only those that its route has, each read strictly.
struct Query {
    private var values: [String: [String]] = [:]

    /// - Throws: ``HTTPProblem`` with the code `invalid_request` for one that is not known or no text.
    init(_ query: String?, known: Set<String>) throws(HTTPProblem) {
        for item in (query ?? "").split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0], plusIsSpace: true),
                let value = PercentEncoding.decode(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else { throw HTTPProblem(.malformed, "the query is not percent-encoded UTF-8") }
            guard known.contains(name) else {
                let list = known.isEmpty ? "it takes none" : "known are \(known.sorted().joined(separator: ", "))"
                throw HTTPProblem(.invalidRequest, "this route has no parameter \(Self.quoted(name)): \(list)")
            }
            values[name, default: []].append(value)
        }
    }

    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// - Throws: Where it is there twice.
    func one(_ name: String) throws(HTTPProblem) -> String? {
        let found = all(name)
        guard found.count <= 1 else { throw HTTPProblem(.invalidRequest, "the parameter \(name) is there twice") }
        return found.first
    }

    func whole<Number: FixedWidthInteger>(
        _ name: String, in range: ClosedRange<Number>
    ) throws(HTTPProblem) -> Number? {
        guard let text = try one(name) else { return nil }
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Number(text), range.contains(number) else {
            throw HTTPProblem(
                .invalidRequest,
                "the parameter \(name) is a whole number from \(range.lowerBound) to \(range.upperBound), not "
                    + Self.quoted(text))
        }
        return number
    }

    func flag(_ name: String) throws(HTTPProblem) -> Bool {
        switch try one(name) {
        case nil, "0", "false": false
        case "1", "true": true
        case let other?:
            throw HTTPProblem(.invalidRequest, "the parameter \(name) is 0 or 1, not \(Self.quoted(other))")
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.prefix(60).filter { $0.isLetter || $0.isNumber || $0.isPunctuation || $0 == " " } + "\""
    }
}
