/// What the operator told pip, by pip's names of its options: its variables (`PIP_...`).
struct PipSettings: Sendable {
    struct Setting: Equatable, Sendable {
        let value: String
        /// Where it was found, for messages.
        let origin: String

        /// White space separates where pip takes several.
        var words: [String] { value.split(whereSeparator: \.isWhitespace).map(String.init) }

        /// As pip reads switches.
        var isOn: Bool { !["0", "false", "no", "off", "n", "f"].contains(value.lowercased()) }
    }

    private let settings: [String: Setting]

    init(environment: [String: String]) {
        var settings: [String: Setting] = [:]
        for (name, value) in environment where name.hasPrefix("PIP_") && !value.isEmpty {
            let option = name.dropFirst(4).lowercased().replacing("_", with: "-")
            settings[option] = Setting(value: value, origin: name)
        }
        self.settings = settings
    }

    /// The first of these options, each another spelling of the same, that is set.
    subscript(_ options: String...) -> Setting? { options.lazy.compactMap { settings[$0] }.first }
}
