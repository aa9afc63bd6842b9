/// A number of bytes: `1048576`, `512MiB`, `2GiB`, `1.5GB`. `K`, `M` and `G` alone are binary.
public struct ByteSize: Hashable, Sendable, CustomStringConvertible {
    public let bytes: UInt64

    public init(_ bytes: UInt64) {
        self.bytes = bytes
    }

    /// Nil for what is no size of at least one byte and below 2^62.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number.isFinite, number > 0,
            let unit = Self.units[text.dropFirst(digits.count).lowercased()]
        else { return nil }
        let bytes = number * unit
        guard bytes >= 1, bytes < 0x1p62 else { return nil }
        self.bytes = UInt64(bytes)
    }

    private static let units: [String: Double] = [
        "": 1, "b": 1, "k": 0x1p10, "m": 0x1p20, "g": 0x1p30, "t": 0x1p40, "kib": 0x1p10, "mib": 0x1p20, "gib": 0x1p30,
        "tib": 0x1p40, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
    ]

    public var description: String {
        for (name, size) in [("GiB", UInt64(1) << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes % size == 0 {
            return "\(bytes / size)\(name)"
        }
        return "\(bytes)"
    }
}
