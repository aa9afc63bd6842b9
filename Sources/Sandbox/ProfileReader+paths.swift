import SourceText

extension ProfileReader {
    /// A path below /proc or /sys, where alone the kernel shows what is not a file.
    func kernelPath(_ value: SourceValue) -> String? {
        guard let text = path(value) else { return nil }
        guard text.hasPrefix("/proc/") || text.hasPrefix("/sys/") else {
            return source.refuse(value, "a path below /proc or /sys")
        }
        return text
    }

    /// Paths that are shown: never what the base itself makes, nor what lies around it.
    func shownPaths(_ value: SourceValue?) -> [String] {
        let taken = ["/proc", "/dev", HostView.temporary, HostView.home]
        return source.list(value) { element in
            guard let text = path(element) else { return nil }
            let clash = taken.first { "\(text)/".hasPrefix("\($0)/") || "\($0)/".hasPrefix("\(text)/") }
            if let clash {
                return source.refuse(element, "a path apart from \(clash), which every command has of its own")
            }
            return text
        } ?? []
    }

    /// An absolute path without `.`, `..` and empty components; not `/` itself.
    func path(_ value: SourceValue, pattern: Bool = false) -> String? {
        guard let text = source.string(value) else { return nil }
        let components = text.split(separator: "/", omittingEmptySubsequences: false)
        guard text.utf8.count < 4096, !text.utf8.contains(0), components.count >= 2, components[0].isEmpty,
            components.dropFirst().allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
        else { return source.refuse(value, "an absolute path without \".\", \"..\" and empty components") }
        guard text.utf8.contains(UInt8(ascii: "*")) else { return text }
        guard pattern else { return source.refuse(value, "a path without \"*\"") }
        guard components.count >= 3, !components.dropLast().contains(where: { $0.contains("*") }) else {
            return source.refuse(value, "a path with \"*\" in its last component only, and two components at least")
        }
        return text
    }
}
