import BuildAPI
@testable import BuildService
import Foundation
import PythonBuild
import Sandbox
import SystemPackage
import TestSupport
import Testing

/// With the toolchain that scripts/test arranges.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["BUILDBOX_TOOLCHAIN"] != nil,
        "BUILDBOX_TOOLCHAIN is not set: scripts/test arranges a toolchain")
) struct RealBuildTests {
    @Test func `a folder is packed, built in the sandbox, and its wheel kept`() async throws {
        let toolchain = try #require(ProcessInfo.processInfo.environment["BUILDBOX_TOOLCHAIN"])
        let repository = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let products = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .removingLastComponent()
        let home = try TemporaryFolder()
        let state = StateFolder(root: home.path)
        let profiles = ProfileSearch(folders: [repository.appending("sandbox-profiles")])
        let python = PythonBuild(
            state: state, toolchain: try Toolchain(folder: FilePath(toolchain)),
            sandbox: try Sandbox(
                launcher: products.appending("buildbox-launcher"), cache: state.filters, ledger: state.ledger),
            profiles: profiles, environment: ProcessInfo.processInfo.environment)
        let builder = PythonBuilder(python: python, profiles: profiles)
        var settings = ServiceSettings(home: home.path)
        settings.folderRoots = [repository.appending("Tests/Projects")]
        settings.reserve = 0
        let service = try BuildService(settings: settings, builder: builder, packer: builder)
        let task = Task { try await service.run() }
        while service.readiness == .starting { await Task.yield() }
        let principal = Principal.local(subject: "test")

        var document = BuildDocument(
            source: SourceDocument(folder: repository.appending("Tests/Projects/hello").string))
        document.wheel = true
        let admission = try await service.submit(Submission(document: document), as: principal)
        let job = try await service.waitForEnd(of: admission.job.id, atMost: .seconds(300), as: principal)
        #expect(job.state == .succeeded, "\(String(describing: job.result?.reason))")
        let wheel = try #require(job.result?.artifacts.first)
        let artifact = try await service.artifact(wheel.name, of: job.id, as: principal)
        #expect(try sha256(artifact.blob.read(at: 0, count: 1 << 20)) == wheel.sha256)
        #expect(artifact.blob.size == wheel.size)

        document.source?.folder = "/etc"
        await #expect(throws: ServiceFault.self) {
            try await service.submit(Submission(document: document), as: principal)
        }
        task.cancel()
        _ = await task.result
    }
}
