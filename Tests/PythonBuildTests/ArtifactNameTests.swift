import Testing

@testable import PythonBuild

@Suite struct ArtifactNameTests {
    @Test(
        arguments: [
            ("six-1.17.0-py2.py3-none-any.whl", .wheel),
            ("numpy-2.0.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", .wheel),
            ("a-1.0-1-py3-none-any.whl", .wheel), ("a-1.0-2a-py3-none-any.whl", .wheel),
            ("a-1!1.0+local.1-py3-none-any.whl", .wheel),
            ("six-1.17.0.tar.gz", .sdist), ("my_pkg-1.0rc1.tar.gz", .sdist), ("my-old-pkg-1.0.tar.gz", .sdist),
            ("a-1!1.0+local.tar.gz", .sdist),
        ] as [(String, DistributionKind)])
    func aNameOfAWheelOrAnSdistIsTold(_ name: String, kind: DistributionKind) throws {
        let artifact = try #require(ArtifactName(name))
        #expect(artifact.kind == kind)
        #expect(artifact.text == name)
    }

    @Test(arguments: [
        "", ".", "..", "whl", ".whl", ".tar.gz", "-.tar.gz", "a.tar.gz", "a-.tar.gz", "-1.tar.gz", "a-1.zip",
        "a-1.tar.bz2",
        "a-1.tar", "a-1.TAR.GZ", "a-1.tar.gz.sig", "a-1-py3-none-any.WHL", "a-1-py3-none-any.whl.part",
        "a-1-py3-none.whl",
        "a--py3-none-any.whl", "a-1-x-py3-none-any.whl", "a-1-1-1-py3-none-any.whl", "a-1-py3-none-.whl",
        ".a-1-py3-none-any.whl", ".a-1.tar.gz", "../a-1.tar.gz", "/a-1.tar.gz", "b/a-1.tar.gz", "a\\b-1.tar.gz",
        "a-1.0\n-py3-none-any.whl", "a-1 .tar.gz", "a\0-1.tar.gz", "a-1-py3-none-\u{202e}yna.whl", "ä-1.tar.gz",
        "a-1-py3-none-any\u{1b}[m.whl", "$(a)-1.tar.gz", "a;b-1.tar.gz", "a-1-py3-none-*.whl", "PKG-INFO", "a-1.egg",
    ])
    func everyOtherNameIsNone(_ name: String) {
        #expect(ArtifactName(name) == nil)
    }

    @Test func aNameIsNoLongerThanAFileSystemTakes() {
        let ending = "-1-py3-none-any.whl"
        #expect(ArtifactName(String(repeating: "a", count: 255 - ending.count) + ending) != nil)
        #expect(ArtifactName(String(repeating: "a", count: 256 - ending.count) + ending) == nil)
    }
}
