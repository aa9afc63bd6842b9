import Glibc
import Sandbox
import SandboxProtocol
import SystemPackage

extension BuildRun {
    /// Hands `body` the request of an interactive shell in just what the build command would get.
    func shell<Value: Sendable>(
        _ body: (SandboxRequest) async throws(SandboxError) -> Value
    ) async throws(BuildFailure) -> Value {
        if let remark = given.gitRemark { journal.note(remark) }
        let interpreter = try await findInterpreter()
        let (source, declaration) = try await inspect(given)
        let environment =
            request.isolation
            ? try await provision(declaration.requires, interpreter) : .interpreterItself(interpreter)
        return try await staged(source) { staging, asOwner throws(BuildFailure) in
            var inside = try sandboxRequest(
                [], of: source, in: environment, staging, asOwner: asOwner)
            inside.arguments += [
                "/bin/sh", "-c", "cd \"$1\" && \(unpack(source))exec \(shellProgram)", "sh", workingFolder(source),
            ]
            inside.environment["PS1"] = "buildbox:\\w\\$ "
            do throws(SandboxError) {
                inside.terminal = try PseudoTerminal()
                return try await body(inside)
            } catch {
                throw BuildFailure(sandbox: error)
            }
        }
    }

    private func workingFolder(_ source: Source) -> String {
        source.kind == .sdist ? HostView.temporary : source.inside
    }

    /// The frontend unpacks a source distribution by itself; a person wants to find it unpacked.
    private func unpack(_ source: Source) -> String {
        source.kind == .sdist ? "tar -xzf \(Source.mountPoint)/*.tar.gz && cd -- */ && " : ""
    }

    private var shellProgram: String {
        access("/bin/bash", X_OK) == 0 ? "/bin/bash --norc -i" : "/bin/sh -i"
    }
}
