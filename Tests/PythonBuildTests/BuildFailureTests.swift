import Sandbox
import Testing

@testable import PythonBuild

@Suite struct BuildFailureTests {
    static let table: [(BuildFailure.Code, String, BuildResult.Status, Int32)] = [
        (.invalidRequest, "invalid_request", .refused, 2),
        (.projectInvalid, "project_invalid", .failed, 1),
        (.buildFailed, "build_failed", .failed, 1),
        (.limit, "limit", .stopped, 3),
        (.layerUnavailable, "layer_unavailable", .error, 4),
        (.sandboxSetUp, "sandbox_set_up", .error, 4),
        (.stagingUnavailable, "staging_unavailable", .error, 4),
        (.requirementRefused, "requirement_refused", .failed, 6),
        (.requirementsUnstable, "requirements_unstable", .failed, 6),
        (.provisioningFailed, "provisioning_failed", .failed, 6),
        (.artifactRejected, "artifact_rejected", .failed, 7),
        (.cancelled, "cancelled", .cancelled, 8),
        (.internalFault, "internal", .error, 9),
    ]

    @Test(arguments: table)
    func everyCodeHasItsStatusAndExitCode(
        _ code: BuildFailure.Code, name: String, status: BuildResult.Status, exitCode: Int32
    ) {
        let failure = BuildFailure(code, "why")
        #expect(failure.code.rawValue == name)
        #expect(failure.status == status)
        #expect(failure.exitStatus.rawValue == exitCode)
        #expect(failure.description == "why")
    }

    @Test(
        arguments: [
            (.layerUnavailable, .layerUnavailable), (.setUp, .sandboxSetUp), (.profile, .invalidRequest),
            (.lost, .internalFault),
        ] as [(SandboxError.Code, BuildFailure.Code)])
    func anErrorOfTheSandboxKeepsItsMessage(_ code: SandboxError.Code, becomes expected: BuildFailure.Code) {
        let failure = BuildFailure(SandboxError(code, "the cause"))
        #expect(failure.code == expected)
        #expect(failure.message == "the cause")
    }

    @Test func nothingIsASuccessButSuccess() {
        #expect(ExitStatus.built.rawValue == 0)
        #expect(Self.table.allSatisfy { $0.3 != 0 && $0.2 != .succeeded })
    }
}
