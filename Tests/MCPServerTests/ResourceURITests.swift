import Testing

@testable import MCPServer

@Suite("URIs of what builds leave")
struct ResourceURITests {
    private let id = "01JD0000000000000000000000"

    @Test("URIs and what they name stand for each other")
    func roundTrip() {
        for uri in [
            ResourceURI.log(build: id), .result(build: id), .artifact(build: id, name: "a-1.0+x!y-py3-none-any.whl"),
            .artifact(build: id, name: "ü /%?#.tar.gz"),
        ] {
            #expect(ResourceURI(uri.text) == uri)
        }
        #expect(ResourceURI.artifact(build: id, name: "a b").text == "buildbox://builds/\(id)/artifacts/a%20b")
    }

    @Test("everything else is no URI of this server")
    func refused() {
        for text in [
            "", "buildbox://builds/", "buildbox://builds/\(id)", "buildbox://builds/\(id)/",
            "buildbox://builds/\(id)/x",
            "buildbox://builds/\(id)/log/", "buildbox://builds/\(id)/artifacts/", "buildbox://builds/../log",
            "buildbox://builds/\(id.lowercased())/log", "buildbox://builds/\(id)/artifacts/a/b",
            "buildbox://builds/\(id)/artifacts/%", "buildbox://builds/\(id)/artifacts/%+f",
            "buildbox://builds/\(id)/artifacts/%ff", "file:///etc/passwd", "BUILDBOX://builds/\(id)/log",
            "buildbox://builds/\(id)/log?x", String(repeating: "a", count: 2000),
        ] {
            #expect(ResourceURI(text) == nil, "\(text)")
        }
    }
}
