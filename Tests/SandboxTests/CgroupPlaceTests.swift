import Testing

@testable import Sandbox

@Suite struct CgroupPlaceTests {
    @Test(arguments: [
        (
            "0::/user.slice/user-1000.slice/session-2.scope",
            CgroupPlaceTests.place("/user.slice/user-1000.slice/session-2.scope")
        ),
        ("0::/", place("/")),
        ("0::/../../outside the namespace", place("/../../outside the namespace")),
        ("4:memory:/docker/0123abcd", place("/docker/0123abcd", "memory")),
        ("11:cpu,cpuacct:/", place("/", "cpu", "cpuacct")),
        ("1:name=systemd:/a:b", place("/a:b", "name=systemd")),
    ])
    func aLineIsAGroupInOneHierarchy(_ line: String, place: CgroupPlace) {
        #expect(CgroupPlace.parse(line) == [place])
        #expect(CgroupPlace.parse("\(line)\n") == [place])
    }

    @Test func aHybridHostHasALineForEachHierarchy() {
        let places = CgroupPlace.parse("4:memory:/a\n1:name=systemd:/b\n0::/c\n")
        #expect(places.map(\.path) == ["/a", "/b", "/c"])
        #expect(places.map(\.unified) == [false, false, true])
    }

    @Test(arguments: ["", "\n", "0:", "0:/", "nonsense"])
    func whatIsNoLineIsPassedOver(_ text: String) {
        #expect(CgroupPlace.parse(text).isEmpty)
    }

    private static func place(_ path: String, _ controllers: String...) -> CgroupPlace {
        CgroupPlace(path: path, unified: controllers.isEmpty, controllers: Set(controllers))
    }
}
