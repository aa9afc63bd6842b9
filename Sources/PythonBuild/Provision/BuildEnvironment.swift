import Glibc
import Linux
import Sandbox
import SandboxProtocol
import SystemPackage

/// What a build runs in: a provisioned environment, or an interpreter with its own packages.
struct BuildEnvironment: Sendable {
    /// Path inside.
    let python: String
    private let interpreter: Interpreter
    /// The stored environment's folder on the host, where it is one.
    private let stored: FilePath?

    static let mountPoint = "/env"

    static func provisioned(_ folder: FilePath, _ interpreter: Interpreter) -> BuildEnvironment {
        BuildEnvironment(python: "\(mountPoint)/bin/python", interpreter: interpreter, stored: folder)
    }

    static func interpreterItself(_ interpreter: Interpreter) -> BuildEnvironment {
        BuildEnvironment(python: interpreter.executable, interpreter: interpreter, stored: nil)
    }

    private init(python: String, interpreter: Interpreter, stored: FilePath?) {
        self.python = python
        self.interpreter = interpreter
        self.stored = stored
    }

    /// Of what it holds; nil of an interpreter itself, which others may change.
    var digest: String? { stored?.lastComponent?.string }

    func mounts(asOwner: Bool) -> [MountStep] {
        var prefixes = [interpreter.basePrefix]
        if stored == nil { prefixes.append(interpreter.prefix) }
        var steps = interpreterMounts(prefixes, asOwner: asOwner)
        if let stored { steps.append(.bind(source: stored.string, at: Self.mountPoint, access: .readOnly)) }
        return steps
    }

    /// Everything that the build finds in its environment, but for what the caller adds.
    var variables: [String: String] {
        let bin = FilePath(python).removingLastComponent().string
        return [
            "PATH": "\(bin):/usr/local/bin:/usr/bin:/bin", "HOME": HostView.home, "TMPDIR": HostView.temporary,
            "LANG": "C.UTF-8",
            // Printed as it happens, and in order.
            "PYTHONUNBUFFERED": "1",
        ]
    }
}

/// The prefixes of an interpreter that do not lie in the base view, at their own paths.
func interpreterMounts(_ prefixes: [String], asOwner: Bool) -> [MountStep] {
    var shown: [String] = ["/usr"]
    var steps: [MountStep] = []
    for prefix in prefixes where !shown.contains(where: { FilePath(prefix).starts(with: FilePath($0)) }) {
        shown.append(prefix)
        steps.append(.bind(source: prefix, at: prefix, access: readAccess(to: FilePath(prefix), asOwner: asOwner)))
    }
    return steps
}

/// How a build reads a path of the host: as it is where everybody may, as its owner otherwise.
func readAccess(to path: FilePath, asOwner: Bool) -> BindAccess {
    guard asOwner, let facts = FileFacts.ifAny(of: path.string) else { return .readOnly }
    let needed: UInt32 = facts.isFolder ? 0o005 : 0o004
    return facts.mode & needed == needed ? .readOnly : .readOnlyAsOwner
}
