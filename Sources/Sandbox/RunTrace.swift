public import SystemPackage

/// What a run leaves outside of buildbox's own folders when it is killed.
public enum RunTrace: Equatable, Sendable {
    /// A control group's folder.
    case controlGroup(String)
    /// A file that is being written beside its final name.
    case draft(FilePath)

    /// A letter, the path, and a NUL, which no path has.
    var bytes: [UInt8] {
        switch self {
        case .controlGroup(let path): Array("g\(path)\0".utf8)
        case .draft(let path): Array("d\(path.string)\0".utf8)
        }
    }

    /// The whole entries of a record; one that was cut off was never acted upon.
    static func all(in record: [UInt8]) -> [RunTrace] {
        guard let end = record.lastIndex(of: 0) else { return [] }
        return record[..<end].split(separator: 0).compactMap { entry in
            let path = String(decoding: entry.dropFirst(), as: UTF8.self)
            guard path.hasPrefix("/") else { return nil }
            switch entry.first {
            case UInt8(ascii: "g"): return .controlGroup(path)
            case UInt8(ascii: "d"): return .draft(FilePath(path))
            default: return nil
            }
        }
    }
}
