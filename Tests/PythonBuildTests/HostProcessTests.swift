import Testing

@testable import PythonBuild

@Suite struct HostProcessTests {
    @Test func aProgramGetsNothingButWhatItIsGiven() async throws {
        let script = #"echo "$GIVEN ${HOME-none}"; pwd; cat; ls /proc/self/fd"#
        let output = try await HostProcess.output(of: ["/bin/sh", "-c", script], environment: ["GIVEN": "x"])
        #expect(String(decoding: output, as: UTF8.self) == "x none\n/\n0\n1\n2\n3\n")
    }

    @Test
    func aProgramThatPrintsWithoutEndIsEnded() async {
        await #expect(throws: BuildFailure.self) {
            try await HostProcess.output(of: ["/usr/bin/yes"], environment: [:])
        }
    }
}
