import ArgumentParser

/// The environment of what is run: nothing is inherited.
struct VariableOptions: ParsableArguments {
    @Option(
        name: [.customShort("e", allowingJoined: false), .customLong("env")],
        help: ArgumentHelp(
            "A variable for what is run; without a value, yours. Repeatable.", valueName: "name[=value]"))
    var env: [String] = []

    /// The assignments, a name alone taken from `environment`.
    func values(from environment: [String: String]) throws -> [String: String] {
        var variables: [String: String] = [:]
        for assignment in env {
            let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            guard let name = parts.first, !name.isEmpty, !assignment.utf8.contains(0) else {
                throw ValidationError("-e: \"\(assignment)\" has no name")
            }
            guard let value = parts.count == 2 ? parts[1] : environment[name] else {
                throw ValidationError("-e: \(name) is not set in your environment; write -e \(name)=VALUE")
            }
            variables[name] = value
        }
        return variables
    }
}
