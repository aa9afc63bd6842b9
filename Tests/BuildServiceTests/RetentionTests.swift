import Testing

@testable import BuildService

@Suite struct RetentionTests {
    private static func job(
        _ number: UInt64, _ grant: String, log: UInt64 = 0, blobs: [String: UInt64] = [:]
    ) -> Retention.Job {
        Retention.Job(id: JobID(high: 0, low: number), grant: grant, bytes: log, blobs: blobs)
    }

    private func gone(_ limit: UInt64, _ jobs: [Retention.Job]) -> [UInt64] {
        let gone = Retention.beyond(limit, of: jobs)
        return (0...UInt64(jobs.count)).filter { gone.contains(JobID(high: 0, low: $0)) }
    }

    @Test func nobodysJobsGoForWhatAnotherKeeps() {
        // The others' are the older ones.
        let others = (1...3).map { Self.job(UInt64($0), "other-\($0)", log: 10) }
        let greedy = (4...13).map { Self.job(UInt64($0), "greedy", log: 100) }
        #expect(gone(1030, others + greedy) == [])
        #expect(gone(1029, others + greedy) == [4])
        #expect(gone(500, others + greedy) == Array(4...9))
        // Their shares are smaller than what they have at last.
        #expect(gone(39, others + greedy) == [1, 2, 3] + Array(4...13))
    }

    @Test func whatOneLeavesOfItsShareIsTheOthers() {
        let jobs = [
            Self.job(1, "a", log: 50), Self.job(2, "b", log: 40), Self.job(3, "b", log: 40), Self.job(4, "c", log: 10),
        ]
        #expect(gone(140, jobs) == [])
        #expect(gone(130, jobs) == [2])
    }

    @Test func aBlobCountsOnceForItsGrantAndGoesWithItsLastJob() {
        let shared = (1...40).map { Self.job(UInt64($0), "a", log: 1, blobs: ["source": 500]) }
        #expect(gone(540, shared) == [])
        #expect(gone(539, shared) == [1])
        #expect(gone(500, shared) == Array(1...40))
        let two = shared + [Self.job(41, "b", blobs: ["source": 500])]
        #expect(gone(1040, two) == [])
        #expect(gone(1001, two) == Array(1...39))
    }

    @Test func noJobsAndNoBytes() {
        #expect(gone(0, []) == [])
        #expect(gone(0, [Self.job(1, "a", log: 1), Self.job(2, "b")]) == [1])
    }
}
