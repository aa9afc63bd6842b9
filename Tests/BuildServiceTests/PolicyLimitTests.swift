import BuildAPI
import Foundation
import GRDB
import SystemPackage
import TestSupport
import Testing

@testable import BuildService
@testable import Policy

@Suite struct PolicyLimitTests {
    @Test func theEleventhBuildInAMinuteIsRefusedWithItsRuleAndTheOtherGrantsIsNot() async throws {
        try await withPolicy(PolicyService.tenAMinute) { running in
            let start = ContinuousClock.now
            for _ in 0..<10 { _ = try await running.submit() }
            let fault = try #require(await running.refusal())
            let elapsed = start.duration(to: .now)
            #expect(fault.code == .rateLimited)
            #expect(fault.decision?.decision == .deny)
            #expect(fault.decision?.rule == "/tools/python_build/limits/0")
            #expect(fault.decision?.policyDigest == running.service.policy?.policy.digest)
            // The first went through somewhere between the start and now.
            let wait = try #require(fault.retryAfter)
            #expect(wait <= 60 && .seconds(wait) >= .seconds(60) - elapsed)
            #expect(fault.decision?.retryAfter == wait)
            let other = try await running.submit(as: PolicyService.bob)
            #expect(other.policy?.decision == .allow)
            #expect(other.policy?.rule == "/tools/python_build")
            let refused = try running.audited("job.admission").filter { $0["decision"] as? String == "refused" }
            #expect(refused.count == 1)
            let details = refused.first?["details"] as? [String: String]
            #expect(details?["policy_rule"] == "/tools/python_build/limits/0")
            #expect(details?["policy"] == "deny")
        }
    }

    @Test func aHundredBuildsAtOnceGetTenPlaces() async throws {
        try await withPolicy(PolicyService.tenAMinute) { running in
            let outcomes = await withTaskGroup(of: ServiceFault?.self, returning: [ServiceFault?].self) { group in
                for _ in 0..<100 { group.addTask { await running.refusal() } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 10)
            #expect(outcomes.compactMap { $0?.code }.allSatisfy { $0 == .rateLimited })
            let jobs = try await running.service.jobs(JobQuery(limit: 500), as: PolicyService.alice)
            #expect(jobs.builds.count == 10)
        }
    }

    @Test func countersSurviveARestart() async throws {
        let home = try TemporaryFolder()
        // In a function of its own: the home is free once the first service is gone.
        func fill() async throws {
            let first = try await PolicyService(home.path, PolicyService.tenAMinute)
            for _ in 0..<10 { _ = try await first.submit() }
            await first.stop()
        }
        try await fill()
        let second = try await PolicyService(home.path, nil)
        let fault = await second.refusal()
        #expect(fault?.decision?.rule == "/tools/python_build/limits/0")
        #expect(fault?.retryAfter ?? 0 > 0 && fault?.retryAfter ?? 61 <= 60)
        #expect(await second.refusal(as: PolicyService.bob) == nil)
        await second.stop()
    }

    @Test func aBuildThatNeverStartedGivesItsPlaceBackAndOneThatRanDoesNot() async throws {
        let once = PolicyService.tenAMinute.replacing("\"max\":10", with: "\"max\":3")
        try await withPolicy(once, { $0.running = 1 }) { running in
            let ran = try await running.submit()
            await running.builder.waitForStarts(1)
            let waiting = try await running.submit()
            _ = try await running.submit()
            #expect(await running.refusal()?.code == .rateLimited)
            // It ran: its place stays taken.
            _ = try await running.service.cancel(ran.id, as: PolicyService.alice)
            #expect(await running.refusal()?.code == .rateLimited)
            let started = running.builder.started
            if !started.contains(waiting.id) {
                let cancelled = try await running.service.cancel(waiting.id, as: PolicyService.alice)
                // It may have started between the two looks.
                if cancelled.attempt == 0 { #expect(await running.refusal() == nil) }
            }
        }
    }

    @Test func aBuildThatIsRefusedForTheQueueCostsNothing() async throws {
        try await withPolicy(
            PolicyService.tenAMinute.replacing("\"max\":10", with: "\"max\":2"),
            { settings in
                settings.running = 1
                settings.queuedPerGrant = 0
            }
        ) { running in
            #expect(await running.refusal()?.code == .grantQueueFull)
            #expect(await running.refusal()?.code == .grantQueueFull)
            #expect(await running.refusal()?.code == .grantQueueFull)
        }
    }

    @Test func aStoreThatCannotCountAdmitsNobody() async throws {
        try await withPolicy(PolicyService.tenAMinute) { running in
            try await running.service.policyStore.database.write("break the counters") { database, _ in
                try database.execute(sql: "ALTER TABLE counted RENAME TO broken")
            }
            #expect(await running.refusal() != nil)
            let jobs = try await running.service.jobs(JobQuery(), as: PolicyService.alice)
            #expect(jobs.builds.isEmpty)
            try await running.service.policyStore.database.write("mend them") { database, _ in
                try database.execute(sql: "ALTER TABLE broken RENAME TO counted")
            }
            // The positive control.
            #expect(await running.refusal() == nil)
        }
    }

    @Test func argumentsAreWhatIsBuiltWhateverTheCallSays() async throws {
        let policy = #"""
            {"version":"1","default":"deny","tools":{"python_build":{"deny_if":[
            {"path":"args.noBuildIsolation","op":"eq","value":true}],"limits_on_build":{"memory":"1GiB","cpus":1}}}}
            """#
        try await withPolicy(policy) { running in
            let allowed = try await running.submit()
            // What was not asked for is no more than the policy's largest.
            #expect(allowed.request.limits?.memoryBytes == 1 << 30)
            #expect(allowed.request.limits?.cpus == 1)
            let isolation = await running.refusal { $0.noIsolation = true }
            #expect(isolation?.code == .policyDenied)
            #expect(isolation?.decision?.rule == "/tools/python_build/deny_if/0")
            let memory = await running.refusal {
                $0.limits = LimitsDocument()
                $0.limits?.memoryBytes = 2 << 30
            }
            #expect(memory?.decision?.rule == "/tools/python_build/limits_on_build/memory")
        }
        var document = BuildDocument(source: SourceDocument(folder: "/srv/src"))
        document.noIsolation = true
        let call = try PolicyValue(json: #"{"noBuildIsolation":false,"directory":"/etc","outdir":"out","memory":1}"#)
        let arguments = PolicyValue.arguments(of: document, call: call)
        let wanted = try PolicyValue(
            json: #"""
                {"noBuildIsolation":true,"directory":"/srv/src","outdir":"out","sdist":true,"wheel":true,"offline":false,
                "skipDependencyCheck":false}
                """#)
        #expect(arguments.equals(wanted))
    }

    /// What is packed is what a policy decides on, however it is spelt.
    @Test(arguments: [
        ("/srv/a/x", true), ("/srv/a/./x", true), ("/srv//a/x/", true), ("/srv/a/../b", false),
        ("/srv/a/x/../../b", false),
        ("/srv/./b", false),
    ])
    func aFolderIsDecidedOnAsItIsPacked(_ folder: String, isAllowed: Bool) async throws {
        let policy = #"""
            {"version":"1","default":"deny","tools":{"python_build":{"require":[
            {"path":"args.directory","op":"regex","value":"^/srv/a/"}],"deny_if":[
            {"path":"args.directory","op":"regex","value":"[.]|//|/$"}]}}}
            """#
        try await withPolicy(policy) { running in
            let refusal = await running.refusal { $0.source = SourceDocument(folder: folder) }
            // There is no root for it, which is found out when it is packed.
            #expect(refusal?.code == (isAllowed ? .folderRefused : .policyDenied))
        }
    }

    @Test func aNewPolicyIsKeptOnceItsFileChangesUnlessItHasAFault() async throws {
        try await withPolicy(PolicyService.tenAMinute) { running in
            let source = try #require(running.service.policy)
            let before = source.policy.digest
            let url = URL(filePath: running.file.string)
            try Data("{\"version\":\"1\"}".utf8).write(to: url)
            guard case .refused(let faults) = source.reload() else { throw Unexpected() }
            #expect(faults.description.contains("the member \"default\" is missing"))
            #expect(source.policy.digest == before)
            #expect(await running.refusal() == nil)
            try FileManager.default.removeItem(at: url)
            #expect(await running.refusal() == nil)
            try Data("{\"version\":\"1\",\"default\":\"deny\"}".utf8).write(to: url)
            // Nobody has to say that the file changed.
            let fault = await running.refusal()
            #expect(fault?.code == .policyDenied)
            #expect(fault?.decision?.rule == "/default")
            #expect(source.policy.digest != before)
        }
    }

    struct Unexpected: Error {}

    @Test func toolsThatOnlyLookFollowTheBuildAndAreFree() async throws {
        let policy = #"""
            {"version":"1","default":"deny","tools":{"python_build":{"limits":[{"counter":"c","window":"day","max":1}]},
            "python_build_logs":{"rate_limit":{"max":2,"window":3600}},"python_build_cancel":{"action":"deny"}}}
            """#
        try await withPolicy(policy) { running in
            let service = running.service
            func fault(_ tool: String, as principal: Principal = PolicyService.alice) async -> ServiceFault? {
                do throws(ServiceFault) {
                    try await service.check(tool: tool, arguments: .object([:]), as: principal)
                    return nil
                } catch {
                    return error
                }
            }
            for _ in 0..<5 { #expect(await fault("python_build_status") == nil) }
            #expect(await running.refusal() == nil)
            #expect(await fault("python_build_logs") == nil)
            #expect(await fault("python_build_logs") == nil)
            let third = await fault("python_build_logs")
            #expect(third?.code == .rateLimited)
            #expect(third?.decision?.rule == "/tools/python_build_logs/rate_limit")
            #expect(await fault("python_build_logs", as: PolicyService.bob) == nil)
            #expect(await fault("python_build_cancel")?.decision?.rule == "/tools/python_build_cancel/action")
            let lines = try running.audited("tool.call")
            #expect(lines.count == 2)
        }
    }
}
