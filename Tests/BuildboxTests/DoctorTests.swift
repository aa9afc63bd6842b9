import Foundation
import SystemPackage
import Testing

@Suite struct DoctorTests {
    @Test func rootIsAtFullStrengthWhereEveryLimitIsHad() throws {
        guard EndToEnd.User.available.contains(.root) else { return }
        let test = try EndToEnd(.root)
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(["doctor"])
        #expect(outcome.code == 0, "\(outcome.stdout)")
        #expect(outcome.stdout.contains("Builds run here at full strength."))
        #expect(outcome.stderr.isEmpty)
    }

    @Test func anOrdinaryUserIsToldOfTheLimitsThatNobodyDelegates() throws {
        let test = try EndToEnd(.ordinary)
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(["doctor", "--json"])
        #expect(outcome.code == 4, "\(outcome.stdout)")
        let document = try outcome.document()
        #expect(document["schema"] as? String == "buildbox.doctor/v1")
        #expect(document["full_strength"] as? Bool == false)
        let memory = try finding("cgroup-memory", in: document)
        #expect(memory["state"] as? String == "missing")
        #expect(memory["cause"] is String && memory["remedy"] is String)
        #expect(try finding("user-namespace", in: document)["state"] as? String == "good")
        #expect(try finding("containment", in: document)["state"] as? String == "limited")
    }

    @Test func aSysctlThatAllowsNoUserNamespacesIsTheCause() throws {
        let document = try examineBroken(
            "unshare --user --map-current-user --keep-caps sh -c "
                + "'echo 0 > /proc/sys/user/max_user_namespaces; exec \"$@\"' sh \"$@\"")
        let user = try finding("user-namespace", in: document)
        #expect(user["state"] as? String == "missing")
        #expect((user["cause"] as? String)?.contains("user.max_user_namespaces is 0") == true)
        #expect(try finding("containment", in: document)["state"] as? String == "missing")
    }

    @Test func aMaskedProcIsTheCause() throws {
        let document = try examineBroken(
            "unshare --user --map-root-user --mount sh -c 'mount --bind /dev/null /proc/version "
                + "&& exec unshare --user --map-user=65534 --map-group=65534 \"$@\"' sh \"$@\"")
        let procfs = try finding("procfs", in: document)
        #expect(procfs["state"] as? String == "missing")
        #expect((procfs["cause"] as? String)?.contains("/proc is masked (/proc/version)") == true, "\(procfs)")
        #expect(try finding("mount-namespace", in: document)["state"] as? String == "good")
    }

    @Test func aSeccompFilterThatRefusesNamespacesIsTheCause() throws {
        // As Docker's: unshare is EPERM, clone3 is ENOSYS.
        let document = try examineBroken(
            "exec python3 -c \"$FILTER\" \"$@\"", environment: ["FILTER": filter(clone3: ENOSYS)])
        let user = try finding("user-namespace", in: document)
        #expect(user["state"] as? String == "missing")
        #expect((user["cause"] as? String)?.contains("seccomp") == true, "\(user)")
        #expect(try finding("seccomp", in: document)["state"] as? String == "good")
    }

    /// Without threads nothing could be examined: it says so at once instead of waiting for one for ever.
    @Test func aSeccompFilterThatRefusesThreadsIsToldAtOnce() throws {
        let test = try EndToEnd(.ordinary)
        defer { try? test.cleanUp() }
        let doctor = [try Installed.shared.get().folder.appending("buildbox").string, "doctor"]
        let outcome = try run(
            test, ["/bin/sh", "-c", "exec python3 -c \"$FILTER\" \"$@\"", "sh"] + doctor,
            ["FILTER": filter(clone3: EPERM)])
        #expect(outcome.code == 4)
        #expect(outcome.stderr.contains("answers clone3(2) with EPERM"), "\(outcome.stderr)")
    }

    /// A program that refuses unshare (x86_64 272, aarch64 97) and answers clone3 (435) like this, and runs its arguments.
    private func filter(clone3: Int32) -> String {
        """
        import ctypes, os, platform, struct, sys
        libc = ctypes.CDLL(None, use_errno=True)
        unshare = {"x86_64": 272, "aarch64": 97}[platform.machine()]
        rules = [(0x20, 0, 0, 0), (0x15, 0, 1, unshare), (6, 0, 0, 0x50001), (0x15, 0, 1, 435),
                 (6, 0, 0, 0x50000 | \(clone3)), (6, 0, 0, 0x7FFF0000)]
        code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))
        program = ctypes.create_string_buffer(struct.pack("HP", len(rules), ctypes.addressof(code)))
        assert libc.prctl(38, 1, 0, 0, 0) == 0
        assert libc.prctl(22, 2, program, 0, 0) == 0, ctypes.get_errno()
        os.execv(sys.argv[1], sys.argv[1:])
        """
    }

    @Test func aLauncherThatIsNotThereIsTheCause() throws {
        let (document, _) = try examine(launcher: nil)
        #expect(try finding("launcher", in: document)["cause"] as? String == "it is not there")
        #expect(try finding("containment", in: document)["tried"] as? String == "not tried")
    }

    @Test func aLauncherThatHangsIsNotWaitedForLong() throws {
        let (document, seconds) = try examine(launcher: "#!/bin/sh\nexec sleep 1000\n")
        let cause = try finding("launcher", in: document)["cause"] as? String
        #expect(cause == "it did not answer within 5 s and was killed")
        #expect(seconds < 60)
    }

    /// The examination of an ordinary user whose `doctor` is started by a shell script, in "$@".
    private func examineBroken(_ script: String, environment: [String: String] = [:]) throws -> [String: Any] {
        let test = try EndToEnd(.ordinary)
        defer { try? test.cleanUp() }
        let installation = try Installed.shared.get()
        let doctor = [installation.folder.appending("buildbox").string, "doctor", "--json"]
        let outcome = try run(test, ["/bin/sh", "-c", script, "sh"] + doctor, environment)
        #expect(outcome.code == 4, "\(outcome.stderr) \(outcome.stdout)")
        return try outcome.document()
    }

    /// The examination of an installation with another launcher, and its seconds.
    private func examine(launcher: String?) throws -> (document: [String: Any], seconds: Double) {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let installation = try Installed.shared.get().folder
        for name in ["buildbox", "sandbox-profiles"] {
            try FileManager.default.copyItem(
                atPath: installation.appending(name).string, toPath: test.folder.appending(name).string)
        }
        if let launcher {
            let file = test.folder.appending("buildbox-launcher").string
            try Data(launcher.utf8).write(to: URL(filePath: file))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        }
        let began = Date()
        let outcome = try run(test, [test.folder.appending("buildbox").string, "doctor", "--json"], [:])
        #expect(outcome.code == 4, "\(outcome.stderr) \(outcome.stdout)")
        return (try outcome.document(), Date().timeIntervalSince(began))
    }

    private func run(
        _ test: EndToEnd, _ command: [String], _ environment: [String: String]
    ) throws -> EndToEnd.Outcome {
        let installation = try Installed.shared.get()
        let variables = [
            "PATH": "/usr/bin:/bin", "HOME": installation.home(test.user).string,
            "BUILDBOX_HOME": installation.home(test.user).string,
            "BUILDBOX_TOOLCHAIN": installation.folder.appending("toolchain").string,
        ]
        return try Running(
            test.asUser(command), environment: variables.merging(environment) { $1 }, directory: test.folder
        ).finish()
    }

    private func finding(_ name: String, in document: [String: Any]) throws -> [String: Any] {
        let findings = try #require(document["findings"] as? [[String: Any]])
        return try #require(findings.first { $0["name"] as? String == name }, "no finding \(name)")
    }
}
