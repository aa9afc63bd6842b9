/// What a Range field asks of a representation (RFC 9110, 14.2). Units other than bytes, and more than one
/// range, are passed over, as the RFC allows: the whole is sent.
enum ByteRange: Equatable {
    case whole
    case part(Range<UInt64>)
    /// Nothing of it lies inside.
    case unsatisfiable

    /// - Parameters:
    ///   - field: The field's value, nil where there is none.
    ///   - size: Bytes of the representation.
    init(_ field: String?, size: UInt64) {
        self = Self.parsed(field, size: size) ?? .whole
    }

    private static func parsed(_ field: String?, size: UInt64) -> ByteRange? {
        guard let field, let equals = field.firstIndex(of: "="), field[..<equals].lowercased() == "bytes" else {
            return nil
        }
        let parts = field[field.index(after: equals)...].split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.trimming { $0 == " " || $0 == "\t" } }
        guard parts.count == 2, let first = position(parts[0]), let last = position(parts[1]) else { return nil }
        switch (first, last) {
        case (nil, nil): return nil
        case (nil, let suffix?):
            guard suffix > 0, size > 0 else { return .unsatisfiable }
            return .part(size - min(suffix, size)..<size)
        case (let first?, let last):
            if let last, last < first { return nil }
            guard first < size else { return .unsatisfiable }
            // The last byte may be the largest number there is.
            return .part(first..<(min(last ?? .max, size - 1) + 1))
        }
    }

    /// Nil for what is no number; inside, nil for nothing at all. Numbers beyond 64 bits lie behind every end.
    private static func position(_ text: Substring) -> UInt64?? {
        if text.isEmpty { return .some(nil) }
        guard text.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
        return .some(UInt64(text) ?? .max)
    }
}

extension Substring {
    fileprivate func trimming(_ isPadding: (Character) -> Bool) -> Substring {
        var text = drop(while: isPadding)
        while let last = text.last, isPadding(last) { text.removeLast() }
        return text
    }
}
