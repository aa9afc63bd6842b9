import Sandbox
import Synchronization

/// Keeps what a contained command of buildbox's own prints, for when it fails.
final class LogCollector: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    func take(_: LogStream, _ more: [UInt8]) {
        bytes.withLock { bytes in
            bytes += more
            if bytes.count > 64 << 10 { bytes.removeFirst(bytes.count - (64 << 10)) }
        }
    }

    /// The text, made printable: it may quote what an index or a project sent.
    var text: String {
        let text = String(decoding: bytes.withLock { $0 }, as: UTF8.self)
        let printable = text.unicodeScalars.filter {
            $0 == "\n" || ($0.value >= 32 && !(0x7f...0x9f).contains($0.value))
        }
        return String(String.UnicodeScalarView(printable))
    }

    /// The last lines.
    var tail: String {
        text.split(separator: "\n").suffix(12).joined(separator: "\n")
    }
}
