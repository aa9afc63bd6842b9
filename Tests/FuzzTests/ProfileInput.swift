import Foundation
import SandboxProtocol
import SystemPackage
import TestSupport

@testable import Sandbox

/// Profile files. One is compiled or refused with a `SandboxError` that names it.
enum ProfileInput {
    static let seeds = [
        #"{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1,"architectures":["SCMP_ARCH_X86_64"],"#
            + #""syscalls":[{"names":["read","write"],"action":"SCMP_ACT_ALLOW"}]}"#,
        #"{"defaultAction":"SCMP_ACT_KILL_PROCESS","architectures":["SCMP_ARCH_X86_64"],"syscalls":[{"names":["socket"],"#
            + #""action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":255,"valueTwo":16,"op":"SCMP_CMP_MASKED_EQ"}]}]}"#,
    ].map { Array(profile(seccomp: $0).utf8) }

    /// The file is called profile.json, so that is its name.
    private static func profile(seccomp: String) -> String {
        let optional = LayerSet([.landlock, .lockIsolation])
        let required = LayerSet(Layer.allCases).subtracting(optional).layers.map { "\"\($0.name)\"" }
        return #"{"name":"profile","description":"d","limits":{"memory":"1GiB","time":"9s"},"landlock":{"tcp":"deny"},"#
            + #""mounts":{"readOnly":[],"hidden":["/usr/bin/gcc*"]},"maskedPaths":["/proc/kcore"],"#
            + #""readonlyPaths":["/proc/sys"],"layers":{"required":["# + required.joined(separator: ",")
            + #"],"where_available":["landlock","lock-isolation"]},"seccomp":"# + seccomp + "}"
    }

    static let tokens = [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1", "6", "4294967296", "18446744073709551616", "1e999",
        "0.5",
        "\"SCMP_ACT_LOG\"", "\"SCMP_CMP_GE\"", "\"openat\"", "\"no_such_call\"", "\"\"", "\\u0000", "\\ud800",
        "[[[[[[[[[[[[[[[[",
    ].map { Array($0.utf8) }
    private static let folder = Result { try TemporaryFolder() }

    @Sendable static func make(_ generator: inout SeededGenerator) -> [UInt8] {
        Mutation.of(seeds.randomElement(using: &generator) ?? [], tokens: tokens, &generator)
    }

    @Sendable static func check(_ bytes: [UInt8]) throws -> Bool {
        let file = try folder.get().path.appending("profile.json")
        try Data(bytes).write(to: URL(filePath: file.string))
        let size: Int
        do throws(SandboxError) {
            let profile = try SandboxProfile(contentsOf: file)
            size = try SeccompCompiler.compile(profile.seccomp).count
        } catch {
            guard error.code == .profile, !error.message.isEmpty else { throw FuzzFinding("refused with \(error)") }
            return false
        }
        guard size > 0, size % 8 == 0 else { throw FuzzFinding("compiled to \(size) bytes") }
        return true
    }
}
