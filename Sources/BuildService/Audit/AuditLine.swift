import BuildAPI
import Crypto
import FoundationEssentials

/// A line of the audit log: a JSON object whose last member, `hash`, is the SHA-256 of the object without it. The bytes
/// are what counts, so that no other reader's spelling of JSON matters.
enum AuditLine {
    private static let seam = ",\"hash\":\""
    private static let end = "\"}"
    private static let tail = seam.utf8.count + 64 + end.utf8.count

    /// - Returns: The line with its line feed, and the hash in it.
    static func line(_ record: AuditRecord) -> (bytes: [UInt8], hash: String) {
        let content = Array(encoded(record).utf8)
        let hash = sha256(content)
        return (content.dropLast() + Array("\(seam)\(hash)\(end)\n".utf8), hash)
    }

    /// What a line (without its line feed) says; nil when its hash is not right.
    static func read(_ line: some BidirectionalCollection<UInt8>) -> (record: AuditRecord, hash: String)? {
        guard line.count > tail else { return nil }
        let content = Array(line.dropLast(tail)) + [UInt8(ascii: "}")]
        let hash = String(decoding: line.suffix(64 + end.utf8.count).dropLast(end.utf8.count), as: UTF8.self)
        guard line.suffix(tail).elementsEqual("\(seam)\(hash)\(end)".utf8), sha256(content) == hash else { return nil }
        do {
            return (try DocumentCoding.decoder().decode(AuditRecord.self, from: Data(content)), hash)
        } catch {
            return nil
        }
    }
}
