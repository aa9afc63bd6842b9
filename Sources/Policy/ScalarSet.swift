/// A set of Unicode scalars: the ranges that belong to it, or with `isNegated` those that do not.
struct ScalarSet: Equatable, Sendable {
    /// In order and apart from each other, once ``sort()`` was called.
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    static let digits = ScalarSet(ranges: [0x30...0x39])
    static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a])
    static let space = ScalarSet(ranges: [0x09...0x0a, 0x0c...0x0d, 0x20...0x20])
    static let allButNewline = ScalarSet(ranges: [0x0a...0x0a], isNegated: true)

    static func one(_ scalar: UnicodeScalar) -> ScalarSet {
        ScalarSet(ranges: [scalar.value...scalar.value])
    }

    /// Everything else.
    var inverted: ScalarSet { ScalarSet(ranges: ranges, isNegated: !isNegated) }

    func contains(_ scalar: UnicodeScalar, ignoringCase: Bool) -> Bool {
        let found =
            if ignoringCase {
                has(scalar.value) || has(Self.single(scalar.properties.lowercaseMapping))
                    || has(Self.single(scalar.properties.uppercaseMapping))
            } else {
                has(scalar.value)
            }
        return found != isNegated
    }

    /// Adds what a class such as `\w` stands for.
    mutating func formUnion(_ other: ScalarSet) {
        guard other.isNegated else {
            ranges += other.ranges
            return
        }
        var next: UInt32 = 0
        for range in other.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { ranges.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        ranges.append(next...0x10_ffff)
    }

    /// Puts the ranges in order and joins those that touch, so that a character is looked up in few steps.
    mutating func sort() {
        var joined: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound <= last.upperBound + 1 {
                joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        ranges = joined
    }

    private func has(_ value: UInt32?) -> Bool {
        guard let value else { return false }
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(value)
    }

    private static func single(_ mapping: String) -> UInt32? {
        let scalars = mapping.unicodeScalars
        return scalars.count == 1 ? scalars.first?.value : nil
    }
}
