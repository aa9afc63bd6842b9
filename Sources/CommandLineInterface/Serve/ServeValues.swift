import Configuration
import Foundation
import SystemPackage

/// What `buildbox serve` is set to, as text, and where each value comes from: flags before variables before the file
/// before defaults.
struct ServeValues {
    /// A value, and whoever set it, for messages.
    struct Value: Equatable {
        var text: [String]
        /// `--listen`, `BUILDBOX_LISTEN`, a file's path, or `default`.
        var source: String
    }

    private(set) var values: [ServeKey: Value] = [:]

    /// - Parameters:
    ///   - flags: By key name; lists separated by commas.
    ///   - environment: Variables; those of buildbox count.
    ///   - file: Nil for none.
    /// - Throws: ``ServeFault``: the file cannot be read, or has a key that is not known.
    init(flags: [String: String], environment: [String: String], file: FilePath?) async throws(ServeFault) {
        let variables = environment.filter { !$0.value.isEmpty }
        var providers: [(any ConfigProvider, @Sendable (ServeKey) -> String)] = [
            (Self.text(flags), \.flag),
            (EnvironmentVariablesProvider(environmentVariables: Self.own(variables)), \.variable),
        ]
        if let file { providers.append((try await Self.provider(file), { _ in file.string })) }
        let standards = ServeKey.all.compactMap { key in key.standard.map { (key.name, $0) } }
        providers.append((Self.text(Dictionary(uniqueKeysWithValues: standards)), { _ in "default" }))
        for key in ServeKey.all {
            let source = SourceReporter()
            let reader = ConfigReader(providers: providers.map(\.0), accessReporter: source)
            let found: [String]? =
                switch key.form {
                case .one: reader.string(forKey: key.key).map { [$0] }
                case .several: reader.stringArray(forKey: key.key)
                }
            guard let index = source.index else { continue }
            guard let found else {
                let wanted = key.form == .one ? "one value" : "a list"
                throw ServeFault("\(key.name) in \(providers[index].1(key)) is not \(wanted): \(source.fault ?? "")")
            }
            values[key] = Value(text: found, source: providers[index].1(key))
        }
    }

    /// The file to read: the one that was named, or the user's, or the host's, where it is there.
    static func file(named: String?, environment: [String: String]) -> FilePath? {
        if let named { return absolute(named) }
        let home = environment["XDG_CONFIG_HOME"] ?? environment["HOME"].map { $0 + "/.config" }
        let candidates = [home.map { $0 + "/buildbox/serve.yaml" }, "/etc/buildbox/serve.yaml"].compactMap { $0 }
        return candidates.first { FileManager.default.fileExists(atPath: $0) }.map { FilePath($0) }
    }

    private static func text(_ values: [String: String]) -> InMemoryProvider {
        var entries: [AbsoluteConfigKey: ConfigValue] = [:]
        for key in ServeKey.all {
            guard let text = values[key.name] else { continue }
            let content: ConfigContent =
                switch key.form {
                case .one: .string(text)
                case .several: .stringArray(text.split(separator: ",").map(String.init))
                }
            entries[AbsoluteConfigKey(key.key)] = ConfigValue(content, isSecret: false)
        }
        return InMemoryProvider(values: entries)
    }

    private static func own(_ variables: [String: String]) -> [String: String] {
        let own = variables.filter { $0.key.hasPrefix("BUILDBOX_") }.map { (String($0.key.dropFirst(9)), $0.value) }
        return Dictionary(uniqueKeysWithValues: own)
    }

    private static func provider(_ file: FilePath) async throws(ServeFault) -> FileProvider<YAMLSnapshot> {
        let found = FoundKeys()
        do {
            // It is asked of every key of the file whether it is secret: so they are all known.
            let options = YAMLSnapshot.ParsingOptions(secretsSpecifier: .dynamic { key, _ in found.note(key) })
            let provider = try await FileProvider<YAMLSnapshot>(parsingOptions: options, filePath: file)
            let names = ServeKey.all.map(\.name)
            if let unknown = found.names.first(where: { !names.contains($0) }) {
                throw ServeFault(
                    "\(file) has the key \(unknown), which is not known; known are \(names.joined(separator: ", "))")
            }
            return provider
        } catch let fault as ServeFault {
            throw fault
        } catch {
            throw ServeFault("cannot read the settings in \(file): \(error)")
        }
    }
}
