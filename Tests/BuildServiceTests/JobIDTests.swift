@testable import BuildService
import Foundation
import Testing

@Suite struct JobIDTests {
    @Test func `ids grow within a millisecond and when the clock is set back`() {
        let source = JobIDSource()
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        var ids = (0..<1000).map { _ in source.next(at: now) }
        ids.append(source.next(at: now - .seconds(3600)))
        ids.append(source.next(at: now + .seconds(1)))
        for (earlier, later) in zip(ids, ids.dropFirst()) {
            #expect(earlier < later)
            #expect(earlier.description < later.description)
        }
    }

    @Test func `an id reads back, and its text begins with its time`() throws {
        // The example of the specification, 01ARZ3NDEKTSV4RRFFQ69G5FAV, less its randomness.
        let id = JobIDSource().next(at: Date(timeIntervalSince1970: 1_469_922_850.259))
        #expect(id.description.hasPrefix("01ARZ3NDEK"))
        #expect(try #require(JobID(id.description)) == id)
    }

    @Test(arguments: [
        "", "01ARYZ6S41TSV4RRFFQ69G5FA", "01ARYZ6S41TSV4RRFFQ69G5FAVX", "01aryz6s41tsv4rrffq69g5fav",
        "81ARYZ6S41TSV4RRFFQ69G5FAV", "01ARYZ6S41TSV4RRFFQ69G5FAI", "../../../etc/passwd/aaaaaa",
    ])
    func `what is no id is refused`(text: String) {
        #expect(JobID("01ARYZ6S41TSV4RRFFQ69G5FAV") != nil)
        #expect(JobID(text) == nil)
    }
}
