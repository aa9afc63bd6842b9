import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

@Suite struct SeccompCompilerTests {
    @Test func theRepositorysProfileCompilesToWholeInstructions() throws {
        let program = try SeccompCompiler.compile(Self.profile().seccomp)
        #expect(program.count > 8 * 100)
        #expect(program.count % 8 == 0)
        #expect(program.count / 8 <= 4096, "the kernel takes no more instructions (BPF_MAXINSNS)")
        #expect(try SeccompCompiler.compile(Self.profile().seccomp) == program)
    }

    @Test(arguments: [("getpid", true), ("listns", true), ("file_setattr", true), ("getpidd", false), ("", false)])
    func onlySystemCallsThatExistCompile(_ name: String, isKnown: Bool) throws {
        let rules = SeccompRules(
            defaultAction: .errno, defaultErrnoRet: 38, syscalls: [SeccompRules.Group(names: [name], action: .allow)])
        if isKnown {
            #expect(try SeccompCompiler.compile(rules).isEmpty == false)
        } else {
            let error = #expect(throws: SandboxError.self) { try SeccompCompiler.compile(rules) }
            #expect(error?.code == .profile)
            #expect(error?.message.contains("unknown system call '\(name)'") == true)
        }
    }

    @Test(arguments: [(0, true), (5, true), (6, false)] as [(UInt32, Bool)])
    func aSystemCallHasSixArguments(_ index: UInt32, isAccepted: Bool) throws {
        let argument = SeccompRules.Argument(index: index, value: 1, op: .equal)
        let rules = SeccompRules(
            defaultAction: .errno, defaultErrnoRet: nil,
            syscalls: [SeccompRules.Group(names: ["personality"], action: .allow, args: [argument])])
        if isAccepted {
            #expect(try SeccompCompiler.compile(rules).isEmpty == false)
        } else {
            #expect(throws: SandboxError.self) { try SeccompCompiler.compile(rules) }
        }
    }

    @Test func aRuleThatSaysWhatTheDefaultSaysChangesNothing() throws {
        let allow = SeccompRules.Group(names: ["getpid"], action: .allow)
        let needless = SeccompRules.Group(names: ["getppid"], action: .errno, errnoRet: 38)
        let one = SeccompRules(defaultAction: .errno, defaultErrnoRet: 38, syscalls: [allow])
        let two = SeccompRules(defaultAction: .errno, defaultErrnoRet: 38, syscalls: [allow, needless])
        #expect(try SeccompCompiler.compile(one) == SeccompCompiler.compile(two))
    }

    static func profile() throws -> SandboxProfile {
        let repository = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        return try SandboxProfile(contentsOf: repository.appending("sandbox-profiles/build.json"))
    }
}
