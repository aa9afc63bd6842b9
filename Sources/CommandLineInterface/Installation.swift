import Foundation
import PythonBuild
import Sandbox
import SystemPackage

/// Where the parts of buildbox lie: the launcher beside this executable, the profiles in a folder
/// above it, state and toolchain where the environment says.
struct Installation {
    let environment: [String: String]
    let state: StateFolder

    init(environment: [String: String]) {
        self.environment = environment
        state = StateFolder(root: Self.home(environment))
    }

    /// A service expects one build after the other.
    func pythonBuild(servesMany: Bool = false) throws(BuildFailure) -> PythonBuild {
        try state.check()
        let toolchain = try Toolchain(folder: try toolchainFolder())
        do throws(SandboxError) {
            return PythonBuild(
                state: state, toolchain: toolchain, sandbox: try sandbox(keepsReady: true), profiles: profiles,
                environment: environment, servesMany: servesMany
            )
        } catch {
            throw BuildFailure(error)
        }
    }

    /// Callers that run several commands keep a launcher ready for the next.
    func sandbox(keepsReady: Bool = false) throws(SandboxError) -> Sandbox {
        try Sandbox(launcher: launcher, cache: state.filters, ledger: state.ledger, keepsReady: keepsReady)
    }

    /// What holds on this host of all that builds need.
    func examination() async -> Examination {
        var examination = await Examination.perform(
            launcher: launcher, state: state.root,
            profile: profiles.all["build"] ?? executableFolder.appending("build.json"))
        let toolchain = Result { () throws(BuildFailure) in try Toolchain(folder: try toolchainFolder()) }
        examination.add(await PythonFindings(state: state, environment: environment).all(toolchain: toolchain))
        return examination
    }

    /// $BUILDBOX_HOME, or what stands in for it.
    var home: FilePath { state.root }

    private var launcher: FilePath { executableFolder.appending("buildbox-launcher") }

    private static func home(_ environment: [String: String]) -> FilePath {
        if let named = value("BUILDBOX_HOME", environment) { return absolute(named) }
        let cache = value("XDG_CACHE_HOME", environment) ?? "\(NSHomeDirectory())/.cache"
        return absolute(cache).appending("buildbox")
    }

    private func toolchainFolder() throws(BuildFailure) -> FilePath {
        if let named = Self.value("BUILDBOX_TOOLCHAIN", environment) { return absolute(named) }
        // As scripts/install leaves it.
        let beside = executableFolder.appending("toolchain")
        if FileManager.default.fileExists(atPath: beside.appending("versions").string) { return beside }
        let folder = state.root.appending("toolchain")
        let names = Result { try FileManager.default.contentsOfDirectory(atPath: folder.string) }
        let found = ((try? names.get()) ?? []).filter { !$0.hasPrefix(".") }.map { folder.appending($0) }
            .filter { FileManager.default.fileExists(atPath: $0.appending("versions").string) }
        guard let newest = found.max(by: { modified($0) < modified($1) }) else {
            throw BuildFailure(
                .sandboxSetUp, "no toolchain in \(folder): start buildbox through scripts/buildbox, which installs it")
        }
        return newest
    }

    /// The operator's profiles go before those that buildbox came with.
    var profiles: ProfileSearch {
        var folders: [FilePath] = []
        if let named = Self.value("BUILDBOX_PROFILES", environment) { folders.append(absolute(named)) }
        let configuration = Self.value("XDG_CONFIG_HOME", environment) ?? "\(NSHomeDirectory())/.config"
        folders.append(absolute(configuration).appending("buildbox/profiles"))
        folders.append("/etc/buildbox/profiles")
        folders.append(installedProfiles)
        return ProfileSearch(folders: folders)
    }

    private var installedProfiles: FilePath {
        var folder = executableFolder
        for _ in 0..<5 {
            for candidate in [
                folder.appending("share/buildbox/sandbox-profiles"), folder.appending("sandbox-profiles"),
            ]
            where FileManager.default.fileExists(atPath: candidate.string) {
                return candidate
            }
            guard folder.removeLastComponent() else { break }
        }
        return executableFolder.appending("sandbox-profiles")
    }

    private var executableFolder: FilePath {
        let link = Result { try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") }
        return FilePath((try? link.get()) ?? CommandLine.arguments[0]).removingLastComponent()
    }

    private static func value(_ name: String, _ environment: [String: String]) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func modified(_ path: FilePath) -> Date {
        let attributes = Result { try FileManager.default.attributesOfItem(atPath: path.string) }
        return (try? attributes.get())?[.modificationDate] as? Date ?? .distantPast
    }
}
