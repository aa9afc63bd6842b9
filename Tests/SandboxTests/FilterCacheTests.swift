import Crypto
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

@Suite struct FilterCacheTests {
    private let folder: TemporaryFolder
    private let ledger: RunLedger
    private let cache: FilterCache
    private let profile: SandboxProfile

    init() throws {
        folder = try TemporaryFolder()
        ledger = RunLedger(folder: folder.path.appending("runs"))
        cache = FilterCache(folder: folder.path.appending("filters"), ledger: ledger)
        profile = try SeccompCompilerTests.profile()
    }

    @Test func theSecondTimeTheStoredFilterIsReturned() throws {
        let program = try cache.program(for: profile)
        #expect(program.isEmpty == false)
        #expect(try cache.program(for: profile) == program)
        // What no compiler makes comes back: nothing was compiled.
        let mark = Array("not code".utf8)
        try Data(mark + SHA256.hash(data: mark)).write(to: stored())
        #expect(try cache.program(for: profile) == mark)
    }

    @Test(arguments: [0, 1, 7, 8, 9, 32, 40, 4096])
    func aTruncatedFileIsCompiledAnew(_ length: Int) throws {
        let program = try cache.program(for: profile)
        let whole = try Data(contentsOf: stored())
        try whole.prefix(length).write(to: stored())
        #expect(try cache.program(for: profile) == program)
        #expect(try Data(contentsOf: stored()) == whole)
    }

    @Test func aFileWithAFlippedBitIsCompiledAnew() throws {
        let program = try cache.program(for: profile)
        for place in [0, program.count / 2, program.count - 1, program.count, program.count + 31] {
            var damaged = try Data(contentsOf: stored())
            damaged[place] ^= 4
            try damaged.write(to: stored())
            #expect(try cache.program(for: profile) == program)
        }
    }

    @Test func nothingIsLeftBesideTheFilter() throws {
        _ = try cache.program(for: profile)
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache.folder.string).count == 1)
    }

    @Test func aFolderThatCannotBeMadeIsTold() throws {
        let file = folder.path.appending("file")
        try Data().write(to: URL(filePath: file.string))
        let error = #expect(throws: SandboxError.self) {
            try FilterCache(folder: file.appending("filters"), ledger: ledger).program(for: profile)
        }
        #expect(error?.code == .setUp)
        #expect(error?.message.contains(file.string) == true)
    }

    private func stored() throws -> URL {
        let names = try FileManager.default.contentsOfDirectory(atPath: cache.folder.string)
        return URL(filePath: cache.folder.appending(try #require(names.first)).string)
    }
}
