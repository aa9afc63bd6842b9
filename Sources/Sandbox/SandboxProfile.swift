import Crypto
import FoundationEssentials
public import SystemPackage

/// A named set of rules for a kind of command, read from a file in `sandbox-profiles`.
public struct SandboxProfile: Sendable {
    public let name: String
    let seccomp: SeccompRules
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
        digest = SHA256.hash(data: data).hexadecimal
    }

    private struct Document: Decodable {
        var name: String
        var seccomp: SeccompRules
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
