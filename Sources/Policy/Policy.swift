import Crypto
import Foundation
import SourceText
public import SystemPackage

/// A policy: who may call which tool, with which arguments, how often, and what a person must approve.
/// The format is that of policy gateways, so that one file serves both.
public struct Policy: Sendable {
    /// SHA-256 of the text it was read from, hexadecimal.
    public let digest: String
    let contents: PolicyContents

    /// The tool that builds; ``companions`` follow its rule.
    public static let build = "python_build"
    /// Tools that only look at the jobs of their own grant, or end them. Unless the policy names one, it is
    /// allowed where ``build`` is, whatever its arguments, and no counter counts it: polls are free.
    public static let companions = ["python_build_status", "python_build_logs", "python_build_cancel"]

    /// Where `run` and `mcp` over stdio have no policy: they act for the user that started them.
    public static let absentOnStdio = "no policy: every call that this user may make is allowed"
    /// Where `serve` has none.
    public static let absentOnService = "no policy: every call that the caller's scopes allow is allowed"

    /// - Parameters:
    ///   - text: JSON.
    ///   - file: Named in faults; not opened.
    /// - Throws: ``PolicyFaults``: everything that is wrong with the text.
    public init(_ text: [UInt8], file: FilePath) throws(PolicyFaults) {
        contents = try PolicyReader(file).read(text)
        digest = SHA256.hash(data: text).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0\(digits)" : digits
        }.joined()
    }

    /// Reads a policy file whole: one that grows beyond the bound is refused by its size.
    ///
    /// - Throws: ``PolicyFaults``, also for a file that cannot be read.
    public init(contentsOf file: FilePath) throws(PolicyFaults) {
        let text: [UInt8]
        do {
            text = Array(try Data(contentsOf: URL(filePath: file.string)))
        } catch {
            throw PolicyFaults(file: file, "there is no readable policy: \(error.localizedDescription)")
        }
        try self.init(text, file: file)
    }

    /// Tools that the policy names and buildbox does not have, each with what may be meant. A gateway's
    /// file may name the tools of other servers, so this is no fault.
    public var foreignTools: [(name: String, meant: String?)] {
        let known = [Self.build] + Self.companions
        let named = Set(contents.tools.keys).union(contents.hidden).subtracting(known).sorted()
        return named.map { ($0, nearest(to: $0, among: known)) }
    }

    /// Whether the tool is left out of what a caller is shown.
    public func hides(_ tool: String) -> Bool {
        decideVisibility(of: tool) != nil
    }

    /// The longest window of any limit, in seconds: how long calls must be remembered.
    public var longestWindowSeconds: Int {
        (contents.allTools + contents.tools.values.flatMap(\.limits)).map(\.windowSeconds).max() ?? 0
    }
}
