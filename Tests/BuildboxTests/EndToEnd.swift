import Foundation
import SystemPackage
import Testing

/// Runs the `buildbox` that this build made, as the user that a test is about. As root, a test
/// can be about an ordinary user too: the whole installation is copied to where that user can read it.
struct EndToEnd {
    enum User: String, CaseIterable, CustomTestStringConvertible {
        case root, ordinary

        /// The users that this process can be: an ordinary one cannot become root.
        static let available: [User] = geteuid() == 0 ? [.root, .ordinary] : [.ordinary]

        var testDescription: String { rawValue }
    }

    struct Outcome {
        let code: Int32
        let stdout: String
        let stderr: String

        /// The result document of a run with --json.
        func document() throws -> [String: Any] {
            try JSONSerialization.jsonObject(with: Data(stdout.utf8)) as? [String: Any] ?? [:]
        }
    }

    static let repository = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
    static let projects = repository.appending("Tests/Projects")

    let user: User
    /// A folder of this test alone, removed with `cleanUp`.
    let folder: FilePath

    init(_ user: User = User.available[0]) throws {
        self.user = user
        folder = FilePath("/tmp/buildbox-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        try own(folder)
    }

    func cleanUp() throws {
        try FileManager.default.removeItem(atPath: folder.string)
    }

    /// A copy of a test project that belongs to the user.
    func project(_ name: String) throws -> FilePath {
        let copy = folder.appending(name)
        try FileManager.default.copyItem(atPath: Self.projects.appending(name).string, toPath: copy.string)
        try own(copy)
        return copy
    }

    func own(_ path: FilePath) throws {
        guard user == .ordinary, geteuid() == 0 else { return }
        try Self.host(["/bin/chown", "-R", "65534:65534", path.string])
    }

    /// `buildbox ARGUMENTS`. An ordinary user has no cgroup limits where nobody delegates any, so
    /// unless `strict` it is allowed to miss them.
    @discardableResult
    func buildbox(
        _ arguments: [String], environment: [String: String] = [:], directory: FilePath? = nil, strict: Bool = false
    ) throws -> Outcome {
        let process = try start(arguments, environment: environment, directory: directory, strict: strict)
        return try process.finish()
    }

    func start(
        _ arguments: [String], environment: [String: String] = [:], directory: FilePath? = nil, strict: Bool = false
    ) throws -> Running {
        let command = try command(arguments, environment: environment, strict: strict)
        return try Running(command.arguments, environment: command.environment, directory: directory ?? folder)
    }

    /// The words and the environment of a call.
    func command(
        _ arguments: [String], environment: [String: String] = [:], strict: Bool = false
    ) throws -> (arguments: [String], environment: [String: String]) {
        let installation = try Installed.shared.get()
        var command = [installation.folder.appending("buildbox").string] + arguments
        if user == .ordinary, !strict, ["run", "exec", "shell"].contains(arguments.first) {
            command.insert(contentsOf: ["--allow-missing", "cgroup"], at: 2)
        }
        command = asUser(command)
        var variables = ProcessInfo.processInfo.environment
        variables["BUILDBOX_HOME"] = installation.home(user).string
        variables["BUILDBOX_TOOLCHAIN"] = installation.folder.appending("toolchain").string
        variables["HOME"] = user == .ordinary ? installation.home(user).string : variables["HOME"]
        // The interpreter on PATH may lie in a folder that an ordinary user cannot enter.
        if user == .ordinary { variables["PATH"] = "/usr/bin:/bin" }
        variables.merge(environment) { $1 }
        return (command, variables)
    }

    /// A host command, as the test's user.
    func asUser(_ command: [String]) -> [String] {
        guard user == .ordinary, geteuid() == 0 else { return command }
        return ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"] + command
    }

    /// A host command that must succeed.
    @discardableResult
    static func host(_ command: [String], environment: [String: String]? = nil) throws -> String {
        let outcome = try Running(command, environment: environment, directory: "/").finish()
        guard outcome.code == 0 else { throw HostFault(command: command, outcome: outcome) }
        return outcome.stdout
    }

    struct HostFault: Error {
        let command: [String]
        let outcome: Outcome
    }
}
