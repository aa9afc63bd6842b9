/// One thing that is put into the root. Paths named `at` are absolute paths inside; parents are
/// made as needed.
public enum MountStep: Equatable, Sendable, WireValue {
    case directory(at: String, mode: UInt32)
    case file(at: String, contents: [UInt8])
    case symbolicLink(at: String, target: String)
    /// A tree or file of the host, everything mounted below it included; never setuid, never devices.
    case bind(source: String, at: String, access: BindAccess)
    /// A character device of the host.
    case device(String)
    /// A folder of the scratch file system, the one place with a size limit that can be written.
    case scratch(at: String, mode: UInt32)
    /// `source` as the read-only lower layer, writes to the scratch file system.
    case overlay(source: String, at: String, access: BindAccess)
    /// A fresh procfs of the new pid namespace, which shows a process only to those that may trace it.
    case processes(at: String)
    /// Covers what is at a path with nothing: an empty file, or an empty folder. A path that is
    /// not there is passed over.
    case mask(String)
    /// Makes what is at a path read-only. A path that is not there is passed over.
    case readOnly(String)

    public init(from reader: inout WireReader) throws(WireError) {
        let tag: UInt8 = try reader.number()
        switch tag {
        case 0: self = .directory(at: try reader.string(), mode: try reader.number())
        case 1: self = .file(at: try reader.string(), contents: try reader.data())
        case 2: self = .symbolicLink(at: try reader.string(), target: try reader.string())
        case 3: self = .bind(source: try reader.string(), at: try reader.string(), access: try reader.value())
        case 4: self = .device(try reader.string())
        case 5: self = .scratch(at: try reader.string(), mode: try reader.number())
        case 6: self = .overlay(source: try reader.string(), at: try reader.string(), access: try reader.value())
        case 7: self = .processes(at: try reader.string())
        case 8: self = .mask(try reader.string())
        case 9: self = .readOnly(try reader.string())
        default: throw .invalid(field: "mount step", value: UInt64(tag))
        }
    }

    public func write(to writer: inout WireWriter) {
        switch self {
        case .directory(let path, let mode):
            writer.write(UInt8(0))
            writer.write(path)
            writer.write(mode)
        case .file(let path, let contents):
            writer.write(UInt8(1))
            writer.write(path)
            writer.write(contents)
        case .symbolicLink(let path, let target):
            writer.write(UInt8(2))
            writer.write(path)
            writer.write(target)
        case .bind(let source, let path, let access):
            writer.write(UInt8(3))
            writer.write(source)
            writer.write(path)
            writer.write(access)
        case .device(let path):
            writer.write(UInt8(4))
            writer.write(path)
        case .scratch(let path, let mode):
            writer.write(UInt8(5))
            writer.write(path)
            writer.write(mode)
        case .overlay(let source, let path, let access):
            writer.write(UInt8(6))
            writer.write(source)
            writer.write(path)
            writer.write(access)
        case .processes(let path):
            writer.write(UInt8(7))
            writer.write(path)
        case .mask(let path):
            writer.write(UInt8(8))
            writer.write(path)
        case .readOnly(let path):
            writer.write(UInt8(9))
            writer.write(path)
        }
    }
}
