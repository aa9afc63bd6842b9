import Foundation
import Sandbox
import Testing

@Suite struct ProcTests {
    /// What is at a path outside, as the positive control of what is hidden inside.
    private func lengthOutside(_ path: String) -> Int {
        FileManager.default.contents(atPath: path)?.count ?? 0
    }

    @Test(arguments: ["/proc/kallsyms", "/proc/interrupts", "/proc/timer_list", "/proc/iomem"])
    func aMaskedFileIsEmpty(_ path: String) async throws {
        let run = try await Fixture().shell("test -e \(path) && cat \(path) | wc -c")
        if lengthOutside(path) > 0 {
            #expect(run.stdout == "0\n", "\(run.stderr)")
        } else {
            #expect(!FileManager.default.fileExists(atPath: path) || run.stdout == "0\n")
        }
    }

    @Test func aMaskedFileCannotBeWritten() async throws {
        let run = try await Fixture().shell("echo t > /proc/sysrq-trigger; echo c > /proc/kcore; exit 0")
        #expect(run.stderr.contains("sysrq-trigger"))
    }

    @Test func theKernelsSettingsAreReadOnly() async throws {
        let run = try await Fixture().shell(
            "grep -E '^[^ ]+ /proc/sys ' /proc/mounts | cut -d' ' -f4 | cut -d, -f1; echo 1 > /proc/sys/vm/drop_caches")
        #expect(run.stdout == "ro\n")
        #expect(run.stderr.contains("Read-only file system"))
    }

    @Test func aCommandSeesItsOwnProcessesAndNotPID1() async throws {
        #expect(FileManager.default.fileExists(atPath: "/proc/1"))
        let run = try await Fixture().shell(
            "test -e /proc/1 && echo seen; sleep 9 & test -d /proc/$! && echo own; kill $!")
        #expect(run.stdout == "own\n")
    }
}
