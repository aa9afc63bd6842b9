import Linux
import SandboxProtocol

/// Runs a system call of a stage; its failure becomes the launch's fault, with the words of what
/// was tried.
@discardableResult
func attempt<Result: SignedInteger>(
    _ step: LaunchStep, layer: Layer? = nil, _ detail: @autoclosure () -> String, _ call: () -> Result
) throws(LaunchFault) -> Result {
    do throws(SystemCallError) {
        return try system(call)
    } catch {
        throw LaunchFault(step: step, layer: layer, errno: error.code, detail: detail())
    }
}
