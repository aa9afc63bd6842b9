import CLinux
import Crypto
import FoundationEssentials
import Glibc
import Linux
public import SystemPackage

/// Everything that buildbox keeps between runs, below $BUILDBOX_HOME. Every file in it is written
/// aside and renamed, so that a crash leaves the old or the new.
public struct StateFolder: Sendable {
    public let root: FilePath

    public init(root: FilePath) {
        self.root = root
    }

    public var filters: FilePath { root.appending("filters") }
    var interpreters: FilePath { root.appending("interpreters") }
    var locks: FilePath { root.appending("locks") }
    var environments: FilePath { root.appending("environments") }
    var downloads: FilePath { root.appending("downloads") }
    private var runs: FilePath { root.appending("runs") }

    /// Makes the folders, for this user only, and clears what dead runs left.
    public func prepare() throws(BuildFailure) {
        for folder in [root, interpreters, locks, environments, runs] {
            try make(folder, mode: 0o700)
        }
        sweep(runs)
        sweep(environments)
    }

    /// A new folder for one run, named after this process.
    func makeRunFolder(_ id: String) throws(BuildFailure) -> FilePath {
        let folder = runs.appending("\(getpid())-\(id)")
        try make(folder, mode: 0o700)
        return folder
    }

    /// Like `makeRunFolder`, beside the environments, to be renamed to one.
    func makeDraftEnvironment(_ id: String) throws(BuildFailure) -> FilePath {
        let folder = environments.appending("\(getpid())-\(id)")
        try make(folder, mode: 0o755)
        return folder
    }

    func make(_ folder: FilePath, mode: UInt32) throws(BuildFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder.string, withIntermediateDirectories: true,
                attributes: [.posixPermissions: Int(mode)])
        } catch {
            throw BuildFailure(.internalFault, "cannot make the folder \(folder): \(error)")
        }
    }

    func remove(_ folder: FilePath) {
        // What cannot be removed now is swept by a later run.
        _ = Result { try FileManager.default.removeItem(atPath: folder.string) }
    }

    func write(_ bytes: [UInt8], to file: FilePath) throws(BuildFailure) {
        let draft = file.removingLastComponent().appending(".\(getpid())-\(UInt64.random(in: 0...UInt64.max))")
        do throws(SystemCallError) {
            let descriptor = OwnedDescriptor(
                owning: try system { clinux_open(draft.string, O_WRONLY | O_CREAT | O_EXCL, 0o644) })
            var written = 0
            while written < bytes.count {
                written += try system {
                    bytes[written...].withUnsafeBytes { Glibc.write(descriptor.number, $0.baseAddress, $0.count) }
                }
            }
            try system { fsync(descriptor.number) }
            try system { rename(draft.string, file.string) }
        } catch {
            unlink(draft.string)
            throw BuildFailure(.internalFault, "cannot write \(file): \(error)")
        }
    }

    func read(_ file: FilePath) -> [UInt8]? {
        FileManager.default.contents(atPath: file.string).map { Array($0) }
    }

    /// Runs `body` while no other process does so under the same name.
    func locked<Value>(_ name: String, _ body: () async throws(BuildFailure) -> Value) async throws(BuildFailure)
        -> Value
    {
        let file = locks.appending("\(name).lock").string
        let number = clinux_open(file, O_RDWR | O_CREAT, 0o600)
        guard number >= 0 else { throw BuildFailure(.internalFault, "cannot open \(file): \(SystemCallError(errno))") }
        let descriptor = OwnedDescriptor(owning: number)
        while flock(descriptor.number, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw BuildFailure(.internalFault, "cannot lock \(file): \(SystemCallError(errno))")
            }
            do {
                try await Task.sleep(for: .milliseconds(20))
            } catch {
                throw BuildFailure(.cancelled, "cancelled while waiting for another build's environment")
            }
        }
        return try await body()
    }

    /// Removes folders that name a process which is no more.
    private func sweep(_ folder: FilePath) {
        guard let names = Result(catching: { try FileManager.default.contentsOfDirectory(atPath: folder.string) }).value
        else { return }
        for name in names {
            let parts = name.split(separator: "-", maxSplits: 1)
            guard parts.count == 2, let pid = pid_t(parts[0]), kill(pid, 0) != 0, errno == ESRCH else { continue }
            remove(folder.appending(name))
        }
    }
}

extension Result {
    var value: Success? {
        if case .success(let value) = self { value } else { nil }
    }
}

/// Hexadecimal SHA-256 of strings, each ended by a NUL.
func hexadecimalDigest(_ parts: [String]) -> String {
    var hash = SHA256()
    for part in parts {
        hash.update(data: Array(part.utf8) + [0])
    }
    return hash.finalize().hexadecimal
}

extension Digest {
    var hexadecimal: String {
        map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
