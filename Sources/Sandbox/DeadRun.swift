import CLinux
import Glibc
import Linux
import SystemPackage

/// A run whose supervisor is dead, which is known because its lock could be taken. Nobody else
/// sweeps it as long as this value lives.
struct DeadRun: ~Copyable {
    private let file: FilePath
    private let descriptor: OwnedDescriptor

    /// Nil when the run is alive, or being swept by another.
    init?(record file: FilePath) {
        let number = clinux_open(file.string, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)
        guard number >= 0 else { return nil }
        let descriptor = OwnedDescriptor(owning: number)
        guard flock(descriptor.number, LOCK_EX | LOCK_NB) == 0, RunRecord.isLinked(descriptor.number) else {
            return nil
        }
        self.file = file
        self.descriptor = descriptor
    }

    /// Control groups go first: nothing that is in them may write while its files are removed.
    func bury(_ belongings: [FilePath], _ sweep: inout Sweep) {
        var traces = Sweep.Traces()
        for trace in RunTrace.all(in: contents()) {
            switch trace {
            case .controlGroup(let path): traces.note(ControlGroup(path: path).remove(), "control group \(path)")
            case .draft(let path):
                let gone = unlink(path.string) == 0
                if gone { traces.removed.append("file \(path)") }
            }
        }
        for path in belongings { traces.remove(path) }
        if traces.left.isEmpty { unlink(file.string) }
        sweep.add(traces, hadRecord: true)
    }

    private func contents() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = read(descriptor.number, &buffer, buffer.count)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }
}
