import CLinux
import Glibc
import Linux
import SystemPackage

/// A folder as the bytes of a tar archive, read as they are asked for: names sorted by their bytes, so that the
/// same folder gives the same archive. Links stay links and are never followed, not even by a folder that
/// turns into one meanwhile; sockets, devices and FIFOs are left out.
final class FolderArchive {
    private struct OpenFile: ~Copyable {
        let descriptor: OwnedDescriptor
        let path: [UInt8]
        var left: UInt64
        let size: UInt64
    }

    private let root: OwnedDescriptor
    private let folder: FilePath
    /// Relative paths that are to come, the next one last.
    private var pending: [[UInt8]] = []
    private var file: OpenFile?
    private var buffer = [UInt8](repeating: 0, count: 128 << 10)
    private var ended = false

    /// Members that were left out: sockets, devices and FIFOs.
    private(set) var leftOut = 0

    /// - Throws: ``ClientError`` with `unreadable`, when the folder cannot be read.
    init(_ folder: FilePath) throws(ClientError) {
        self.folder = folder
        do throws(SystemCallError) {
            root = OwnedDescriptor(owning: try system { clinux_open(folder.string, O_RDONLY | O_DIRECTORY, 0) })
        } catch {
            throw ClientError(.unreadable, "cannot read the folder \(folder): \(error)")
        }
        pending = try names(in: [])
    }

    /// The next bytes; nil when the archive is complete.
    func next() throws(ClientError) -> [UInt8]? {
        if file != nil { return try content() }
        while let path = pending.popLast() {
            if let header = try open(path) { return header }
        }
        if ended { return nil }
        ended = true
        return [UInt8](repeating: 0, count: 2 * TarHeader.blockSize)
    }

    /// The header of what lies at `path`; nil for what is left out.
    private func open(_ path: [UInt8]) throws(ClientError) -> [UInt8]? {
        let member = try descriptor(path, CLINUX_O_PATH | O_NOFOLLOW)
        var facts = try facts(of: member, path)
        var header = TarHeader(kind: .file, name: path, mode: facts.mode, time: Int64(facts.modified.seconds))
        switch facts.type {
        case S_IFDIR:
            header.kind = .folder
            header.name.append(UInt8(ascii: "/"))
            pending += try names(in: path)
            return header.bytes
        case S_IFLNK:
            header.kind = .link
            header.mode = 0o777
            header.target = try target(of: member, path)
            return header.bytes
        case S_IFREG:
            let content = try descriptor(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            facts = try self.facts(of: content, path)
            guard facts.isRegularFile else { fallthrough }
            header.size = facts.size
            header.mode = facts.mode
            if header.size > 0 {
                file = OpenFile(descriptor: content, path: path, left: header.size, size: header.size)
            }
            return header.bytes
        default:
            leftOut += 1
            return nil
        }
    }

    /// The next bytes of the file that is open. One that grows is cut at the size that its header tells.
    private func content() throws(ClientError) -> [UInt8] {
        guard var open = file.take() else { return [] }
        let wanted = Int(min(UInt64(buffer.count), open.left))
        let number = open.descriptor.number
        let count: Int
        do throws(SystemCallError) {
            count = try system { read(number, &buffer, wanted) }
        } catch {
            throw ClientError(.unreadable, "cannot read \(shown(open.path)): \(error)")
        }
        guard count > 0 else {
            throw ClientError(
                .unreadable, "\(shown(open.path)) became shorter while it was sent: submit again when it rests")
        }
        open.left -= UInt64(count)
        guard open.left == 0 else {
            file = consume open
            return Array(buffer[..<count])
        }
        return buffer[..<count] + TarHeader.padding(after: open.size)
    }

    /// What a folder holds, the last name first.
    private func names(in path: [UInt8]) throws(ClientError) -> [[UInt8]] {
        let number = try descriptor(path.isEmpty ? [UInt8(ascii: ".")] : path, O_RDONLY | O_DIRECTORY).release()
        guard let stream = fdopendir(number) else {
            let error = SystemCallError(errno)
            close(number)
            throw ClientError(.unreadable, "cannot read the folder \(shown(path)): \(error)")
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: UInt8.self, capacity: 256) {
                    Array(UnsafeBufferPointer(start: $0, count: strlen($0)))
                }
            }
            guard name != [0x2e], name != [0x2e, 0x2e] else { continue }
            names.append(path.isEmpty ? name : path + [UInt8(ascii: "/")] + name)
        }
        guard errno == 0 else {
            throw ClientError(.unreadable, "cannot read the folder \(shown(path)): \(SystemCallError(errno))")
        }
        return names.sorted { $1.lexicographicallyPrecedes($0) }
    }

    private func descriptor(_ path: [UInt8], _ flags: Int32) throws(ClientError) -> OwnedDescriptor {
        let resolve = UInt64(CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS)
        do throws(SystemCallError) {
            let name = path.map { CChar(bitPattern: $0) } + [0]
            return OwnedDescriptor(
                owning: try system { clinux_openat2(root.number, name, UInt64(flags | O_CLOEXEC), 0, resolve) })
        } catch {
            throw ClientError(.unreadable, "cannot read \(shown(path)): \(error)")
        }
    }

    private func facts(of descriptor: borrowing OwnedDescriptor, _ path: [UInt8]) throws(ClientError) -> FileFacts {
        do throws(SystemCallError) {
            return try FileFacts(descriptor: descriptor.number)
        } catch {
            throw ClientError(.unreadable, "cannot look at \(shown(path)): \(error)")
        }
    }

    private func target(of link: borrowing OwnedDescriptor, _ path: [UInt8]) throws(ClientError) -> [UInt8] {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(link.number, "", &target, target.count)
        guard count >= 0 else {
            throw ClientError(.unreadable, "cannot read the link \(shown(path)): \(SystemCallError(errno))")
        }
        return target[..<count].map { UInt8(bitPattern: $0) }
    }

    private func shown(_ path: [UInt8]) -> String {
        path.isEmpty ? folder.string : "\(folder)/\(String(decoding: path, as: UTF8.self))"
    }
}
