public import BuildAPI
import CLinux
import Crypto
import Glibc
import Linux
import Synchronization

/// An upload on its way to the store. Nothing of it is left behind unless ``finish()`` returned.
public final class BlobUpload: Sendable {
    private struct State {
        var file: SharedDescriptor?
        var draft: BlobDraft?
        var hash = SHA256()
        var size: UInt64 = 0
        var sinceSpaceCheck: UInt64 = 0
    }

    /// Bytes that it may have.
    let largest: UInt64
    /// Bytes of the disk that it leaves alone.
    private let reserve: UInt64
    private let expected: String?
    private let state: Mutex<State>
    private let keep: @Sendable (BlobDraft, BlobDocument) async throws(ServiceFault) -> Void

    /// - Parameters:
    ///   - draft: Where the bytes go.
    ///   - expected: The SHA-256 that they must have; nil for any.
    ///   - largest: Bytes that it may have.
    ///   - reserve: Bytes of the disk that it leaves alone.
    ///   - keep: Makes the draft a blob of the grant.
    /// - Throws: ``ServiceFault`` with the code `storeUnavailable`.
    init(
        _ draft: BlobDraft, expected: String?, largest: UInt64, reserve: UInt64,
        keep: @escaping @Sendable (BlobDraft, BlobDocument) async throws(ServiceFault) -> Void
    ) throws(ServiceFault) {
        self.largest = largest
        self.reserve = reserve
        self.expected = expected
        self.keep = keep
        do throws(SystemCallError) {
            var state = State()
            state.file = try SharedDescriptor(draft.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
            state.draft = draft
            self.state = Mutex(state)
        } catch {
            throw ServiceFault(.storeUnavailable, "cannot begin the upload \(draft.path): \(error)", retryAfter: 30)
        }
    }

    /// Appends bytes. Blocks while the disk does.
    ///
    /// - Throws: ``ServiceFault`` with the codes `tooLarge`, or `storeUnavailable` for a full disk.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(ServiceFault) {
        let result = state.withLock { state in
            Result { () throws(ServiceFault) in
                guard let file = state.file else { throw ServiceFault(.internalFault, "the upload is over") }
                guard UInt64(bytes.count) <= largest - state.size else {
                    throw ServiceFault(.tooLarge, "the source has more than \(largest) bytes, the most that is taken")
                }
                do throws(SystemCallError) {
                    state.sinceSpaceCheck += UInt64(bytes.count)
                    if state.sinceSpaceCheck >= 1 << 20 {
                        state.sinceSpaceCheck = 0
                        guard try freeBytes(file.number) > reserve else { throw SystemCallError(ENOSPC) }
                    }
                    try writeBytes(bytes, to: file.number)
                } catch {
                    throw ServiceFault(
                        .storeUnavailable, "cannot write the upload to the disk: \(error)", retryAfter: 60)
                }
                state.size += UInt64(bytes.count)
                state.hash.update(bufferPointer: bytes)
            }
        }
        do {
            try result.get()
        } catch {
            abandon()
            throw error
        }
    }

    /// Syncs the upload to the disk and makes it the grant's.
    ///
    /// - Returns: Its digest and size.
    /// - Throws: ``ServiceFault`` with the codes `digestMismatch`, `tooLarge` for more than the grant may have,
    ///   `storeUnavailable`.
    public func finish() async throws(ServiceFault) -> BlobDocument {
        let (draft, file, blob) = state.withLock { state in
            defer {
                state.draft = nil
                state.file = nil
            }
            return (state.draft, state.file, BlobDocument(digest: state.hash.finalize().hexadecimal, size: state.size))
        }
        guard let draft, let file else { throw ServiceFault(.internalFault, "the upload is over") }
        if let expected, expected != blob.digest {
            throw ServiceFault(
                .digestMismatch,
                "the \(blob.size) bytes that came have the SHA-256 \(blob.digest), not \(expected): they were changed or cut "
                    + "on the way, or the digest is another file's")
        }
        // Here, and not within the transaction that makes it the grant's: everybody waits for that one.
        do throws(SystemCallError) {
            try system { fdatasync(file.number) }
        } catch {
            throw ServiceFault(.storeUnavailable, "cannot write the upload to the disk: \(error)", retryAfter: 60)
        }
        try await keep(draft, blob)
        return blob
    }

    /// Throws away what was written; as does letting go of the object.
    public func abandon() {
        state.withLock { state in
            state.draft = nil
            state.file = nil
        }
    }
}
