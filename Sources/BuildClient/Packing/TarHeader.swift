/// The 512 bytes in front of a member of a tar archive, in the format of POSIX.1-2001 (pax(1), "ustar
/// Interchange Format"). What does not fit, a long name or a large size, goes into an extended header before it.
/// Owners are left out, so that the same folder gives the same bytes for every user.
struct TarHeader {
    enum Kind: UInt8 {
        case file = 0x30
        case link = 0x32
        case folder = 0x35
        case extended = 0x78
    }

    static let blockSize = 512

    var kind: Kind
    /// As the file system has it, whatever its encoding; without a leading slash.
    var name: [UInt8]
    /// Where a symbolic link points to.
    var target: [UInt8] = []
    /// The permission bits; those for setuid, setgid and sticky do not travel.
    var mode: UInt32
    var size: UInt64 = 0
    /// Seconds since 1970.
    var time: Int64

    /// The header's block or, with an extended one, blocks.
    var bytes: [UInt8] {
        let records = extendedRecords
        guard !records.isEmpty else { return block(name: name, target: target, size: size) }
        let extended = TarHeader(
            kind: .extended, name: Array("pax".utf8), mode: 0o644, size: UInt64(records.count), time: max(0, time))
        return extended.block(name: extended.name, target: [], size: extended.size) + records
            + Self.padding(after: UInt64(records.count))
            + block(name: Array(name.prefix(Self.nameSize)), target: Array(target.prefix(Self.nameSize)), size: size)
    }

    /// What fills the last block of `size` bytes.
    static func padding(after size: UInt64) -> [UInt8] {
        let rest = Int(size % UInt64(blockSize))
        return [UInt8](repeating: 0, count: rest == 0 ? 0 : blockSize - rest)
    }

    private static let nameSize = 100
    private static let largestSize: UInt64 = 0o777_7777_7777

    private var extendedRecords: [UInt8] {
        var records: [UInt8] = []
        let long = [("path", name), ("linkpath", target)].filter { $0.1.count > Self.nameSize }
        // Without it the names of an extended header are UTF-8 (pax(1), "hdrcharset").
        if long.contains(where: { String(validating: $0.1, as: UTF8.self) == nil }) {
            records += Self.record("hdrcharset", Array("BINARY".utf8))
        }
        for (keyword, value) in long { records += Self.record(keyword, value) }
        if size > Self.largestSize { records += Self.record("size", Array(String(size).utf8)) }
        if time < 0 || time > Int64(Self.largestSize) { records += Self.record("mtime", Array(String(time).utf8)) }
        return records
    }

    /// `LENGTH KEYWORD=VALUE\n`, where the length counts its own digits.
    private static func record(_ keyword: String, _ value: [UInt8]) -> [UInt8] {
        let rest = keyword.utf8.count + value.count + 3
        var length = rest + String(rest).utf8.count
        length = rest + String(length).utf8.count
        return Array("\(length) \(keyword)=".utf8) + value + [UInt8(ascii: "\n")]
    }

    private func block(name: [UInt8], target: [UInt8], size: UInt64) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        func put(_ bytes: some Collection<UInt8>, at position: Int) {
            block.replaceSubrange(position..<position + bytes.count, with: bytes)
        }
        func octal(_ value: UInt64, _ digits: Int) -> [UInt8] {
            let text = String(value, radix: 8)
            return Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8)
        }
        put(name, at: 0)
        put(octal(UInt64(mode & 0o777), 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(min(size, Self.largestSize), 11), at: 124)
        put(octal(UInt64(max(0, min(time, Int64(Self.largestSize)))), 11), at: 136)
        put(repeatElement(UInt8(ascii: " "), count: 8), at: 148)
        block[156] = kind.rawValue
        put(target, at: 157)
        put(Array("ustar".utf8), at: 257)
        put(Array("00".utf8), at: 263)
        let sum = block.reduce(UInt64(0)) { $0 + UInt64($1) }
        put(octal(sum, 6) + [0, UInt8(ascii: " ")], at: 148)
        return block
    }
}
