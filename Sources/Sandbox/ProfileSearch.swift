import FoundationEssentials
import SourceText
public import SystemPackage

/// Finds profiles by name, in folders of which the first that has a name counts.
public struct ProfileSearch: Sendable {
    public let folders: [FilePath]

    public init(folders: [FilePath]) {
        self.folders = folders
    }

    /// Reads a profile.
    ///
    /// - Parameter wish: A name, or with a `/` in it the path of a file.
    /// - Returns: The profile, in which nothing is wrong.
    /// - Throws: ``SandboxError`` with the code `profile`.
    public func profile(_ wish: String) throws(SandboxError) -> SandboxProfile {
        try SandboxProfile(contentsOf: try file(wish))
    }

    /// The file of a profile; one that is named by its path is not looked for.
    public func file(_ wish: String) throws(SandboxError) -> FilePath {
        if wish.contains("/") { return FilePath(wish) }
        if Self.isName(wish), let file = all[wish] { return file }
        let guess = nearest(to: wish, among: all.keys.sorted()).map { ": did you mean \($0)?" } ?? "."
        let known = all.keys.sorted().joined(separator: ", ")
        throw SandboxError(
            .profile,
            "there is no sandbox profile named \(quoted(wish))\(guess) Known are \(known.isEmpty ? "none" : known); "
                + "a profile elsewhere is named by its path, with a / in it")
    }

    /// Every profile that can be named, and its file.
    public var all: [String: FilePath] {
        var files: [String: FilePath] = [:]
        for folder in folders {
            // A folder that is not there has no profiles.
            let listing = Result { try FileManager.default.contentsOfDirectory(atPath: folder.string) }
            guard case .success(let names) = listing else { continue }
            for name in names where name.hasSuffix(".json") {
                let name = String(name.dropLast(5))
                if Self.isName(name), files[name] == nil { files[name] = folder.appending("\(name).json") }
            }
        }
        return files
    }

    /// `profile.schema` is no name, so the schema that lies beside is no profile.
    static func isName(_ text: String) -> Bool {
        text.utf8.count <= 64 && text.utf8.first.map { $0 != UInt8(ascii: "-") } ?? false
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
    }
}
