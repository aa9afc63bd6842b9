/// The Prefer field (RFC 7240), of which this service knows `wait`.
enum Preference {
    /// Seconds that the client is willing to wait; nil where it says nothing of it, or nothing sensible: a preference
    /// that cannot be understood is passed over (section 2).
    static func wait(_ field: String?) -> Int? {
        guard let field else { return nil }
        for preference in field.split(separator: ",") {
            let text = preference.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" && $0 != "\"" }
            guard let equals = text.firstIndex(of: "="), text[..<equals].lowercased() == "wait" else { continue }
            let digits = text[text.index(after: equals)...]
            guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
            // The first of several counts.
            return Int(digits) ?? .max
        }
        return nil
    }
}
