import FoundationEssentials
import Glibc
import SystemPackage

extension SandboxProfile {
    /// What ``hidden`` means on this host: the files and folders that its patterns match, links
    /// followed to what they lead to, since a link is no place to mount on. Sorted, each once,
    /// nothing that lies below another.
    public func coveredPaths() -> [String] {
        var found: Set<String> = []
        var listings: [String: [String]] = [:]
        for pattern in hidden {
            let path = FilePath(pattern)
            guard pattern.contains("*"), let name = path.lastComponent?.string else {
                if let real = realPath(pattern) { found.insert(real) }
                continue
            }
            let folder = path.removingLastComponent().string
            let names = listings[folder] ?? entries(of: folder)
            listings[folder] = names
            for entry in names where fnmatch(name, entry, FNM_PERIOD) == 0 {
                if let real = realPath("\(folder)/\(entry)") { found.insert(real) }
            }
        }
        return found.filter { path in
            !found.contains { path.hasPrefix("\($0)/") }
        }.sorted()
    }

    private func entries(of folder: String) -> [String] {
        let listing = Result { try FileManager.default.contentsOfDirectory(atPath: folder) }
        guard case .success(let names) = listing else { return [] }
        return names
    }

    private func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        let real = FilePath(String(cString: resolved))
        // One program under many names, the shell's among them.
        return ["busybox", "toybox"].contains(real.lastComponent?.string) ? nil : real.string
    }
}
