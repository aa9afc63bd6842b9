import BuildAPI
@testable import BuildService
import Foundation
import PythonBuild
import SystemPackage
import Testing

@Suite struct SubmitTests {
    private func code(_ body: () async throws -> Void) async -> ProblemCode? {
        do {
            try await body()
            return nil
        } catch let fault as ServiceFault {
            return fault.code
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    @Test func `a job is admitted, runs, and ends with its result and artifacts`() async throws {
        try await withService { running in
            let admission = try await running.submit()
            #expect(!admission.isReplay)
            #expect(admission.job.state == .queued)
            let id = admission.job.id
            await running.builder.waitForStarts(1)
            #expect(try await running.service.job(id, as: RunningService.alice).state == .running)
            #expect(await code { _ = try await running.service.result(of: id, as: RunningService.alice) } == .notEnded)

            running.builder.finish(id, .init(prints: ["one\n", "two\n"], artifacts: ["a-1-py3-none-any.whl": "wheel"]))
            let job = try await running.end(of: id)
            #expect(job.state == .succeeded)
            #expect(job.attempt == 1)
            #expect(job.result?.artifacts.map(\.path) == [nil])
            let artifact = try await running.service.artifact("a-1-py3-none-any.whl", of: id, as: RunningService.alice)
            #expect(try artifact.blob.read(at: 0, count: 100) == Array("wheel".utf8))
            #expect(artifact.blob.digest == sha256(Array("wheel".utf8)))
            let log = try await running.service.log(of: id, as: RunningService.alice)
            #expect(log.isComplete)
            #expect(try log.read(at: 0, count: 100) == Array("one\ntwo\n".utf8))
            #expect(try log.read(at: 4, count: 3) == Array("two".utf8))
            #expect(
                await code { _ = try await running.service.artifact("b", of: id, as: RunningService.alice) }
                    == .notFound)
        }
    }

    @Test func `the build gets the very bytes that were uploaded`() async throws {
        try await withService { running in
            let id = try await running.submit("the source").job.id
            await running.builder.waitForStarts(1)
            let order = try #require(running.builder.order(id))
            #expect(FileManager.default.contents(atPath: order.source.string) == Data("the source".utf8))
            #expect(order.sourceName == "hello.tar.gz")
            running.builder.finish(id)
            _ = try await running.end(of: id)
        }
    }

    @Test func `another grant's jobs and uploads are not there, the operator sees them`() async throws {
        try await withService { running in
            let id = try await running.submit().job.id
            let bob = RunningService.bob
            #expect(await code { _ = try await running.service.job(id, as: bob) } == .notFound)
            #expect(await code { _ = try await running.service.cancel(id, as: bob) } == .notFound)
            #expect(await code { _ = try await running.service.events(of: id, as: bob) } == .notFound)
            #expect(await code { _ = try await running.service.log(of: id, as: bob) } == .notFound)
            #expect(await code { try await running.service.delete(id, as: bob) } == .notFound)
            #expect(await code { _ = try await running.service.retry(id, as: bob) } == .notFound)
            #expect(try await running.service.jobs(JobQuery(), as: bob).builds.isEmpty)
            #expect(try await running.service.jobs(JobQuery(grant: "alice"), as: bob).builds.isEmpty)
            let digest = sha256(Array("source".utf8))
            #expect(await code { _ = try await running.service.blob(digest, as: bob) } == .notFound)
            let stolen = BuildDocument(source: SourceDocument(blob: digest, name: "a.zip"))
            #expect(
                await code { _ = try await running.service.submit(Submission(document: stolen), as: bob) } == .notFound)

            #expect(try await running.service.job(id, as: RunningService.alice).id == id)
            #expect(try await running.service.job(id, as: RunningService.admin).id == id)
            #expect(try await running.service.blob(digest, as: RunningService.alice).size == 6)
            #expect(try await running.service.jobs(JobQuery(), as: RunningService.admin).builds.map(\.id) == [id])
        }
    }

    @Test func `a scope that is missing is said, and what it is for is not done`() async throws {
        try await withService { running in
            var reader = RunningService.alice
            reader.scopes = [.read]
            var writer = RunningService.alice
            writer.scopes = [.build]
            let id = try await running.submit(as: writer).job.id
            #expect(await code { _ = try await running.service.job(id, as: writer) } == .forbidden)
            #expect(await code { _ = try await running.service.cancel(id, as: reader) } == .forbidden)
            #expect(await code { _ = try await running.submit(as: reader) } == .forbidden)
            #expect(try await running.service.job(id, as: reader).id == id)
        }
    }

    @Test func `the same key and body give the same job, another body is a mistake, another grant is apart`()
        async throws
    {
        try await withService { running in
            let first = try await running.submit(key: "k")
            let again = try await running.submit(key: "k")
            #expect(again.isReplay)
            #expect(again.job.id == first.job.id)
            #expect(await code { _ = try await running.submit("other", key: "k") } == .idempotencyMismatch)
            #expect(await code { _ = try await running.submit(key: "k") { $0.verbosity = 1 } } == .idempotencyMismatch)
            let bobs = try await running.submit(as: RunningService.bob, key: "k")
            #expect(!bobs.isReplay)
            #expect(bobs.job.id != first.job.id)

            running.clock.advance(by: .seconds(24 * 3600 + 1))
            let later = try await running.submit(key: "k")
            #expect(!later.isReplay)
            #expect(later.job.id != first.job.id)
        }
    }

    @Test func `a key is held by one request at a time`() async throws {
        try await withService { running in
            let alice = RunningService.alice
            var claim: IdempotencyClaim? = try running.service.claim("k", as: alice)
            #expect(await code { _ = try running.service.claim("k", as: alice) } == .idempotencyConflict)
            #expect(throws: Never.self) { try running.service.claim("k", as: RunningService.bob) }
            #expect(throws: Never.self) { try running.service.claim("l", as: alice) }
            withExtendedLifetime(claim) {}
            claim = nil
            #expect(throws: Never.self) { try running.service.claim("k", as: alice) }
        }
    }

    @Test func `of 100 equal requests at once with one key one job is made, without a key 100`() async throws {
        try await withService(builder: ScriptedBuilder(automatic: .init())) { running in
            let blob = try await running.upload("source")
            let document = BuildDocument(source: SourceDocument(blob: blob.digest, name: "hello.zip"))
            let ids = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        do {
                            let claim = try running.service.claim("one", as: RunningService.alice)
                            let submission = Submission(document: document, claim: claim)
                            return try await running.service.submit(submission, as: RunningService.alice).job.id
                        } catch let fault as ServiceFault where fault.code == .idempotencyConflict {
                            return nil
                        }
                    }
                    group.addTask {
                        _ = try await running.service.submit(Submission(document: document), as: RunningService.alice)
                        return nil
                    }
                }
                return try await group.reduce(into: Set<String>()) { if let id = $1 { $0.insert(id) } }
            }
            #expect(ids.count == 1)
            let jobs = try await running.service.jobs(JobQuery(limit: 500), as: RunningService.alice).builds
            #expect(jobs.count == 101)
            #expect(Set(jobs.map(\.id)).count == 101)
            for job in jobs { #expect(try await running.end(of: job.id).state == .succeeded) }
        }
    }

    @Test func `a full queue refuses, for a grant and for all, and takes jobs again`() async throws {
        try await withService {
            $0.queued = 3
            $0.queuedPerGrant = 2
            $0.running = 1
        } _: { running in
            let first = try await running.submit()
            await running.builder.waitForStarts(1)
            let waiting = [try await running.submit(), try await running.submit()]
            #expect(await code { _ = try await running.submit() } == .grantQueueFull)
            _ = try await running.submit(as: RunningService.bob)
            #expect(await code { _ = try await running.submit(as: RunningService.bob) } == .queueFull)
            _ = try await running.service.cancel(waiting[0].job.id, as: RunningService.alice)
            _ = try await running.submit()
            #expect(await code { _ = try await running.submit() } == .grantQueueFull)
            running.builder.finish(first.job.id)
        }
    }

    @Test func `every fault of a request is told with its place`() async throws {
        try await withService { running in
            var document = BuildDocument(
                source: SourceDocument(blob: "abc", name: "../x.tar.gz", subdirectory: "a/../b"))
            document.priority = 11
            document.python = "/usr/bin/python3"
            document.profile = "../evil"
            document.environment = ["A=B": "1"]
            document.skipDependencyCheck = true
            document.limits = LimitsDocument()
            document.limits?.memoryBytes = 1 << 50
            document.runTimeoutS = 0
            do throws(ServiceFault) {
                _ = try await running.service.submit(Submission(document: document), as: RunningService.alice)
                Issue.record("it was admitted")
            } catch {
                #expect(error.code == .invalidRequest)
                #expect(
                    Set(error.faults.map(\.pointer)) == [
                        "/source/blob", "/source/name", "/source/subdirectory", "/priority", "/python", "/profile",
                        "/environment/A=B", "/skip_dependency_check", "/limits/memory_bytes", "/run_timeout_s",
                    ])
            }
        }
    }

    @Test(arguments: ["python3", "3.12; rm", "3..1", "./3", "ls", "", "-3", "3.1.2.3", "rm3"])
    func `nothing but a version names an interpreter`(name: String) async throws {
        try await withService { running in
            for good in ["3", "3.12", "3.12.1", "pypy3.10", "python3.11"] {
                _ = try await running.submit { $0.python = good }
            }
            if name == "python3" { return }
            #expect(await code { _ = try await running.submit { $0.python = name } } == .invalidRequest)
        }
    }

    @Test func `an upload that is too large, changed or let go of leaves nothing`() async throws {
        try await withService {
            $0.largestSource = 10
        } _: { running in
            let alice = RunningService.alice
            #expect(await code { _ = try await running.upload("12345678901") } == .tooLarge)
            #expect(await code { _ = try running.service.beginUpload(size: 11, as: alice) } == .tooLarge)
            let wrong = sha256(Array("other".utf8))
            let upload = try running.service.beginUpload(digest: wrong, as: alice)
            try Array("source".utf8).withUnsafeBytes { try upload.write($0) }
            #expect(await code { _ = try await upload.finish() } == .digestMismatch)
            do {
                let abandoned = try running.service.beginUpload(as: alice)
                try Array("half".utf8).withUnsafeBytes { try abandoned.write($0) }
                #expect(try drafts(running).count == 1)
            }
            #expect(try drafts(running).isEmpty)
            #expect(try running.service.blobs.all().isEmpty)
            _ = try await running.upload("1234567890")
            #expect(try running.service.blobs.all() == [sha256(Array("1234567890".utf8))])
        }
    }

    private func drafts(_ running: RunningService) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: running.service.files.blobs.appending("drafts").string)
    }

    @Test func `lists come in pages, the newest first, by state`() async throws {
        try await withService {
            $0.running = 1
        } _: { running in
            var ids: [String] = []
            for _ in 0..<5 { ids.append(try await running.submit().job.id) }
            await running.builder.waitForStarts(1)
            var found: [String] = []
            var cursor: String?
            repeat {
                let page = try await running.service.jobs(JobQuery(limit: 2, cursor: cursor), as: RunningService.alice)
                #expect(page.builds.count <= 2)
                found += page.builds.map(\.id)
                cursor = page.nextCursor
            } while cursor != nil
            #expect(found == ids.reversed())
            let queued = try await running.service.jobs(JobQuery(states: [.queued]), as: RunningService.alice).builds
            #expect(queued.map(\.id) == Array(ids.dropFirst().reversed()))
            #expect(queued.map(\.queuePosition) == [3, 2, 1, 0])
            let invalid = JobQuery(cursor: "x")
            #expect(
                await code { _ = try await running.service.jobs(invalid, as: RunningService.alice) } == .invalidRequest)
        }
    }
}
