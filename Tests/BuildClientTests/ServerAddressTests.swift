import PythonBuild
import Testing

@testable import BuildClient

@Suite struct ServerAddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:8750", "http://127.0.0.1:8750"), ("https://build.example/", "https://build.example"),
        ("https://gateway.example/buildbox/", "https://gateway.example/buildbox"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("unix:/run/buildbox/socket", "http+unix://%2Frun%2Fbuildbox%2Fsocket"),
        ("http+unix://%2Frun%2Fsocket", "http+unix://%2Frun%2Fsocket"),
    ])
    func whatServersListenOnIsUnderstood(_ text: String, _ base: String) throws {
        let address = try ServerAddress(text)
        #expect(address.base == base)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", "127.0.0.1:8750", "ftp://host", "http://", "unix:relative", "http://user:secret@host", "http://host/?a=b",
        "http://host#a", "unix://run/socket",
    ])
    func anythingElseIsRefusedAndNoSecretIsTold(_ text: String) {
        let error = #expect(throws: ClientError.self) { try ServerAddress(text) }
        #expect(error?.code == .address)
        #expect(error?.message.contains("secret") == false)
        #expect(error?.exitStatus == .usage)
    }

    @Test(arguments: [
        ("http://127.0.0.1:1", true), ("http://localhost", true), ("http://[::1]", true), ("unix:/s", true),
        ("http://10.0.0.1", false), ("http://127.example", false),
    ])
    func loopbackIsToldFromTheNetwork(_ text: String, _ isLocal: Bool) throws {
        #expect(try ServerAddress(text).isLocal == isLocal)
    }
}
