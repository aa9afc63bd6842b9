import Foundation

/// The input that is being tried, in a file: a target that traps takes the whole process with it.
final class FuzzPosition {
    private let descriptor: Int32

    /// Where $BUILDBOX_FUZZ_POSITION says, nowhere otherwise.
    init() throws {
        let path = ProcessInfo.processInfo.environment["BUILDBOX_FUZZ_POSITION"] ?? "/dev/null"
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FuzzFinding("cannot write \(path)") }
    }

    deinit { close(descriptor) }

    func note(_ place: String, _ input: [UInt8]) {
        let bytes = Array("\(place)\n".utf8) + input
        _ = pwrite(descriptor, bytes, bytes.count, 0)
        _ = ftruncate(descriptor, bytes.count)
    }
}
