import Testing

@testable import PythonBuild

@Suite struct NetrcFileTests {
    private static let text = """
        # of a team
        machine pypi.example login alice password "with \\"quotes\\" and space"
        machine other.example
            login bob
            account ignored
            password p\\ w
        macdef init
        machine macro.example login nobody password none

        machine pypi.example login second password ignored
        machine empty.example
        default login anybody password guest
        """

    @Test(
        arguments: [
            ("pypi.example", "alice", "with \"quotes\" and space"), ("other.example", "bob", "p w"),
            ("empty.example", "", ""), ("macro.example", "anybody", "guest"), ("unknown", "anybody", "guest"),
        ])
    func aHostHasItsLogin(_ host: String, _ user: String, _ password: String) {
        #expect(NetrcFile(Self.text)[host] == .init(user: user, password: password))
    }

    @Test(arguments: ["", "machine", "machine a login", "login password", "macdef x\nmachine a login b password c"])
    func whatIsCutOffGivesNoLogin(_ text: String) {
        #expect((NetrcFile(text)["a"] ?? .init(user: "", password: "")).password.isEmpty)
    }
}
