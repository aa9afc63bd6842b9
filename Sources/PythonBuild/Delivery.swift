import CLinux
import Glibc
import Linux
import Sandbox
import SystemPackage

/// Puts verified artifacts into the output folder: each is there whole or not at all.
struct Delivery {
    let destination: OutputDestination
    let record: RunRecord

    func deliver(_ items: [Collection.Item]) throws(BuildFailure) -> [Artifact] {
        let folder = try destination.open()
        var artifacts: [Artifact] = []
        for item in items {
            let draft = draftName(of: item)
            do throws(SandboxError) {
                // The folder is the caller's: a later run finds what this one leaves there by its record.
                try record.note(.draft(destination.folder.appending(draft)))
            } catch {
                throw BuildFailure(error)
            }
            do throws(SystemCallError) {
                try place(item, in: folder.number, by: draft)
            } catch {
                throw BuildFailure(
                    .internalFault, "cannot write \(item.name.text) to \(destination.folder): \(error)")
            }
            artifacts.append(
                Artifact(
                    name: item.name.text, kind: item.name.kind, size: item.size, sha256: item.sha256,
                    path: destination.folder.appending(item.name.text).string))
        }
        return artifacts
    }

    private func draftName(of item: Collection.Item) -> String {
        String(decoding: ".buildbox-\(record.newName())-\(item.name.text)".utf8.prefix(255), as: UTF8.self)
    }

    private func place(
        _ item: Collection.Item, in folder: Int32, by name: String
    ) throws(SystemCallError) {
        let source = OwnedDescriptor(owning: try system { clinux_open(item.path.string, O_RDONLY | O_NOFOLLOW, 0) })
        let target = OwnedDescriptor(
            owning: try system { clinux_openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644) })
        do throws(SystemCallError) {
            var buffer = [UInt8](repeating: 0, count: 256 << 10)
            while true {
                let count = try system { read(source.number, &buffer, buffer.count) }
                if count == 0 { break }
                try writeAll(buffer[..<count], to: target.number)
            }
            try system { fsync(target.number) }
            try system { renameat(folder, name, folder, item.name.text) }
            try system { fsync(folder) }
        } catch {
            unlinkat(folder, name, 0)
            throw error
        }
    }
}
