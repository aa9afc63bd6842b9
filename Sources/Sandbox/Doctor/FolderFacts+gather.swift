import CLinux
import Glibc
import Linux
import SystemPackage

extension FolderFacts {
    static func of(_ path: FilePath) -> FolderFacts {
        var found = path
        var facts = FileFacts.ifAny(of: found.string)
        while facts == nil, found.removeLastComponent() { facts = FileFacts.ifAny(of: found.string) }
        var space = clinux_space()
        let number = clinux_open(found.string, O_RDONLY | O_DIRECTORY, 0)
        if number >= 0 {
            let descriptor = OwnedDescriptor(owning: number)
            clinux_space(descriptor.number, &space)
        }
        let writable = access(found.string, W_OK | X_OK) == 0
        let readOnly = !writable && errno == EROFS
        return FolderFacts(
            path: path.string, found: found.string, owner: facts?.owner ?? 0, mode: facts?.permissions ?? 0,
            writable: writable, readOnlyMount: readOnly, freeBytes: space.free_bytes)
    }
}

extension LimitFact {
    static func all() -> [LimitFact] {
        // What the launcher sets for the default limits; a lower hard limit stays.
        let wanted: [(Int32, LimitFact)] = [
            (
                Int32(RLIMIT_NOFILE.rawValue),
                LimitFact(name: "nofile", hard: 0, wanted: 4096, setting: "LimitNOFILE")
            ),
            (
                Int32(__RLIMIT_NPROC.rawValue),
                LimitFact(name: "nproc", hard: 0, wanted: 576, setting: "LimitNPROC")
            ),
            (
                Int32(RLIMIT_FSIZE.rawValue),
                LimitFact(name: "fsize", hard: 0, wanted: 2 << 30, setting: "LimitFSIZE")
            ),
        ]
        return wanted.map { resource, fact in
            var fact = fact
            var soft: UInt64 = 0
            clinux_get_limit(resource, &soft, &fact.hard)
            return fact
        }
    }
}
