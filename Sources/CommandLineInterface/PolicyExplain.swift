import ArgumentParser
import Foundation
import Policy
import PythonBuild
import SourceText
import SystemPackage

/// `buildbox policy explain`: what a policy decides on a call, and which rule of it.
struct PolicyExplain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a policy decides on a call, and by which rule.",
        discussion: """
            Nothing is counted, and no service is asked: whether there is room in the counters that are listed, \
            only the service knows.

            EXAMPLES
              buildbox policy explain --policy policy.json --tool python_build --grant ci
              buildbox policy explain --policy policy.json --grant ci --args '{"memory":"8GiB"}' --json | jq -r .rule

            EXIT CODES
              0   allowed, or waits for an approval
              2   a bad policy, or arguments that are no JSON object
              5   denied
            """
    )

    @Option(help: "The tool that is called.")
    var tool = Policy.build

    @Option(help: "The grant of the caller.")
    var grant: String

    @Option(help: "The caller's session, where it has one.")
    var session: String?

    @Option(help: "The caller's tenant, where it has one.")
    var tenant: String?

    @Option(name: .customLong("args"), help: ArgumentHelp("The call's arguments, one JSON object.", valueName: "json"))
    var arguments = "{}"

    @Option(help: ArgumentHelp("The policy (default: $BUILDBOX_POLICY, if that is set).", valueName: "file"))
    var policy: String?

    @Flag(help: "Print one object (JSON).")
    var json = false

    func run() throws {
        let arguments: PolicyValue
        do throws(SourceFault) {
            arguments = try PolicyValue(json: self.arguments)
        } catch {
            throw refusal("the arguments are no JSON: \(error)")
        }
        guard case .object = arguments else { throw refusal("the arguments are no JSON object") }
        let call = PolicyCall(tool: tool, grant: grant, session: session, tenant: tenant, arguments: arguments)
        let explanation = PolicyExplanation(try decision(on: call))
        let text = json ? try documentText(explanation) : explanation.lines.map { "\($0)\n" }.joined()
        writeFully(Array(text.utf8), to: STDOUT_FILENO)
        if explanation.decision == "deny" { throw ExitCode(ExitStatus.refusedByPolicy.rawValue) }
    }

    private func decision(on call: PolicyCall) throws -> Decision {
        guard let file = policy ?? ProcessInfo.processInfo.environment["BUILDBOX_POLICY"], !file.isEmpty else {
            return .withoutPolicy
        }
        do throws(PolicyFaults) {
            return try Policy(contentsOf: FilePath(file)).decide(call)
        } catch {
            throw refusal("\(error)")
        }
    }

    private func refusal(_ message: String) -> ExitCode {
        writeFully(Array("buildbox: \(message)\n".utf8), to: STDERR_FILENO)
        return ExitCode(ExitStatus.usage.rawValue)
    }
}
