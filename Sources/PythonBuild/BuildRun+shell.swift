import Glibc
import Sandbox
import SandboxProtocol
import SystemPackage

extension BuildRun {
    /// Hands `body` the request of an interactive shell in just what the build command would get.
    func shell<Value: Sendable>(
        _ body: (SandboxRequest) async throws(SandboxError) -> Value
    ) async throws(BuildFailure) -> Value {
        if let remark = source.gitRemark { journal.note(remark) }
        let interpreter = try await findInterpreter()
        let declaration = try await inspect(source)
        let environment =
            request.isolation
            ? try await provision(declaration.requires, interpreter) : .interpreterItself(interpreter)
        return try await staged(source) { staging, asOwner throws(BuildFailure) in
            var inside = sandboxRequest(
                [], of: source, in: environment, staging, asOwner: asOwner)
            inside.arguments += ["/bin/sh", "-c", "cd \"$1\" && \(unpack)exec \(shellProgram)", "sh", workingFolder]
            inside.environment["PS1"] = "buildbox:\\w\\$ "
            do throws(SandboxError) {
                inside.terminal = try PseudoTerminal()
                return try await body(inside)
            } catch {
                throw BuildFailure(sandbox: error)
            }
        }
    }

    private var workingFolder: String { source.kind == .folder ? source.inside : HostView.temporary }

    /// The frontend unpacks an archive by itself; a person wants to find it unpacked.
    private var unpack: String {
        source.kind == .folder ? "" : "tar -xzf \(Source.mountPoint)/*.tar.gz && cd -- */ && "
    }

    private var shellProgram: String {
        access("/bin/bash", X_OK) == 0 ? "/bin/bash --norc -i" : "/bin/sh -i"
    }
}
