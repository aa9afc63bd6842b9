import Foundation
import SystemPackage
import Testing

/// A real terminal: script(1) makes one and types what it reads.
@Suite(.serialized) struct ShellTests {
    @Test(arguments: EndToEnd.User.available)
    func aShellStandsInTheProjectWithTheEnvironmentOfItsBuild(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let project = try test.project("hello")
        let script = test.folder.appending("typist.py")
        try Data(Self.typist.utf8).write(to: URL(filePath: script.string))
        let command = try test.command(["shell", project.string])
        let typed = """
            test -t 0 && echo terminal-$((40 + 2))
            pwd; python -c 'import setuptools; print("has-" + "setuptools")'
            touch new-file; ls
            exit 5

            """
        let outcome = try Running(
            ["/usr/bin/python3", script.string, typed] + command.arguments, environment: command.environment,
            directory: test.folder
        ).finish()
        #expect(outcome.code == 5, "\(outcome.stdout)\(outcome.stderr)")
        for line in ["terminal-42", "/src", "has-setuptools", "new-file"] {
            #expect(outcome.stdout.contains(line), "\(outcome.stdout)")
        }
        #expect(!FileManager.default.fileExists(atPath: project.appending("new-file").string))
    }

    /// Types its first argument into a terminal that the rest runs in, once it prompts.
    private static let typist = """
        import os, pty, sys
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(sys.argv[2], sys.argv[2:])
        shown = b""
        typed = False
        while True:
            try:
                more = os.read(terminal, 4096)
            except OSError:
                break
            if not more:
                break
            shown += more
            if not typed and b"buildbox:/src$" in shown:
                os.write(terminal, sys.argv[1].encode())
                typed = True
        sys.stdout.write(shown.decode(errors="replace"))
        sys.stdout.flush()
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """
}
