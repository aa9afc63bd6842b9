import FoundationEssentials

/// Settings for the build backend (PEP 517, config_settings), as given on the command line.
public enum ConfigSettings: Sendable {
    /// `-C KEY=VALUE`, in order; a repeated key makes a list.
    case assignments([String])
    /// `--config-json`: one JSON object.
    case json(String)

    public init(assignments: [String]) {
        self = .assignments(assignments)
    }

    /// What the frontend is given.
    var options: [String] {
        switch self {
        case .assignments(let list): list.map { "--config-setting=\($0)" }
        case .json(let text): ["--config-json=\(text)"]
        }
    }

    /// The object that the frontend makes of them, as JSON.
    func object() throws(BuildFailure) -> String {
        switch self {
        case .json(let text): return text
        case .assignments(let list):
            var settings: [String: SettingValue] = [:]
            for assignment in list {
                let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let value = parts.count == 2 ? String(parts[1]) : ""
                settings[String(parts[0])] = settings[String(parts[0])]?.appending(value) ?? .one(value)
            }
            return try JSON.text(settings)
        }
    }

    private enum SettingValue: Encodable {
        case one(String)
        case many([String])

        func appending(_ value: String) -> SettingValue {
            switch self {
            case .one(let first): .many([first, value])
            case .many(let values): .many(values + [value])
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .one(let value): try container.encode(value)
            case .many(let values): try container.encode(values)
            }
        }
    }
}
