import CLinux
import Glibc
import Linux
import SystemPackage

/// A file that may become a blob. What was not adopted is removed when its owner goes.
final class BlobDraft: Sendable {
    let path: FilePath

    init(path: FilePath) {
        self.path = path
    }

    deinit {
        // Once adopted it is not there any more.
        unlink(path.string)
    }
}
