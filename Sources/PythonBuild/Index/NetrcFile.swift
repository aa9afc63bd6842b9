/// The operator's passwords by host, as netrc(5) has them. Only those of configured indexes are ever taken out of it.
struct NetrcFile: Sendable {
    struct Login: Equatable, Sendable {
        var user: String
        var password: String
    }

    private var logins: [String: Login] = [:]
    private var fallback: Login?

    init(_ text: String) {
        var tokens = Self.tokens(text)[...]
        while let token = tokens.popFirst() {
            switch token {
            case "machine":
                guard let host = tokens.popFirst() else { return }
                let login = Self.login(&tokens)
                if logins[host] == nil { logins[host] = login }
            case "default": fallback = Self.login(&tokens)
            default: break
            }
        }
    }

    /// What is said to a host.
    subscript(_ host: String) -> Login? { logins[host] ?? fallback }

    private static func login(_ tokens: inout ArraySlice<String>) -> Login {
        var login = Login(user: "", password: "")
        while let key = tokens.first, ["login", "user", "password", "account"].contains(key), tokens.count > 1 {
            tokens.removeFirst()
            let value = tokens.removeFirst()
            switch key {
            case "login", "user": login.user = value
            case "password": login.password = value
            default: break
            }
        }
        return login
    }

    /// Words, those in quotation marks with white space; macros (up to an empty line) and comments are passed over.
    private static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        var isMacro = false
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if isMacro {
                isMacro = line.contains { !$0.isWhitespace }
                continue
            }
            if line.drop(while: \.isWhitespace).first == "#" { continue }
            let words = Self.words(line)
            if let macro = words.firstIndex(of: "macdef") {
                tokens += words[..<macro]
                isMacro = true
            } else {
                tokens += words
            }
        }
        return tokens
    }

    private static func words(_ line: Substring) -> [String] {
        var words: [String] = []
        var rest = line.drop(while: \.isWhitespace)
        while let first = rest.first {
            var word = ""
            if first == "\"" {
                rest = rest.dropFirst()
                while let character = rest.popFirst(), character != "\"" {
                    word.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
                }
            } else {
                while let character = rest.first, !character.isWhitespace {
                    rest = rest.dropFirst()
                    word.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
                }
            }
            words.append(word)
            rest = rest.drop(while: \.isWhitespace)
        }
        return words
    }
}
