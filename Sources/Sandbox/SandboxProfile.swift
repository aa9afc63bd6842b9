import Crypto
import FoundationEssentials
import SandboxProtocol
public import SystemPackage

/// A named set of rules for a kind of command, read from a file in `sandbox-profiles`.
public struct SandboxProfile: Sendable {
    public let name: String
    let seccomp: SeccompRules
    /// Paths inside that are covered with nothing, such as compilers; a `*` stands for any text in a file's name.
    let hidden: [String]
    /// Paths of /proc that are covered with nothing, and that are made read-only; the absent ones are passed over.
    let maskedPaths: [String]
    let readonlyPaths: [String]
    /// Whether TCP is refused, the loopback's too.
    let deniesTCP: Bool
    /// Layers that stand wherever the kernel has them.
    let whereAvailable: LayerSet
    /// SHA-256 of the file: what a compiled filter is cached under.
    public let digest: String

    /// Reads a profile file.
    ///
    /// - Throws: ``SandboxError`` with the code `profile` that names the file and what is wrong in it.
    public init(contentsOf file: FilePath) throws(SandboxError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: file.string))
        } catch {
            throw SandboxError(
                .profile,
                "there is no readable sandbox profile \(file): name one in sandbox-profiles, or a file with a / in its path"
            )
        }
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: data)
        } catch {
            throw SandboxError(.profile, "the sandbox profile \(file) is not one: \(error)")
        }
        name = document.name
        seccomp = document.seccomp
        hidden = document.hidden ?? []
        maskedPaths = document.maskedPaths ?? []
        readonlyPaths = document.readonlyPaths ?? []
        deniesTCP = false
        whereAvailable = LayerSet(.landlock)
        digest = SHA256.hash(data: data).hexadecimal
    }

    private struct Document: Decodable {
        var name: String
        var seccomp: SeccompRules
        var hidden: [String]?
        var maskedPaths: [String]?
        var readonlyPaths: [String]?
    }
}

extension Digest {
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
