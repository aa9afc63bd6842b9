import CLinux
import Crypto
import FoundationEssentials
import Glibc
import Linux
import Sandbox
import SourceText
import SystemPackage

/// Takes artifacts out of the folder that contained code filled, once all of it is dead: regular
/// files under artifact names, copied and digested, never linked, moved or followed.
struct Collection {
    /// A file taken into quarantine, where nothing contained can reach it.
    struct Item: Sendable {
        let name: ArtifactName
        let path: FilePath
        let size: UInt64
        let sha256: String
    }

    let quarantine: FilePath
    let largestBytes: UInt64

    /// Takes one artifact of each kind, or refuses the whole: names are checked before anything is copied.
    func take(_ kinds: Set<DistributionKind>, from output: OutputFolder) throws(BuildFailure) -> [Item] {
        var names: [ArtifactName] = []
        for entry in try entries(of: output.descriptor) {
            let shown = printable(entry)
            guard let text = String(validating: entry, as: UTF8.self), let name = ArtifactName(text) else {
                throw rejection(shown, "it is not named like a wheel (PEP 427) or a source distribution (PEP 625)")
            }
            guard kinds.contains(name.kind) else {
                throw rejection(shown, "nobody asked this step for a \(name.kind.rawValue)")
            }
            guard !names.contains(where: { $0.kind == name.kind }) else {
                throw rejection(shown, "it is the second \(name.kind.rawValue) that the build left")
            }
            names.append(name)
        }
        let absent = kinds.subtracting(names.map(\.kind)).map(\.rawValue).sorted()
        guard absent.isEmpty else {
            throw BuildFailure(
                .artifactRejected, "the build ended well but left no \(absent.joined(separator: " and no "))")
        }
        var items: [Item] = []
        for name in names { items.append(try take(name, from: output.descriptor)) }
        return items
    }

    /// Takes one artifact by its name.
    func take(_ name: ArtifactName, from output: OutputFolder) throws(BuildFailure) -> Item {
        try take(name, from: output.descriptor)
    }

    private func take(_ name: ArtifactName, from folder: Int32) throws(BuildFailure) -> Item {
        // O_NONBLOCK: a FIFO must not hold the supervisor up.
        let flags = UInt64(O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        let resolve = UInt64(CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS | CLINUX_RESOLVE_NO_XDEV)
        let number = clinux_openat2(folder, name.text, flags, 0, resolve)
        guard number >= 0 else {
            let cause = errno == ELOOP ? "it is a symbolic link" : "it cannot be opened: \(SystemCallError(errno))"
            throw rejection(name.text, cause)
        }
        let file = OwnedDescriptor(owning: number)
        let found = Result { () throws(SystemCallError) in try FileFacts(descriptor: file.number) }
        guard case .success(let facts) = found, facts.isRegularFile else {
            throw rejection(name.text, "it is not a regular file")
        }
        guard facts.links == 1 else { throw rejection(name.text, "it has a second hard link") }
        guard facts.size <= largestBytes else {
            throw rejection(name.text, "it is larger than the disk limit")
        }
        return try copy(file.number, as: name)
    }

    private func copy(_ source: Int32, as name: ArtifactName) throws(BuildFailure) -> Item {
        let path = quarantine.appending(name.text)
        var hash = SHA256()
        var size: UInt64 = 0
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        do throws(SystemCallError) {
            let target = OwnedDescriptor(
                owning: try system { clinux_open(path.string, O_WRONLY | O_CREAT | O_EXCL, 0o644) })
            while true {
                let count = try system { read(source, &buffer, buffer.count) }
                if count == 0 { break }
                size += UInt64(count)
                guard size <= largestBytes else { throw SystemCallError(EFBIG) }
                hash.update(data: buffer[..<count])
                try writeAll(buffer[..<count], to: target.number)
            }
        } catch {
            throw BuildFailure(.internalFault, "cannot copy the artifact \(name.text) to \(quarantine): \(error)")
        }
        return Item(name: name, path: path, size: size, sha256: hash.finalize().hexadecimal)
    }

    private func rejection(_ name: String, _ cause: String) -> BuildFailure {
        BuildFailure(.artifactRejected, "the artifact \"\(ForeignText.line(name))\" is rejected: \(cause)")
    }

    private func printable(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(80).map { (32...126).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }

    /// The names in the folder, as the bytes they are.
    private func entries(of folder: Int32) throws(BuildFailure) -> [[UInt8]] {
        let copy = clinux_openat(folder, ".", O_RDONLY | O_DIRECTORY, 0)
        guard copy >= 0, let stream = fdopendir(copy) else {
            throw BuildFailure(
                .artifactRejected, "the output folder cannot be listed as the build left it: \(SystemCallError(errno))")
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name == [46] || name == [46, 46] { continue }
            names.append(name)
            guard names.count <= 64 else { throw rejection(printable(name), "the build left more than 64 files") }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
}

/// Writes every byte to a descriptor.
func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) throws(SystemCallError) {
    var written = bytes.startIndex
    while written < bytes.endIndex {
        written += try system {
            bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        }
    }
}
