import Foundation
import SystemPackage
import Testing

@testable import Sandbox

/// What the narrower profiles refuse, each with the same deed under `build` beside it.
@Suite struct PhaseProfileTests {
    private let fixture: Fixture

    init() throws {
        fixture = try Fixture()
    }

    struct Deed: CustomTestStringConvertible {
        let profile: String
        let name: String
        /// Python that prints `done` when it can.
        let code: String
        /// What is printed under the profile.
        let refusal: String

        var testDescription: String { "\(profile): \(name)" }
    }

    @Test(arguments: [
        Deed(
            profile: "inspect", name: "makes a file", code: "open('/tmp/x', 'w').close()",
            refusal: "Read-only file system"),
        Deed(
            profile: "inspect", name: "makes a file without a name",
            code: "os.open('/tmp', os.O_TMPFILE | os.O_RDWR)", refusal: "Read-only file system"),
        Deed(
            profile: "inspect", name: "makes a folder", code: "os.mkdir('/tmp/x')", refusal: "Function not implemented"),
        Deed(
            profile: "inspect", name: "makes a socket pair", code: "import socket; socket.socketpair()",
            refusal: "Function not implemented"),
        Deed(
            profile: "strict", name: "makes a TCP socket", code: "import socket; socket.socket()",
            refusal: "Address family not supported"),
        Deed(
            profile: "strict", name: "makes a Unix socket", code: "import socket; socket.socket(socket.AF_UNIX)",
            refusal: "Address family not supported"),
        Deed(
            profile: "strict", name: "makes a file that lies nowhere", code: "os.memfd_create('x')",
            refusal: "Function not implemented"),
        Deed(
            profile: "provision", name: "listens",
            code: "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()",
            refusal: "Function not implemented"),
        Deed(
            profile: "provision", name: "makes a fifo", code: "os.mkfifo('/tmp/x')", refusal: "Function not implemented"
        ),
    ])
    func aDeedThatBuildAllowsIsRefused(_ deed: Deed) async throws {
        #expect(try await printed(deed.code, under: "build") == "done\n")
        let refused = try await printed(deed.code, under: deed.profile)
        #expect(refused.contains(deed.refusal), "\(refused)")
        #expect(!refused.contains("done"))
    }

    @Test(arguments: ["strict", "provision"])
    func threadsProcessesAndFilesAreAllowed(_ profile: String) async throws {
        let code = """
            import asyncio, subprocess, threading, shutil, tempfile
            thread = threading.Thread(target=print, args=("thread",)); thread.start(); thread.join()
            subprocess.run(["/bin/sh", "-c", "echo child"], check=True, stdout=1)
            folder = tempfile.mkdtemp(); open(folder + "/a", "w").write("x")
            shutil.copytree(folder, folder + "-copy"); shutil.rmtree(folder)
            asyncio.run(asyncio.sleep(0))
            """
        #expect(try await printed(code, under: profile) == "thread\nchild\ndone\n")
    }

    private func printed(_ code: String, under name: String) async throws -> String {
        let profile = try SandboxProfile(
            contentsOf: Fixture.repository.appending("sandbox-profiles/\(name).json"))
        let program =
            "import os, sys\ntry:\n" + code.split(separator: "\n").map { "    \($0)\n" }.joined()
            + "    sys.stdout.flush(); print('done')\nexcept OSError as error:\n    print(error)\n"
        let run = try await fixture.run(
            SandboxRequest(
                arguments: ["/usr/bin/python3", "-I", "-u", "-c", program], environment: ["PATH": "/usr/bin:/bin"],
                profile: profile, allowMissing: fixture.allowMissing))
        return run.stdout + run.stderr
    }
}
