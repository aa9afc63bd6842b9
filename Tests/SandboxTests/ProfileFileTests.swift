import Foundation
import SandboxProtocol
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

@Suite struct ProfileFileTests {
    private static let examples = Fixture.repository.appending("Tests/Profiles")
    private static let installed = Fixture.repository.appending("sandbox-profiles")

    @Test(arguments: ["build", "strict", "inspect", "provision"])
    func aProfileThatComesWithBuildboxIsGoodAndDocumented(_ name: String) throws {
        let file = Self.installed.appending("\(name).json")
        let profile = try SandboxProfile(checking: file)
        #expect(profile.name == name)
        #expect(profile.description.count > 100)
        #expect(profile.maskedPaths.contains("/proc/kallsyms"))
        #expect(profile.readonlyPaths.contains("/proc/sys"))
        #expect(profile.whereAvailable == LayerSet([.landlock, .lockIsolation]))
        #expect(profile.required == LayerSet(Layer.allCases).subtracting(profile.whereAvailable))
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: file.string))) as? [String: Any])
        let seccomp = try #require(object["seccomp"] as? [String: Any])
        for rule in try #require(seccomp["syscalls"] as? [[String: Any]]) {
            #expect((rule["comment"] as? String)?.isEmpty == false, "\(rule["names"] ?? "")")
        }
    }

    @Test func theOtherProfilesAllowLessThanBuild() throws {
        let build = try SandboxProfile(contentsOf: Self.installed.appending("build.json"))
        for name in ["strict", "inspect", "provision"] {
            let profile = try SandboxProfile(contentsOf: Self.installed.appending("\(name).json"))
            #expect(profile.seccomp.allowed.subtracting(build.seccomp.allowed).isEmpty, "\(name)")
            #expect(profile.allowedCalls < build.allowedCalls * 3 / 4, "\(name)")
        }
    }

    @Test func theLimitsOfBuildAreThoseOfACallerWhoSetsNone() throws {
        let build = try SandboxProfile(contentsOf: Self.installed.appending("build.json"))
        #expect(SandboxLimits().setting(build.limits) == SandboxLimits())
        let small = try SandboxProfile(contentsOf: Self.examples.appending("good/small.json"))
        var wished = LimitSettings()
        wished.pids = 99
        let limits = SandboxLimits().setting(small.limits).setting(wished)
        #expect(limits.memoryBytes == 512 << 20 && limits.cpus == 0.5 && limits.time == .seconds(90))
        #expect(limits.pids == 99)
        #expect(limits.diskBytes == SandboxLimits().diskBytes)
    }

    @Test func everyFaultOfABrokenFileIsToldByLine() throws {
        var told: [String] = []
        for folder in ["form", "rules"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: Self.examples.appending(folder).string)
            for name in names.sorted() {
                let error = #expect(throws: ProfileFaults.self, "\(name) is taken") {
                    try SandboxProfile(checking: Self.examples.appending("\(folder)/\(name)"))
                }
                told += error?.faults.map { "\(folder)/\(name):\($0)\n" } ?? []
            }
        }
        let file = URL(filePath: Self.examples.appending("faults.txt").string)
        if ProcessInfo.processInfo.environment["BUILDBOX_RECORD"] == "1" {
            try Data(told.joined().utf8).write(to: file)
        }
        #expect(told.count > 40)
        #expect(try told.joined() == String(contentsOf: file, encoding: .utf8))
    }

    @Test func theErrorOfARunHoldsEveryFaultToo() throws {
        let file = Self.examples.appending("form/many-faults.json")
        let error = #expect(throws: SandboxError.self) { try SandboxProfile(contentsOf: file) }
        #expect(error?.code == .profile)
        let lines = error?.message.split(separator: "\n") ?? []
        #expect(lines.count == 4)
        #expect(lines.allSatisfy { $0.hasPrefix("\(file):") })
    }

    @Test func aFileThatCannotBeReadIsTold() throws {
        let error = #expect(throws: SandboxError.self) { try SandboxProfile(contentsOf: "/nonexistent/mine.json") }
        #expect(error?.message.contains("/nonexistent/mine.json") == true)
    }

    @Test func whatTheProfileSaysIsCarried() throws {
        let profile = try SandboxProfile(contentsOf: Self.examples.appending("good/small.json"))
        #expect(profile.readOnly == ["/opt"])
        #expect(profile.hidden == ["/usr/bin/gcc*", "/usr/lib/gcc"])
        #expect(profile.maskedPaths == ["/proc/kcore"])
        #expect(profile.readonlyPaths == ["/proc/sys"])
        #expect(profile.landlock.tcp == .deny)
        #expect(profile.whereAvailable.layers == [.cgroupCPU, .landlock, .cgroupCPUTime, .lockIsolation])
        #expect(profile.allowedCalls == 2)
        #expect(profile.callsDecidedByArgument == 1)
    }

    @Test func hiddenPatternsMeanWhatTheyMatchOnThisHost() throws {
        let folder = try TemporaryFolder()
        let bin = folder.path.appending("bin")
        try FileManager.default.createDirectory(atPath: bin.string, withIntermediateDirectories: false)
        for name in ["real-gcc-12", "gcc-ar", "keep", "busybox", ".gcc-hidden"] {
            try Data().write(to: URL(filePath: bin.appending(name).string))
        }
        for (link, target) in [("gcc", "real-gcc-12"), ("gcc-bb", "busybox"), ("gcc-none", "nowhere")] {
            try FileManager.default.createSymbolicLink(
                atPath: bin.appending(link).string, withDestinationPath: target)
        }
        let text = try String(
            contentsOf: URL(filePath: Self.examples.appending("good/small.json").string), encoding: .utf8
        ).replacing("\"/usr/bin/gcc*\", \"/usr/lib/gcc\"", with: "\"\(bin)/gcc*\", \"\(bin)/absent\"")
        let file = folder.path.appending("small.json")
        try Data(text.utf8).write(to: URL(filePath: file.string))
        // The link is followed; the program of many names, the broken link and the absent file are passed over.
        let real = try #require(realpath(bin.string, nil).map { String(cString: $0) })
        #expect(
            try SandboxProfile(contentsOf: file).coveredPaths() == ["\(real)/gcc-ar", "\(real)/real-gcc-12"])
    }
}
