import BuildAPI
import Foundation
import Sandbox
import SystemPackage
import Testing

@testable import PythonBuild

@Suite struct BuildResultTests {
    static let full = BuildResult(
        id: "1z", status: .stopped,
        reason: BuildResult.Reason(
            code: "limit", message: "a \"quoted\" / message\n",
            limit: BuildResult.Limit(name: "memory", value: 1 << 30),
            observed: .max),
        exitCode: 3, signal: 9,
        artifacts: [
            Artifact(name: "a-1.tar.gz", kind: .sdist, size: 1 << 40, sha256: "00ff", path: "/out/a-1.tar.gz")
        ],
        phases: [
            PhaseReport(
                name: .build, startedAt: Date(timeIntervalSince1970: 1_700_000_000), durationMs: 12, outcome: .failed)
        ],
        resources: BuildResult.Resources(
            wallMs: 1, cpuMs: 2, memoryPeakBytes: 3, pidsPeak: 4, diskPeakBytes: 5, logBytes: 6, logDroppedBytes: 7),
        environment: EnvironmentReport(
            python: "cpython 3.11.2", requires: ["a"],
            resolved: [EnvironmentReport.Package(name: "a", version: "1", sha256: ["00"])], cache: .miss),
        sandbox: BuildResult.SandboxReport(
            profile: "build", layers: ["seccomp"], missing: ["cgroup-cpu"], staging: "overlay"))

    @Test func theDocumentIsReadBackTheSame() throws {
        let document = try Self.full.document()
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.dateDecodingStrategy = .iso8601
        let decoded = try decoder.decode(BuildResult.self, from: Data(document.utf8))
        #expect(try decoded.document() == document)
        #expect(decoded.reason?.observed == .max)
        #expect(decoded.artifacts == Self.full.artifacts)
        #expect(decoded.phases.first?.startedAt == Self.full.phases.first?.startedAt)
        #expect(document.hasSuffix("}\n"))
    }

    /// As the service sends it and its clients read it.
    @Test func aResultThatLeavesItsHostIsReadBackTheSame() throws {
        let sent = Self.full.withoutHostPaths()
        #expect(sent.artifacts.map(\.path) == [nil])
        #expect(Self.full.artifacts.map(\.path) == ["/out/a-1.tar.gz"])
        let data = try DocumentCoding.encoder().encode(sent)
        #expect(!String(decoding: data, as: UTF8.self).contains("/out"))
        let read = try DocumentCoding.decoder().decode(BuildResult.self, from: data)
        #expect(try read.document() == sent.document())
        #expect(read.resources.memoryPeakBytes == 3)
        #expect(read.reason?.limit?.value == 1 << 30)
        #expect(read.phases.first?.startedAt == Self.full.phases.first?.startedAt)
        #expect(read.environment?.resolved == Self.full.environment?.resolved)
    }

    @Test func theKeysAreThoseOfTheSchema() throws {
        let document = try object(Self.full)
        #expect(document["schema"] as? String == "buildbox.result/v1")
        #expect(
            Set(document.keys) == [
                "artifacts", "environment", "exit_code", "id", "phases", "reason", "resources", "sandbox", "schema",
                "signal",
                "status",
            ])
        #expect(
            keys(document["resources"]) == [
                "cpu_ms", "disk_peak_bytes", "disk_peak_inodes", "log_bytes", "log_dropped_bytes", "memory_peak_bytes",
                "pids_peak", "wall_ms", "written_bytes",
            ])
        #expect(keys(document["reason"]) == ["code", "limit", "message", "observed"])
        #expect(keys(document["sandbox"]) == ["layers", "missing", "profile", "staging"])
        #expect(keys(document["environment"]) == ["cache", "python", "requires", "resolved"])
        #expect(keys((document["artifacts"] as? [Any])?.first) == ["kind", "name", "path", "sha256", "size"])
        #expect(keys((document["phases"] as? [Any])?.first) == ["duration_ms", "name", "outcome", "started_at"])
    }

    @Test func aBuildThatDidNotBeginHasAResultToo() throws {
        let request = BuildRequest(source: "/project")
        let hit = LimitHit(kind: .disk, limit: 10, observed: 11)
        let document = try object(BuildResult(failure: BuildFailure(.limit, "full", limit: hit), request: request))
        #expect(document["status"] as? String == "stopped")
        #expect(document["exit_code"] as? Int == 3)
        let reason = try #require(document["reason"] as? [String: Any])
        #expect(reason["code"] as? String == "limit")
        #expect(reason["observed"] as? Int == 11)
        #expect((reason["limit"] as? [String: Any])?["name"] as? String == "disk")
        #expect((document["artifacts"] as? [Any])?.isEmpty == true)
    }

    private func object(_ result: BuildResult) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(try result.document().utf8))
        return try #require(object as? [String: Any])
    }

    private func keys(_ value: Any?) -> Set<String> {
        Set((value as? [String: Any] ?? [:]).keys)
    }
}
