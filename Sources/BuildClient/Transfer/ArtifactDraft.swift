import CLinux
import Crypto
import Glibc
import Linux
import PythonBuild

/// An artifact on its way: a file beside its final name, which it gets when every byte is there and right.
struct ArtifactDraft: ~Copyable {
    private let folder: OwnedDescriptor
    private let file: OwnedDescriptor
    private let draft: String
    private let artifact: Artifact
    private var digest = SHA256()
    private(set) var size: UInt64 = 0
    private var isInPlace = false

    /// - Throws: ``ClientError`` with `output`, or with `unexpected` for a name that is none of an artifact.
    init(of artifact: Artifact, in destination: OutputDestination, token: String) throws(ClientError) {
        guard ArtifactName(artifact.name)?.kind == artifact.kind else {
            throw ClientError(
                .unexpected,
                "the server calls an artifact \(artifact.name.debugDescription), which is no name of a \(artifact.kind.rawValue)"
            )
        }
        let draft = String(decoding: ".buildbox-\(token)-\(artifact.name)".utf8.prefix(255), as: UTF8.self)
        let folder: OwnedDescriptor
        do throws(BuildFailure) {
            folder = try destination.open()
        } catch {
            throw ClientError(.output, error.message)
        }
        let directory = folder.number
        let number: Int32
        do throws(SystemCallError) {
            number = try system { clinux_openat(directory, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644) }
        } catch {
            throw ClientError(.output, "cannot write to \(destination.folder): \(error)")
        }
        self.artifact = artifact
        self.draft = draft
        self.folder = folder
        file = OwnedDescriptor(owning: number)
    }

    deinit {
        if !isInPlace { unlinkat(folder.number, draft, 0) }
    }

    /// - Throws: ``ClientError`` with `output`, or with `digest` for more bytes than were announced.
    mutating func append(_ bytes: [UInt8]) throws(ClientError) {
        guard size + UInt64(bytes.count) <= artifact.size else {
            throw ClientError(
                .digest, "\(artifact.name) has more bytes than the \(artifact.size) that its result tells")
        }
        let number = file.number
        do throws(SystemCallError) {
            var written = 0
            while written < bytes.count {
                written += try system {
                    bytes[written...].withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
                }
            }
        } catch {
            throw ClientError(.output, "cannot write \(artifact.name): \(error)")
        }
        digest.update(data: bytes)
        size += UInt64(bytes.count)
    }

    /// The server sends it from its beginning again.
    mutating func beginAgain() throws(ClientError) {
        guard ftruncate(file.number, 0) == 0, lseek(file.number, 0, SEEK_SET) == 0 else {
            throw ClientError(.output, "cannot write \(artifact.name): \(SystemCallError(errno))")
        }
        digest = SHA256()
        size = 0
    }

    /// Checks all of it, and gives it its name.
    ///
    /// - Throws: ``ClientError`` with `digest`, or with `output`.
    mutating func place() throws(ClientError) {
        let actual = hexadecimal(digest.finalize())
        guard size == artifact.size, actual == artifact.sha256 else {
            throw ClientError(
                .digest,
                "\(artifact.name) is not what was built: \(size) bytes with SHA-256 \(actual) came, \(artifact.size) with "
                    + "\(artifact.sha256) were announced")
        }
        let (directory, descriptor) = (folder.number, file.number)
        do throws(SystemCallError) {
            try system { fsync(descriptor) }
            try system { renameat(directory, draft, directory, artifact.name) }
            isInPlace = true
            try system { fsync(directory) }
        } catch {
            throw ClientError(.output, "cannot write \(artifact.name): \(error)")
        }
    }
}
