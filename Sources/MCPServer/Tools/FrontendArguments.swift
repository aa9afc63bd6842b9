import BuildAPI
import SourceText

/// The options of `python -m build` that a caller may give in `args`, understood one by one: nothing of them is
/// passed on as text. Options are those of build 1.6.
struct FrontendArguments: Equatable {
    var sdist = false
    var wheel = false
    var noIsolation = false
    var skipDependencyCheck = false
    /// -2 to 2.
    var verbosity = 0
    var settings: [String: SettingValue] = [:]

    /// What is wrong with an argument, and where in `args` it stands.
    struct Fault: Error, Equatable {
        let index: Int
        let message: String
    }

    static let most = 64
    static let longest = 4096

    init() {}

    /// - Throws: The first ``Fault``.
    init(_ arguments: [String]) throws(Fault) {
        guard arguments.count <= Self.most else {
            throw Fault(index: Self.most, message: "there are \(arguments.count) arguments; \(Self.most) are taken")
        }
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            func refuse(_ message: String) -> Fault { Fault(index: index, message: message) }
            guard argument.utf8.count <= Self.longest, !argument.utf8.contains(0) else {
                throw refuse("an argument has at most \(Self.longest) bytes and no NUL")
            }
            let next = index + 1 < arguments.count ? arguments[index + 1] : nil
            let taken: Int
            do throws(Refusal) {
                taken =
                    if argument.hasPrefix("--") {
                        try takeLong(argument, next)
                    } else if argument.hasPrefix("-"), argument != "-" {
                        try takeShort(argument.dropFirst(), next)
                    } else {
                        throw Refusal(
                            "\(quoted(argument)) would be a second source folder: the source is named by `directory` or `source`"
                        )
                    }
            } catch {
                throw refuse(error.message)
            }
            index += taken
        }
    }

    private struct Refusal: Error {
        let message: String

        init(_ message: String) { self.message = message }
    }

    private mutating func takeLong(_ argument: String, _ next: String?) throws(Refusal) -> Int {
        let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let joined = parts.count > 1 ? String(parts[1]) : nil
        switch name {
        case "sdist", "wheel", "no-isolation", "skip-dependency-check", "quiet", "verbose":
            guard joined == nil else { throw Refusal("--\(name) takes no value") }
            takeFlag(name)
            return 1
        case "config-setting":
            if let joined { return try takeSetting(joined) }
            return try takeSetting(Self.required(next, "--config-setting")) + 1
        case "config-json":
            if let joined { return try takeSettings(json: joined) }
            return try takeSettings(json: Self.required(next, "--config-json")) + 1
        default:
            throw Refusal(Self.refusal(of: name))
        }
    }

    private mutating func takeShort(_ letters: Substring, _ next: String?) throws(Refusal) -> Int {
        var rest = letters
        while let letter = rest.popFirst() {
            switch letter {
            case "s": takeFlag("sdist")
            case "w": takeFlag("wheel")
            case "n": takeFlag("no-isolation")
            case "x": takeFlag("skip-dependency-check")
            case "q": takeFlag("quiet")
            case "v": takeFlag("verbose")
            case "C":
                // As argparse has it: what stands behind the letter is its value, an equals sign first left out.
                if rest.isEmpty { return try takeSetting(Self.required(next, "-C")) + 1 }
                return try takeSetting(String(rest.first == "=" ? rest.dropFirst() : rest))
            case "o": throw Refusal(Self.refusal(of: "outdir"))
            case "V": throw Refusal(Self.refusal(of: "version"))
            case "h": throw Refusal(Self.refusal(of: "help"))
            default: throw Refusal("-\(quoted(String(letter))) is no option of python -m build")
            }
        }
        return 1
    }

    private mutating func takeFlag(_ name: String) {
        switch name {
        case "sdist": sdist = true
        case "wheel": wheel = true
        case "no-isolation": noIsolation = true
        case "skip-dependency-check": skipDependencyCheck = true
        case "quiet": verbosity = max(-2, verbosity - 1)
        default: verbosity = min(2, verbosity + 1)
        }
    }

    private static func required(_ value: String?, _ option: String) throws(Refusal) -> String {
        guard let value else { throw Refusal("\(option) takes a value, which is not there") }
        return value
    }

    /// `KEY=VALUE`; a key that comes again has several values.
    private mutating func takeSetting(_ text: String) throws(Refusal) -> Int {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let key = String(parts[0])
        guard !key.isEmpty else { throw Refusal("a setting is KEY=VALUE, and its key is not empty") }
        let value = parts.count > 1 ? String(parts[1]) : ""
        settings[key] =
            switch settings[key] {
            case nil: .one(value)
            case .one(let first): .many([first, value])
            case .many(let values): .many(values + [value])
            }
        return 1
    }

    private mutating func takeSettings(json text: String) throws(Refusal) -> Int {
        let value: JSONValue
        do throws(SourceFault) {
            value = try JSONValue(Array(text.utf8), bounds: SourceBounds(bytes: Self.longest, depth: 8))
        } catch {
            throw Refusal("--config-json is not JSON: \(error)")
        }
        guard case .object(let members) = value else { throw Refusal("--config-json is one object") }
        for (key, value) in members {
            if let text = value.string {
                settings[key] = .one(text)
            } else if let texts = value.array?.map(\.string), !texts.contains(nil) {
                settings[key] = .many(texts.compactMap { $0 })
            } else {
                throw Refusal("--config-json: the value of \(quoted(key)) is a string or an array of strings here")
            }
        }
        return 1
    }

    /// Why an option is not taken, in its own words.
    private static func refusal(of name: String) -> String {
        if let reason = reasons[name] { return "--\(name) is not taken: \(reason)" }
        // argparse takes a beginning for the whole option; nothing is gained by guessing here.
        let meant = (Array(reasons.keys) + known).filter { !name.isEmpty && $0.hasPrefix(name) }.sorted()
        if let option = meant.first { return "--\(name) is not taken: write --\(option) in full\(explained(option))" }
        return name.isEmpty
            ? "-- is not taken: there are no positional arguments here"
            : "--\(quoted(name).dropFirst().dropLast()) is no option of python -m build"
    }

    private static func explained(_ option: String) -> String {
        reasons[option].map { ", which is not taken either: \($0)" } ?? ""
    }

    private static let known = [
        "sdist", "wheel", "no-isolation", "skip-dependency-check", "quiet", "verbose", "config-setting", "config-json",
    ]

    private static let reasons = [
        "outdir": "where artifacts go is named by the argument `outdir`",
        "installer": "build environments are made by buildbox, with uv",
        "env-dir": "build environments are made and kept by buildbox, outside of the caller's reach",
        "sdist-extract-dir": "the sdist is unpacked inside the sandbox",
        "report": "the result document takes its place, and no file is written where the caller says",
        "metadata": "it builds no artifact: read METADATA from the wheel",
        "dependency-constraints-txt": "it names a file of the host",
        "version": "it builds nothing",
        "help": "it builds nothing",
    ]
}
