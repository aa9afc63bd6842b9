import CLinux
import Glibc
import Linux
import SystemPackage

/// What earlier inspections found in a pyproject.toml, by its digest: the same bytes say the same, and need not be read
/// by a sandboxed process again. Only digests are compared here; what the bytes mean is found out inside.
///
/// A folder of so many slots, each with the last entry that fell into it.
struct DeclarationMemo: Sendable {
    private struct Entry: Codable {
        var key: String
        var requires: [String]
        var name: String?
    }

    let state: StateFolder
    /// The folder of what reads pyproject.toml: another reader might find something else.
    let toolchain: FilePath

    /// A project folder's pyproject.toml, and its key. These bytes are what must be inspected, and not the file once more:
    /// what was found in others would be kept under this key.
    struct Pyproject {
        let bytes: [UInt8]
        let key: String
    }

    /// - Returns: nil where there is no ordinary file of modest size.
    func pyproject(of source: Source) -> Pyproject? {
        guard source.kind == .folder else { return nil }
        let number = clinux_open(source.path.string, O_RDONLY | O_DIRECTORY, 0)
        guard number >= 0 else { return nil }
        let folder = OwnedDescriptor(owning: number)
        guard let bytes = readFile("pyproject.toml", in: folder.number, limit: 256 << 10) else { return nil }
        return Pyproject(bytes: bytes, key: key(of: bytes))
    }

    private func key(of bytes: [UInt8]) -> String {
        let reader = String(decoding: ContainedScript.inspect.bytes, as: UTF8.self)
        return hexadecimalDigest([toolchain.string, reader, hexadecimalDigest(of: bytes)])
    }

    /// The build requirements and the name that were found under a key, unchecked.
    func find(_ key: String) -> (requires: [String], name: String?)? {
        guard let bytes = state.read(slot(key)), let entry: Entry = JSON.value(from: bytes), entry.key == key else {
            return nil
        }
        return (entry.requires, entry.name)
    }

    /// Keeps what was found. It is only ever missed: what cannot be written does no harm.
    func keep(_ requires: [String], _ name: String?, as key: String) {
        _ = Result { () throws(BuildFailure) in
            try state.write(Array(try JSON.text(Entry(key: key, requires: requires, name: name)).utf8), to: slot(key))
        }
    }

    private func slot(_ key: String) -> FilePath { state.declarations.appending("\(key.prefix(3)).json") }
}
