import ArgumentParser
import Foundation
import Sandbox
import SourceText
import SystemPackage
import Testing

@testable import CommandLineInterface

/// The help texts are files in Snapshots. After a wanted change write them anew:
/// `BUILDBOX_RECORD=1 swift test --filter HelpTests`, and read the difference.
@Suite struct HelpTests {
    @Test func theHelpOfBuildboxIsAsItWas() throws {
        try check(Buildbox.helpMessage(columns: 100), against: "help.txt")
    }

    @Test func theHelpOfRunIsAsItWas() throws {
        try check(Buildbox.helpMessage(for: Run.self, columns: 100), against: "help-run.txt")
    }

    @Test func theHelpOfExecIsAsItWas() throws {
        try check(Buildbox.helpMessage(for: Exec.self, columns: 100), against: "help-exec.txt")
    }

    @Test func theHelpOfShellIsAsItWas() throws {
        try check(Buildbox.helpMessage(for: Shell.self, columns: 100), against: "help-shell.txt")
    }

    @Test func theHelpOfProfileAndItsSubcommandsIsAsItWas() throws {
        try check(Buildbox.helpMessage(for: Profile.self, columns: 100), against: "help-profile.txt")
        try check(Buildbox.helpMessage(for: ProfileCheck.self, columns: 100), against: "help-profile-check.txt")
        try check(Buildbox.helpMessage(for: ProfileList.self, columns: 100), against: "help-profile-list.txt")
        try check(Buildbox.helpMessage(for: ProfileShow.self, columns: 100), against: "help-profile-show.txt")
    }

    @Test func theHelpOfEnvAndItsSubcommandsIsAsItWas() throws {
        try check(Buildbox.helpMessage(for: EnvCommand.self, columns: 100), against: "help-env.txt")
        try check(Buildbox.helpMessage(for: EnvList.self, columns: 100), against: "help-env-ls.txt")
        try check(Buildbox.helpMessage(for: EnvShow.self, columns: 100), against: "help-env-show.txt")
        try check(Buildbox.helpMessage(for: EnvRemove.self, columns: 100), against: "help-env-rm.txt")
        try check(Buildbox.helpMessage(for: EnvCollect.self, columns: 100), against: "help-env-gc.txt")
    }

    @Test func theHelpOfPolicyAndItsSubcommandsIsAsItWas() throws {
        try check(Buildbox.helpMessage(for: PolicyCommand.self, columns: 100), against: "help-policy.txt")
        try check(Buildbox.helpMessage(for: PolicyCheck.self, columns: 100), against: "help-policy-check.txt")
        try check(Buildbox.helpMessage(for: PolicyExplain.self, columns: 100), against: "help-policy-explain.txt")
    }

    @Test func theHelpOfApprovalsIsAsItWas() throws {
        try check(Buildbox.helpMessage(for: Approvals.self, columns: 100), against: "help-approvals.txt")
        try check(Buildbox.helpMessage(for: Approve.self, columns: 100), against: "help-approve.txt")
        try check(Buildbox.helpMessage(for: Deny.self, columns: 100), against: "help-deny.txt")
    }

    @Test func theHelpOfServeTokenAndAuditIsAsItWas() throws {
        try check(Buildbox.helpMessage(for: Serve.self, columns: 100), against: "help-serve.txt")
        try check(Buildbox.helpMessage(for: TokenCommand.self, columns: 100), against: "help-token.txt")
        try check(Buildbox.helpMessage(for: TokenCreate.self, columns: 100), against: "help-token-create.txt")
        try check(Buildbox.helpMessage(for: TokenList.self, columns: 100), against: "help-token-list.txt")
        try check(Buildbox.helpMessage(for: TokenRevoke.self, columns: 100), against: "help-token-revoke.txt")
        try check(Buildbox.helpMessage(for: AuditVerify.self, columns: 100), against: "help-audit-verify.txt")
    }

    /// Every flag is a setting, and tells the default that the setting has.
    @Test func theHelpOfServeTellsTheSettingsDefaults() {
        let help = Buildbox.helpMessage(for: Serve.self, columns: 1000)
        let lines = help.split(separator: "\n").filter { $0.contains("(default: ") && !$0.contains("$XDG") }
        for line in lines {
            let flag = line.split(separator: " ").first.map(String.init) ?? ""
            guard let key = ServeKey.all.first(where: { $0.flag == flag }), let standard = key.standard else {
                continue
            }
            #expect(line.hasSuffix("(default: \(standard))."), "\(line)")
        }
        #expect(lines.count > 8)
    }

    @Test func theHelpOfMCPIsAsItWas() throws {
        try check(Buildbox.helpMessage(for: MCP.self, columns: 100), against: "help-mcp.txt")
    }

    /// The defaults are written by hand, since a profile can change them.
    @Test func theHelpTellsTheLimitsOfBuild() {
        let help = Buildbox.helpMessage(for: Run.self, columns: 1000)
        let limits = SandboxLimits()
        for (option, value) in [
            ("--timeout", TimeSpan(limits.time).description), ("--memory", ByteSize(limits.memoryBytes).description),
            ("--cpus", String(Int(limits.cpus))), ("--pids", String(limits.pids)),
            ("--disk", ByteSize(limits.diskBytes).description), ("--log-limit", ByteSize(limits.logBytes).description),
        ] {
            let line = help.split(separator: "\n").first { $0.contains("  \(option) <") } ?? ""
            #expect(line.hasSuffix("(default: \(value))"), "\(line)")
        }
    }

    @Test func theHelpOfDoctorIsAsItWas() throws {
        try check(Buildbox.helpMessage(for: Doctor.self, columns: 100), against: "help-doctor.txt")
    }

    @Test func theHelpOfTheClientsCommandsIsAsItWas() throws {
        try check(Buildbox.helpMessage(for: Submit.self, columns: 100), against: "help-submit.txt")
        try check(Buildbox.helpMessage(for: Ps.self, columns: 100), against: "help-ps.txt")
        try check(Buildbox.helpMessage(for: Logs.self, columns: 100), against: "help-logs.txt")
        try check(Buildbox.helpMessage(for: Get.self, columns: 100), against: "help-get.txt")
        try check(Buildbox.helpMessage(for: Cancel.self, columns: 100), against: "help-cancel.txt")
        try check(Buildbox.helpMessage(for: Retry.self, columns: 100), against: "help-retry.txt")
        try check(Buildbox.helpMessage(for: Show.self, columns: 100), against: "help-show.txt")
        try check(Buildbox.helpMessage(for: Delete.self, columns: 100), against: "help-delete.txt")
    }

    @Test(arguments: [
        "--sdist", "--wheel", "--outdir", "--no-isolation", "--skip-dependency-check", "--config-setting",
        "--config-json",
    ])
    func whatPythonBuildHasIsSpelledTheSame(_ option: String) {
        #expect(Buildbox.helpMessage(for: Run.self, columns: 100).contains(option))
    }

    private func check(_ help: String, against name: String) throws {
        let file = URL(filePath: FilePath(#filePath).removingLastComponent().appending("Snapshots/\(name)").string)
        if ProcessInfo.processInfo.environment["BUILDBOX_RECORD"] == "1" {
            try Data(help.utf8).write(to: file)
        }
        let snapshot = try String(contentsOf: file, encoding: .utf8)
        #expect(help == snapshot, "Snapshots/\(name) differs")
    }
}
