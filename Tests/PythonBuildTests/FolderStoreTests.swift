import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

@Suite struct FolderStoreTests {
    private let folder: TemporaryFolder
    private let store: FolderStore<String>

    init() throws {
        folder = try TemporaryFolder()
        let state = StateFolder(root: folder.path.appending("home"))
        try state.prepare()
        store = FolderStore(state: state, folder: state.environments)
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)

        var value: Int { count.withLock { $0 } }

        func add() { count.withLock { $0 += 1 } }
    }

    private static func isNew(in store: FolderStore<String>, _ made: Counter) async -> Bool {
        let result = await Result { () async throws(BuildFailure) in
            try await store.find("a") { draft throws(BuildFailure) in
                made.add()
                try store.state.write(Array("whole".utf8), to: draft.appending("file"))
                return "it"
            }
        }
        return result.value?.isNew ?? false
    }

    private func file(_ draft: FilePath, _ text: String) throws(BuildFailure) {
        try store.state.write(Array(text.utf8), to: draft.appending("file"))
    }

    @Test func whatManyNeedAtOnceIsMadeOnce() async throws {
        let made = Counter()
        let new = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { [store] in await Self.isNew(in: store, made) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(new == 1)
        #expect(made.value == 1)
        let found = try #require(try await store.find("a"))
        #expect(found.record == "it")
        #expect(store.state.read(found.folder.appending("file")) == Array("whole".utf8))
    }

    @Test func whatFailsIsNotThereAndCanBeMadeAgain() async throws {
        await #expect(throws: BuildFailure.self) {
            _ = try await store.find("a") { draft throws(BuildFailure) -> String in
                try file(draft, "half")
                throw BuildFailure(.provisioningFailed, "no")
            }
        }
        #expect(try await store.find("a") == nil)
        #expect(store.entries().isEmpty)
        let again = try await store.find("a") { draft throws(BuildFailure) in
            try file(draft, "whole")
            return "it"
        }
        #expect(again.isNew)
    }

    @Test func whatIsLeasedStays() async throws {
        let leases = Leases()
        leases.keep(
            try await store.find("a") { draft throws(BuildFailure) in
                try file(draft, "whole")
                return "it"
            }.found.lease)
        #expect(store.entries().map(\.inUse) == [true])
        #expect(try store.remove("a") == .inUse)
        leases.letGo()
        #expect(store.entries().map(\.inUse) == [false])
        #expect(try store.remove("a") == .removed)
        #expect(try store.remove("a") == .absent)
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder.string).isEmpty)
    }

    @Test func theLeastRecentlyUsedIsTheFirstAndASizeIsWhatItTakesOfTheDisk() async throws {
        for name in ["a", "b", "c"] {
            _ = try await store.find(name) { draft throws(BuildFailure) in
                try file(draft, String(repeating: "x", count: 10_000))
                return name
            }
        }
        for (age, name) in ["b", "c", "a"].reversed().enumerated() {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -100 * Double(age + 1))],
                ofItemAtPath: store.folder.appending("\(name).json").string)
        }
        #expect(store.entries().map(\.name) == ["b", "c", "a"])
        #expect(store.entries().allSatisfy { $0.bytes >= 10_000 && $0.bytes < 100_000 })
        _ = try await store.find("b")
        #expect(store.entries().map(\.name) == ["c", "a", "b"])
    }
}
