import BuildAPI
import Foundation
import PythonBuild
import SystemPackage
import TestSupport
import Testing

@testable import BuildService

@Suite struct ApprovalTests {
    private func fault(_ body: () async throws -> Void) async -> ServiceFault? {
        do {
            try await body()
            return nil
        } catch {
            return error as? ServiceFault
        }
    }

    private func approve(_ reason: String? = nil, digest: String? = nil) -> ApprovalDecisionDocument {
        ApprovalDecisionDocument(decision: .approve, reason: reason, digest: digest)
    }

    @Test func aBuildWaitsUntilItIsApprovedAndIsThenBuilt() async throws {
        try await withPolicy(PolicyService.approved) { running in
            let service = running.service
            let job = try await running.submit()
            #expect(job.state == .awaitingApproval)
            #expect(job.policy?.decision == .requireApproval)
            #expect(job.policy?.reason == "look first")
            #expect(job.approval?.status == .pending)
            #expect(job.approval?.expiresAt.timeIntervalSince(job.createdAt) == 60)
            #expect(job.queuePosition == nil)
            let list = try await service.approvals(as: PolicyService.ops)
            #expect(list.approvals.map(\.id) == [job.id])
            #expect(list.approvals.first?.source == job.source)
            let digest = try #require(list.approvals.first?.digest)
            // Nobody started it meanwhile.
            #expect(running.builder.started.isEmpty)
            let approval = try await service.decide(approve("fine", digest: digest), on: job.id, as: PolicyService.ops)
            #expect(approval.status == .approved)
            #expect(approval.decidedBy == "ops#o")
            #expect(approval.decisionReason == "fine")
            running.builder.finish(job.id)
            let end = try await service.waitForEnd(of: job.id, atMost: .seconds(3600), as: PolicyService.alice)
            #expect(end.state == .succeeded)
            #expect(end.approval?.status == .approved)
            var states: [JobState] = []
            for try await events in try await service.events(of: job.id, as: PolicyService.alice) {
                for event in events { if case .state(let state) = event.kind { states.append(state) } }
            }
            #expect(states.prefix(3) == [.awaitingApproval, .queued, .running])
            #expect(try await service.approvals(as: PolicyService.ops).approvals.isEmpty)
            let lines = try running.audited("job.approval")
            #expect(lines.count == 1)
            #expect(lines.first?["subject"] as? String == "o")
            #expect((lines.first?["details"] as? [String: String])?["digest"] == digest)
            let again = await fault { _ = try await service.decide(approve(), on: job.id, as: PolicyService.ops) }
            #expect(again?.code == .conflict)
        }
    }

    /// One person with two grants, and an administrator who repeats another grant's build.
    @Test func nobodyApprovesWhatTheyAskedForUnderAnotherGrant() async throws {
        try await withPolicy(PolicyService.approved) { running in
            let service = running.service
            let job = try await running.submit()
            let same = Principal(grant: "ops", subject: PolicyService.alice.subject, scopes: [.read, .approve])
            #expect(try await service.approvals(as: same).approvals.isEmpty)
            let own = await fault { _ = try await service.decide(approve(), on: job.id, as: same) }
            #expect(own != nil)
            _ = try await service.decide(approve(), on: job.id, as: PolicyService.ops)
            running.builder.finish(job.id)
            _ = try await service.waitForEnd(of: job.id, atMost: .seconds(3600), as: PolicyService.alice)

            let repeated = try await service.retry(job.id, as: PolicyService.admin).job
            #expect(repeated.state == .awaitingApproval && repeated.grant == PolicyService.alice.grant)
            let root = Principal(grant: "ops", subject: PolicyService.admin.subject, scopes: [.read, .approve])
            #expect(await fault { _ = try await service.decide(approve(), on: repeated.id, as: root) } != nil)
            #expect(
                await fault { _ = try await service.decide(approve(), on: repeated.id, as: PolicyService.admin) } != nil
            )
            // Others can: a denial, since the policy has no room for another build.
            let denial = ApprovalDecisionDocument(decision: .deny)
            #expect(try await service.decide(denial, on: repeated.id, as: PolicyService.ops).status == .denied)
        }
    }

    @Test func aDeniedBuildHasEndedAsRefused() async throws {
        try await withPolicy(PolicyService.approved) { running in
            let job = try await running.submit()
            let denial = ApprovalDecisionDocument(decision: .deny, reason: "not this one")
            let approval = try await running.service.decide(denial, on: job.id, as: PolicyService.ops)
            #expect(approval.status == .denied)
            let end = try await running.service.job(job.id, as: PolicyService.alice)
            #expect(end.state == .refused)
            #expect(end.result?.reason?.code == "approval_denied")
            #expect(end.result?.reason?.message.contains("not this one") == true)
            #expect(end.result?.exitCode == 5)
            #expect(running.builder.started.isEmpty)
        }
    }

    @Test func nobodysAnswerIsADenial() async throws {
        try await withPolicy(PolicyService.approved) { running in
            let job = try await running.submit()
            running.clock.advance(by: .seconds(59))
            await running.service.tick()
            #expect(try await running.service.job(job.id, as: PolicyService.alice).state == .awaitingApproval)
            running.clock.advance(by: .seconds(1))
            let late = await fault {
                _ = try await running.service.decide(approve(), on: job.id, as: PolicyService.ops)
            }
            #expect(late?.code == .conflict)
            // The service's own look and this one may meet: the end comes by one of them.
            await running.service.tick()
            let end = try await running.service.waitForEnd(
                of: job.id, atMost: .seconds(3600), as: PolicyService.alice)
            #expect(end.state == .refused)
            #expect(end.approval?.status == .expired)
            #expect(end.result?.reason?.code == "approval_expired")
        }
    }

    @Test func onlySomebodyElseWhoIsNamedCanApprove() async throws {
        let policy = PolicyService.approved.replacing("[\"ops\"]", with: "[\"ops\",\"alice#boss\"]")
        try await withPolicy(policy) { running in
            let service = running.service
            let job = try await running.submit()
            func code(_ principal: Principal) async -> ProblemCode? {
                await fault { _ = try await service.decide(approve(), on: job.id, as: principal) }?.code
            }
            var own = PolicyService.alice
            own.scopes.insert(.approve)
            // Not even with the scope: she is not named, and it is hers.
            #expect(await code(own) == .notFound)
            #expect(await code(PolicyService.alice) == .forbidden)
            let stranger = Principal(grant: "guests", subject: "ops", scopes: [.approve])
            #expect(await code(stranger) == .notFound)
            #expect(await code(PolicyService.admin) == .notFound)
            var unscoped = PolicyService.ops
            unscoped.scopes = [.read, .build]
            #expect(await code(unscoped) == .forbidden)
            #expect(try await service.approvals(as: stranger).approvals.isEmpty)
            let wrong = await fault {
                _ = try await service.decide(
                    approve(digest: String(repeating: "0", count: 64)), on: job.id, as: PolicyService.ops)
            }
            #expect(wrong?.code == .conflict)
            #expect(try await service.job(job.id, as: PolicyService.alice).state == .awaitingApproval)
            let boss = Principal(grant: "alice", subject: "boss", scopes: [.approve])
            #expect(await code(boss) == nil)
        }
    }

    @Test func withoutNamesTheGrantsOthersApproveAndNeverWhoeverAsked() async throws {
        let policy = PolicyService.approved.replacing("\"timeout\":60,\"approvers\":[\"ops\"]", with: "\"timeout\":60")
        try await withPolicy(policy) { running in
            let service = running.service
            var own = PolicyService.alice
            own.scopes.insert(.approve)
            let job = try await running.submit(as: own)
            let mine = await fault { _ = try await service.decide(approve(), on: job.id, as: own) }
            #expect(mine?.code == .forbidden)
            #expect(try await service.approvals(as: own).approvals.isEmpty)
            let foreign = await fault { _ = try await service.decide(approve(), on: job.id, as: PolicyService.ops) }
            #expect(foreign?.code == .notFound)
            let colleague = Principal(grant: "alice", subject: "c", scopes: [.approve])
            #expect(try await service.decide(approve(), on: job.id, as: colleague).status == .approved)
        }
    }

    @Test func limitsCountOnceABuildIsApproved() async throws {
        try await withPolicy(PolicyService.approved) { running in
            let service = running.service
            let first = try await running.submit()
            let second = try await running.submit()
            _ = try await service.decide(approve(), on: first.id, as: PolicyService.ops)
            let limited = await fault { _ = try await service.decide(approve(), on: second.id, as: PolicyService.ops) }
            #expect(limited?.code == .rateLimited)
            #expect(limited?.decision?.rule == "/tools/python_build/limits/0")
            // It waits on, and can be approved later or denied now.
            #expect(try await service.job(second.id, as: PolicyService.alice).state == .awaitingApproval)
            let denial = ApprovalDecisionDocument(decision: .deny)
            #expect(try await service.decide(denial, on: second.id, as: PolicyService.ops).status == .denied)
        }
    }

    @Test func whatTheNewPolicyDeniesIsNotLetThroughByAnApproval() async throws {
        try await withPolicy(PolicyService.approved) { running in
            let job = try await running.submit()
            try Data("{\"version\":\"1\",\"default\":\"deny\"}".utf8).write(to: URL(filePath: running.file.string))
            let denied = await fault {
                _ = try await running.service.decide(approve(), on: job.id, as: PolicyService.ops)
            }
            #expect(denied?.code == .policyDenied)
            #expect(denied?.decision?.rule == "/default")
            #expect(running.builder.started.isEmpty)
        }
    }

    @Test func aGrantHasOnlySoManyWaiting() async throws {
        try await withPolicy(PolicyService.approved, { $0.awaitingPerGrant = 2 }) { running in
            let first = try await running.submit()
            _ = try await running.submit()
            let full = await running.refusal()
            #expect(full?.code == .approvalsFull)
            #expect(await running.refusal(as: PolicyService.bob) == nil)
            let cancelled = try await running.service.cancel(first.id, as: PolicyService.alice)
            #expect(cancelled.state == .cancelled)
            #expect(cancelled.approval?.status == .withdrawn)
            #expect(await running.refusal() == nil)
        }
    }

    @Test func whatWaitsWaitsOnAfterARestart() async throws {
        let home = try TemporaryFolder()
        let clock = ManualClock()
        // In a function of its own: the home is free once the first service is gone.
        func admit() async throws -> [JobDocument] {
            let first = try await PolicyService(home.path, PolicyService.approved, clock: clock)
            let jobs = [try await first.submit(), try await first.submit()]
            await first.stop()
            return jobs
        }
        let jobs = try await admit()
        let (job, other) = (jobs[0], jobs[1])
        let second = try await PolicyService(home.path, nil, clock: clock)
        #expect(try await second.service.job(job.id, as: PolicyService.alice).state == .awaitingApproval)
        _ = try await second.service.decide(approve(), on: job.id, as: PolicyService.ops)
        second.builder.finish(job.id)
        let end = try await second.service.waitForEnd(of: job.id, atMost: .seconds(3600), as: PolicyService.alice)
        #expect(end.state == .succeeded)
        #expect(second.builder.started == [job.id])
        clock.advance(by: .seconds(60))
        await second.service.tick()
        let refused = try await second.service.waitForEnd(
            of: other.id, atMost: .seconds(3600), as: PolicyService.alice)
        #expect(refused.state == .refused)
        await second.stop()
    }
}
