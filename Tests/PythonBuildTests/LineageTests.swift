import Testing

@testable import PythonBuild

@Suite struct LineageTests {
    private func release(_ name: String) -> SdistRelease {
        SdistRelease(name: name, version: "1.0", location: "https://a/\(name)-1.0.tar.gz#x", sha256: nil)
    }

    @Test func aWayDownMayBeAsLongAsTheLimit() throws {
        var lineage = Lineage()
        for depth in 0..<Lineage.deepest { lineage = try lineage.descending(to: release("p\(depth)")) }
        #expect(lineage.depth == Lineage.deepest)
        let failure = #expect(throws: BuildFailure.self) { try lineage.descending(to: release("one-more")) }
        #expect(failure?.message.contains("p0 -> p1") == true)
    }

    @Test func aCircleIsNamed() throws {
        let lineage = try Lineage().descending(to: release("a")).descending(to: release("b"))
        let failure = #expect(throws: BuildFailure.self) { try lineage.descending(to: release("a")) }
        #expect(failure?.message.contains("a -> b -> a") == true)
    }

    @Test func allBuildsOfOneBuildCountTogether() throws {
        let lineage = Lineage()
        let branch = try lineage.descending(to: release("first"))
        for number in 1..<Lineage.most {
            _ = try (number % 2 == 0 ? lineage : branch).descending(to: release("p\(number)"))
        }
        #expect(throws: BuildFailure.self) { try branch.descending(to: release("last")) }
        #expect(throws: BuildFailure.self) { try lineage.descending(to: release("last")) }
    }

    @Test func aReleaseIsTheFileAtTheEndOfItsAddress() {
        #expect(release("a").file == "a-1.0.tar.gz")
        #expect(SdistRelease(name: "a", version: "1", location: "a.zip?x=/y", sha256: nil).file == "a.zip")
    }
}
