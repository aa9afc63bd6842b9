import Foundation
import PythonBuild
import Sandbox
import SystemPackage

/// Where the parts of buildbox lie: the launcher beside this executable, the profiles in a folder
/// above it, state and toolchain where the environment says.
struct Installation {
    let environment: [String: String]

    func pythonBuild() throws(BuildFailure) -> PythonBuild {
        let toolchain = try Toolchain(folder: try toolchainFolder())
        do throws(SandboxError) {
            return PythonBuild(
                state: state, toolchain: toolchain, sandbox: try sandbox(), profiles: profiles, environment: environment
            )
        } catch {
            throw BuildFailure(error)
        }
    }

    func sandbox() throws(SandboxError) -> Sandbox {
        try Sandbox(launcher: launcher, cache: state.filters)
    }

    /// What holds on this host of all that builds need.
    func examination() async -> Examination {
        var examination = await Examination.perform(
            launcher: launcher, state: home, profile: profiles.all["build"] ?? executableFolder.appending("build.json"))
        let toolchain = Result { () throws(BuildFailure) in try Toolchain(folder: try toolchainFolder()) }
        examination.add(await PythonFindings(state: state, environment: environment).all(toolchain: toolchain))
        return examination
    }

    private var launcher: FilePath { executableFolder.appending("buildbox-launcher") }

    private var state: StateFolder { StateFolder(root: home) }

    private var home: FilePath {
        if let named = value("BUILDBOX_HOME") { return absolute(named) }
        let cache = value("XDG_CACHE_HOME") ?? "\(NSHomeDirectory())/.cache"
        return absolute(cache).appending("buildbox")
    }

    private func toolchainFolder() throws(BuildFailure) -> FilePath {
        if let named = value("BUILDBOX_TOOLCHAIN") { return absolute(named) }
        let folder = home.appending("toolchain")
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
        if let named = value("BUILDBOX_PROFILES") { folders.append(absolute(named)) }
        let configuration = value("XDG_CONFIG_HOME") ?? "\(NSHomeDirectory())/.config"
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

    private func value(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func modified(_ path: FilePath) -> Date {
        let attributes = Result { try FileManager.default.attributesOfItem(atPath: path.string) }
        return (try? attributes.get())?[.modificationDate] as? Date ?? .distantPast
    }
}
