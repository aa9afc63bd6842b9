import Testing

@testable import PythonBuild

@Suite struct UnmetWatcherTests {
    static let line = Array("* Unmet dependencies (checked against /env/bin/python):\n".utf8)

    @Test func theWordsAreSeenAcrossAnyBorder() {
        for cut in 0...Self.line.count {
            let watcher = UnmetWatcher()
            watcher.take(Array(Self.line[..<cut]))
            watcher.take([])
            watcher.take(Array(Self.line[cut...]))
            #expect(watcher.sawUnmet, "cut at \(cut)")
        }
    }

    @Test func theWordsAreSeenByteByByteAndStaySeen() {
        let watcher = UnmetWatcher()
        for byte in Array(repeating: 0x55, count: 5000) + Self.line { watcher.take([byte]) }
        #expect(watcher.sawUnmet)
        watcher.take(Array(repeating: 0x20, count: 5000))
        #expect(watcher.sawUnmet)
    }

    @Test(arguments: [
        "", "Unmet dependencies", "unmet dependencies (checked against x", "Unmet dependencies\n(checked against x",
    ])
    func otherWordsAreNot(_ text: String) {
        let watcher = UnmetWatcher()
        watcher.take(Array(text.utf8))
        #expect(!watcher.sawUnmet)
        watcher.take(Self.line)
        #expect(watcher.sawUnmet)
    }
}
