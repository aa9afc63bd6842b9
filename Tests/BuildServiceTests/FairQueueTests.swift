@testable import BuildService
import Testing

@Suite struct FairQueueTests {
    private func id(_ number: Int) -> JobID { JobID(high: 0, low: UInt64(number)) }

    private func place(_ grant: String, _ number: Int, priority: Int = 0) -> FairQueue.Place {
        FairQueue.Place(grant: grant, priority: priority, place: Int64(number))
    }

    private func queue(_ jobs: [(grant: String, priority: Int)]) -> FairQueue {
        var queue = FairQueue()
        for (number, job) in jobs.enumerated() {
            queue.insert(id(number), at: place(job.grant, number, priority: job.priority))
        }
        return queue
    }

    private func take(_ queue: inout FairQueue) throws -> (id: JobID, place: FairQueue.Place) {
        let next = queue.next()
        return try #require(next)
    }

    /// The order in which all start, when each ends before the next starts.
    private func order(_ queue: FairQueue) -> [Int] {
        var queue = queue
        var order: [Int] = []
        while let (id, place) = queue.next() {
            order.append(Int(id.low))
            queue.ended(of: place.grant)
        }
        return order
    }

    @Test func `within a grant priority goes before admission`() {
        let queue = queue([("a", 0), ("a", 5), ("a", -1), ("a", 5), ("a", 0)])
        #expect(order(queue) == [1, 3, 0, 4, 2])
    }

    @Test func `a grant with many jobs does not hold up one with a few, whatever their priority`() {
        let queue = queue([("a", 10), ("a", 10), ("a", 10), ("a", 10), ("b", -10), ("b", -10)])
        let order = order(queue)
        #expect(order.firstIndex(of: 4)! <= 1)
        #expect(order.firstIndex(of: 5)! <= 3)
    }

    @Test func `the grant with the fewest running is next`() throws {
        var queue = queue([("a", 0), ("a", 0), ("a", 0), ("b", 0), ("b", 0)])
        let first = try [take(&queue), take(&queue)]
        #expect(Set(first.map(\.place.grant)) == ["a", "b"])
        let third = try take(&queue)
        // Whichever has two now waits for the other one.
        #expect(try take(&queue).place.grant != third.place.grant)
    }

    @Test func `of grants with as many running, the one served longest ago is next`() throws {
        var queue = FairQueue()
        for (number, grant) in ["a", "b", "c"].enumerated() { queue.insert(id(number), at: place(grant, number)) }
        var served: [String] = []
        for number in 3..<30 {
            let (_, job) = try take(&queue)
            served.append(job.grant)
            queue.ended(of: job.grant)
            queue.insert(id(number), at: place(job.grant, number))
        }
        for index in 3..<served.count { #expect(served[index] == served[index - 3]) }
        #expect(Set(served.prefix(3)).count == 3)
    }

    @Test func `a job that is queued again has its old place`() throws {
        var queue = queue([("a", 0), ("a", 0), ("a", 0)])
        let first = try take(&queue)
        queue.ended(of: "a")
        queue.insert(first.id, at: first.place)
        #expect(order(queue) == [0, 1, 2])
    }

    @Test func `a job that is taken out does not start, and only once`() {
        var queue = queue([("a", 0), ("a", 0), ("b", 0)])
        let removals = [1, 1, 7].map { queue.remove(at: place("a", $0)) }
        #expect(removals == [true, false, false])
        #expect(queue.queued == 2)
        #expect(queue.queued(of: "a") == 1)
        #expect(Set(order(queue)) == [0, 2])
    }

    @Test func `positions are those in which jobs start, one after another`() throws {
        var generator = SystemRandomNumberGenerator()
        var wrong = 0
        var all = 0
        for _ in 0..<50 {
            let jobs = (0..<20).map { _ in
                (
                    grant: ["a", "b", "c"].randomElement(using: &generator)!,
                    priority: Int.random(in: -1...1, using: &generator)
                )
            }
            let queue = queue(jobs)
            let order = order(queue)
            for (number, job) in jobs.enumerated() {
                let position = try #require(queue.position(of: place(job.grant, number, priority: job.priority)))
                let actual = order.firstIndex(of: number)!
                all += 1
                // Which of several untouched grants begins is open: one round of them.
                if abs(position - actual) > 2 { wrong += 1 }
            }
        }
        #expect(all == 1000)
        #expect(wrong == 0)
    }

    @Test func `ten thousand jobs are counted and placed quickly`() throws {
        var queue = FairQueue()
        let clock = ContinuousClock()
        let time = try clock.measure {
            for number in 0..<10_000 { queue.insert(id(number), at: place("g\(number % 10)", number)) }
            for number in 0..<10_000 { _ = try #require(queue.position(of: place("g\(number % 10)", number))) }
        }
        #expect(queue.queued == 10_000)
        #expect(time < .seconds(5), "\(time) for 10,000 jobs, in a debug build")
    }
}
