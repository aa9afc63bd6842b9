import CLinux
import Glibc
import Linux
import SystemPackage

/// A folder of the host that was found beneath an allowed one without any symbolic link on the way, and is held open.
///
/// What is mounted later is found by ``realPath``, which somebody could exchange meanwhile. Whoever reads the mount
/// compares ``device`` and ``inode`` with what it has there: both belong to this folder alone as long as it is open.
struct AllowedFolder: ~Copyable {
    let realPath: String
    let device: UInt64
    let inode: UInt64
    private let descriptor: OwnedDescriptor

    /// - Throws: ``BuildFailure`` with the code `invalidRequest` where there is no such folder beneath the root.
    init(_ folder: FilePath, below root: FilePath) throws(BuildFailure) {
        var rest = folder
        guard folder.isAbsolute, root.isAbsolute, folder.isLexicallyNormal,
            rest.removePrefix(root.lexicallyNormalized())
        else {
            throw BuildFailure(.invalidRequest, "\(folder) does not lie in the allowed folder \(root)")
        }
        do throws(SystemCallError) {
            self = try AllowedFolder(rest.isEmpty ? "." : rest.string, beneath: root.string)
        } catch {
            throw BuildFailure(.invalidRequest, Self.message(folder, root, error))
        }
    }

    private init(_ rest: String, beneath root: String) throws(SystemCallError) {
        let top = OwnedDescriptor(owning: try system { clinux_open(root, CLINUX_O_PATH | O_DIRECTORY, 0) })
        let flags = UInt64(UInt32(bitPattern: CLINUX_O_PATH | O_DIRECTORY))
        let resolve = UInt64(CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS)
        let found = OwnedDescriptor(owning: try system { clinux_openat2(top.number, rest, flags, 0, resolve) })
        let facts = try FileFacts(descriptor: found.number)
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = try system { readlink("/proc/self/fd/\(found.number)", &buffer, buffer.count) }
        realPath = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        device = facts.device
        inode = facts.inode
        descriptor = found
    }

    private static func message(_ folder: FilePath, _ root: FilePath, _ error: SystemCallError) -> String {
        switch error.code {
        case ELOOP: "\(folder) is reached through a symbolic link below \(root): name the folder itself"
        case ENOENT: "there is no folder \(folder)"
        case ENOTDIR: "\(folder) is no folder"
        case EXDEV: "\(folder) leads out of the allowed folder \(root)"
        default: "the folder \(folder) cannot be opened: \(error)"
        }
    }
}
