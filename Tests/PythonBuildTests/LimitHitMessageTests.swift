import Sandbox
import Testing

@testable import PythonBuild

@Suite struct LimitHitMessageTests {
    @Test(arguments: [
        (LimitHit(kind: .time, limit: 1500, observed: 1600), "time limit: 1.5 s allowed, 1.6 s seen", "--timeout"),
        (
            LimitHit(kind: .cpuTime, limit: 3000, observed: 3004), "CPU time limit: 3.0 s allowed, 3.004 s seen",
            "--cpu-time"
        ),
        (
            LimitHit(kind: .memory, limit: 1 << 30, observed: 3 << 29), "memory limit: 1 GiB allowed, 1.5 GiB seen",
            "--memory"
        ),
        (
            LimitHit(kind: .pids, limit: 64, observed: 65), "process limit: 64 processes allowed, 65 processes seen",
            "--pids"
        ),
        (LimitHit(kind: .disk, limit: 1 << 20, observed: 1 << 20), "disk limit: 1 MiB allowed, 1 MiB seen", "--disk"),
        (LimitHit(kind: .inodes, limit: 9, observed: 10), "file count limit: 9 files allowed, 10 files seen", "--disk"),
        (LimitHit(kind: .log, limit: 1000, observed: 2048), "log limit: 1000 bytes allowed, 2 KiB seen", "--log-limit"),
    ])
    func aMessageSaysWhatWasHitAndWhatToDo(_ hit: LimitHit, figures: String, option: String) {
        let message = hit.message(doing: "the build")
        #expect(message.hasPrefix("the build was stopped at the \(figures). "))
        #expect(message.hasSuffix("raise it with \(option)."))
    }

    @Test(
        arguments: [
            (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KiB"), (1100, "1.1 KiB"), (1 << 20, "1 MiB"),
            (5 << 29, "2.5 GiB"),
            (1 << 40, "1024 GiB"),
        ] as [(UInt64, String)])
    func bytesAreToldInTheLargestUnitThatFits(_ count: UInt64, text: String) {
        #expect(LimitHit.bytes(count) == text)
    }
}
