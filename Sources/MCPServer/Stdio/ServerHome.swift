import BuildAPI
public import BuildService
import CLinux
import Foundation
import Glibc
import Linux
public import SystemPackage

/// The folder of one `buildbox mcp`, below $BUILDBOX_HOME/mcp: any number of them run at once. It has a lock (flock(2))
/// on a file beside its folder while it lives; the next one to start removes what has no owner any more.
public final class ServerHome {
    public let path: FilePath
    private let lock: OwnedDescriptor
    private let lockFile: FilePath

    /// Makes the folder, and removes those of the dead.
    ///
    /// - Parameter home: $BUILDBOX_HOME.
    /// - Throws: ``ServiceFault`` with the code `storeUnavailable`.
    public init(below home: FilePath) throws(ServiceFault) {
        let folder = home.appending("mcp")
        do throws(SystemCallError) {
            for folder in [home, folder] where mkdir(folder.string, 0o700) != 0 {
                if errno != EEXIST { throw SystemCallError(errno) }
            }
            Self.sweep(folder)
            let name = String(UInt64.random(in: 0...UInt64.max), radix: 36)
            path = folder.appending(name)
            lockFile = folder.appending("\(name).lock")
            lock = try Self.made(lockFile)
            try system { mkdir(path.string, 0o700) }
        } catch {
            throw ServiceFault(
                .storeUnavailable, "cannot make a folder in \(folder): \(error): name another one in BUILDBOX_HOME")
        }
    }

    /// Removes the folder: nothing of it is wanted once its client is gone.
    public func remove() { Self.remove(path, lockFile) }

    private static func made(_ file: FilePath) throws(SystemCallError) -> OwnedDescriptor {
        while true {
            let lock = OwnedDescriptor(
                owning: try system { clinux_open(file.string, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600) })
            try system { flock(lock.number, LOCK_EX) }
            // A sweep may have taken the file for a dead one's before it was locked.
            if try FileFacts(descriptor: lock.number).links > 0 { return lock }
        }
    }

    private static func sweep(_ folder: FilePath) {
        let names = Result { try FileManager.default.contentsOfDirectory(atPath: folder.string) }
        for name in (try? names.get()) ?? [] where name.hasSuffix(".lock") {
            let file = folder.appending(name)
            let number = clinux_open(file.string, O_RDWR | O_NOFOLLOW, 0)
            guard number >= 0 else { continue }
            let lock = OwnedDescriptor(owning: number)
            guard flock(lock.number, LOCK_EX | LOCK_NB) == 0 else { continue }
            remove(folder.appending(String(name.dropLast(5))), file)
        }
    }

    private static func remove(_ folder: FilePath, _ lock: FilePath) {
        let removal = Result { try FileManager.default.removeItem(atPath: folder.string) }
        // The lock goes last: while it is there, a later sweep tries again.
        if case .success = removal {
            unlink(lock.string)
        } else if access(folder.string, F_OK) != 0 {
            unlink(lock.string)
        }
    }
}
