import Foundation
import Linux
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

@Suite struct MemoTests {
    private let folder: TemporaryFolder
    private let state: StateFolder

    init() throws {
        folder = try TemporaryFolder()
        state = StateFolder(root: folder.path.appending("home"))
        try state.prepare()
    }

    @Test func whatWasKeptIsFoundUnderItsKeyAndItsKindAlone() {
        let memo = Memo<[String]>(state: state, kind: "a")
        #expect(memo.find("abc1") == nil)
        memo.keep(["x", "y"], as: "abc1")
        #expect(memo.find("abc1") == ["x", "y"])
        #expect(memo.find("def1") == nil)
        #expect(Memo<[String]>(state: state, kind: "b").find("abc1") == nil)
    }

    /// A slot has the last entry: one that fell into it does not stand in for the one before.
    @Test func anEntryIsFoundUnderItsWholeKeyAlone() {
        let memo = Memo<[String]>(state: state, kind: "a")
        memo.keep(["x"], as: "abc1")
        memo.keep(["y"], as: "abc2")
        #expect(memo.find("abc1") == nil)
        #expect(memo.find("abc2") == ["y"])
    }

    @Test func garbageInASlotIsNothing() throws {
        let memo = Memo<[String]>(state: state, kind: "a")
        memo.keep(["x"], as: "abc1")
        try Fixture.write("{\"key\":\"abc1\",\"value\":7}", to: state.memos.appending("a-abc.json"))
        #expect(memo.find("abc1") == nil)
        memo.keep(["x"], as: "abc1")
        #expect(memo.find("abc1") == ["x"], "the positive control")
    }

    @Test func anAnswerHoldsForADayAndNotBeforeItWasGiven() {
        let memo = BackendMemo(state: state)
        let now = Date(timeIntervalSince1970: 1_000_000_000)
        memo.keep(answer: ["cmake"], as: "abc1", now: now)
        let day = Double(BackendMemo.freshness)
        #expect(memo.answer("abc1", now: now) == ["cmake"])
        #expect(memo.answer("abc1", now: now + day) == ["cmake"])
        #expect(memo.answer("abc1", now: now + day + 1) == nil)
        #expect(memo.answer("abc1", now: now - 1) == nil, "the clock was set back")
        #expect(memo.answer(nil, now: now) == nil)
    }

    @Test func whichStepsAskIsForgottenWhenTheyNoLongerDo() {
        let memo = BackendMemo(state: state)
        #expect(memo.askingSteps("abc1").isEmpty)
        memo.keep(askingSteps: [.wheel], as: "abc1")
        #expect(memo.askingSteps("abc1") == [.wheel])
        memo.keep(askingSteps: [], as: "abc1")
        #expect(memo.askingSteps("abc1").isEmpty)
    }

    @Test func aProgramThatComesGoesOrIsReplacedIsNoticed() throws {
        let path = folder.path.appending("bin")
        func touch() throws -> FileFacts.Moment {
            let file = folder.path.appending("clock")
            try Fixture.write("", to: file)
            return try FileFacts(of: file.string).changed
        }
        func stamp() throws -> [String] {
            // The file system's clock ticks on before anything is changed again.
            let found = BackendMemo.programs(on: "\(path):/nowhere")
            let before = try touch()
            while try touch() == before {}
            return found
        }
        let none = try stamp()
        try Fixture.write("1", to: path.appending("cmake"))
        let first = try stamp()
        #expect(first != none)
        #expect(try stamp() == first)
        try Data("2".utf8).write(to: URL(filePath: path.appending("cmake").string), options: .atomic)
        let replaced = try stamp()
        #expect(replaced != first)
        unlink(path.appending("cmake").string)
        #expect(try stamp() != replaced)
    }
}
