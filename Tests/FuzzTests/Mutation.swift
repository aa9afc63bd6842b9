import TestSupport

/// Changes that break what is right at one place, or tell a lie about a length.
enum Mutation {
    private static let words: [[UInt8]] = [
        [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80], [1, 0, 0, 0], [0xff, 0xff],
    ]

    /// `bytes` with one to four changes, now and then none; `tokens` are what the format is made of.
    static func of(_ bytes: [UInt8], tokens: [[UInt8]] = [], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...4, using: &generator) { change(&bytes, tokens + words, &generator) }
        return bytes
    }

    static func random(length: Range<Int>, _ generator: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: length, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    private static func change(_ bytes: inout [UInt8], _ tokens: [[UInt8]], _ generator: inout SeededGenerator) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        let length = min(bytes.count - place, Int.random(in: 1...16, using: &generator))
        switch Int.random(in: 0..<9, using: &generator) {
        case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes.removeSubrange(place..<place + length)
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        case 4: bytes.removeSubrange(place...)
        case 5:
            // A piece of it again, somewhere else.
            let piece = bytes[place..<place + length]
            bytes.insert(contentsOf: piece, at: Int.random(in: 0...bytes.count, using: &generator))
        case 6:
            let token = tokens.randomElement(using: &generator) ?? []
            bytes.replaceSubrange(place..<min(bytes.count, place + token.count), with: token)
        case 7: bytes.insert(contentsOf: tokens.randomElement(using: &generator) ?? [], at: place)
        default:
            bytes.insert(
                contentsOf: repeatElement(bytes.indices.contains(place) ? bytes[place] : 65, count: length * 8),
                at: place)
        }
    }
}
