import Configuration

/// A setting of `buildbox serve`: `--tls-certificate`, `BUILDBOX_TLS_CERTIFICATE`, or in the file `tls: certificate:`.
struct ServeKey: Sendable, Hashable {
    enum Form: Sendable {
        case one
        /// In the file a list; elsewhere separated by commas.
        case several
    }

    /// With a dot where the file has a section.
    let name: String
    let form: Form
    /// As text; nil where nothing is set.
    let standard: String?

    init(_ name: String, _ form: Form = .one, standard: String? = nil) {
        self.name = name
        self.form = form
        self.standard = standard
    }

    var flag: String { "--" + name.replacing(".", with: "-") }

    var variable: String { "BUILDBOX_" + name.uppercased().replacing(".", with: "_").replacing("-", with: "_") }

    var key: ConfigKey { ConfigKey(name) }

    static func == (left: ServeKey, right: ServeKey) -> Bool { left.name == right.name }

    func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
