import FoundationEssentials
import Glibc
import Linux
import SystemPackage

/// Finds and questions the interpreter that a build uses, without letting the project have a say:
/// nothing below the project is ever started, and the working directory of what is started is `/`.
struct InterpreterSearch {
    let state: StateFolder
    /// The caller's own environment.
    let environment: [String: String]
    /// Folders that hostile code may have filled.
    let forbidden: [FilePath]

    func find(_ wish: String?) async throws(BuildFailure) -> Interpreter {
        let path = try locate(wish)
        try refuseForbidden(path, role: "the interpreter")
        let interpreter = try await question(path)
        guard interpreter.implementation == "cpython" || interpreter.implementation == "pypy" else {
            throw BuildFailure(.invalidRequest, "\(path) is \(interpreter.title), which buildbox does not know")
        }
        guard Self.isNewEnough(interpreter.version) else {
            throw BuildFailure(
                .invalidRequest,
                "\(path) is \(interpreter.title), and the build frontend needs Python 3.10 or later: name another with --python"
            )
        }
        try refuseForbidden(FilePath(interpreter.baseExecutable), role: "the interpreter behind \(path)")
        for prefix in Set([interpreter.prefix, interpreter.basePrefix]) {
            try refuseForbidden(FilePath(prefix), role: "the prefix of \(path)")
            try refuseBroad(prefix)
        }
        return interpreter
    }

    /// For the frontend's release that the toolchain pins.
    private static func isNewEnough(_ version: String) -> Bool {
        let parts = version.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 }
        return parts.count >= 2 && (parts[0], parts[1]) >= (3, 10)
    }

    private func locate(_ wish: String?) throws(BuildFailure) -> FilePath {
        guard let wish else {
            return try search("python3", remedy: "install one, or name one with --python")
        }
        if wish.contains("/") { return try executable(FilePath(wish).absolute, "--python") }
        let named = try NamedInterpreters(environment: environment).paths
        if let path = named[wish] { return try executable(path, "\(NamedInterpreters.variable): \(wish)") }
        let version = wish.allSatisfy { $0.isNumber || $0 == "." }
        let names =
            named.isEmpty
            ? ""
            : ", or one of the names in \(NamedInterpreters.variable): \(named.keys.sorted().joined(separator: ", "))"
        return try search(
            version ? "python\(wish)" : wish, remedy: "name its path instead: --python /path/to/python3\(names)")
    }

    private func executable(_ path: FilePath, _ origin: String) throws(BuildFailure) -> FilePath {
        guard access(path.string, X_OK) == 0 else {
            throw BuildFailure(.invalidRequest, "\(origin): \(path) is not there or cannot be executed")
        }
        return path
    }

    private func search(_ name: String, remedy: String) throws(BuildFailure) -> FilePath {
        for entry in (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") where entry.hasPrefix("/") {
            let path = FilePath(String(entry)).appending(name)
            if access(path.string, X_OK) == 0, !isDirectory(path) { return path }
        }
        throw BuildFailure(.invalidRequest, "there is no \(name) on PATH: \(remedy)")
    }

    /// A program of the operator's, on PATH where hostile code has not filled it.
    func program(_ name: String) -> FilePath? {
        safePath.lazy.map { FilePath($0).appending(name) }.first { access($0.string, X_OK) == 0 && !isForbidden($0) }
    }

    /// The folders of PATH that hostile code has not filled.
    private var safePath: [String] {
        (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map(String.init).filter { entry in
            entry.hasPrefix("/") && !isForbidden(FilePath(entry))
        }
    }

    private func isForbidden(_ path: FilePath) -> Bool {
        forbidden.contains { folder in
            path.lexicallyNormalized().starts(with: folder) || path.resolved.starts(with: folder.resolved)
        }
    }

    private func refuseForbidden(_ path: FilePath, role: String) throws(BuildFailure) {
        guard isForbidden(path) else { return }
        throw BuildFailure(
            .invalidRequest,
            "\(role), \(path), lies inside the project: starting it could run the project's code outside the sandbox. "
                + "Name an interpreter elsewhere with --python.")
    }

    /// A prefix is shown to the build whole: it must be the interpreter's own.
    private func refuseBroad(_ prefix: String) throws(BuildFailure) {
        let home = environment["HOME"].map { FilePath($0).resolved }
        let folder = FilePath(prefix).resolved
        let broad =
            folder == "/" || home.map { $0.starts(with: folder) } ?? false
            || forbidden.contains { $0.resolved.starts(with: folder) } || state.root.resolved.starts(with: folder)
        guard broad, folder != "/usr" else { return }
        throw BuildFailure(
            .invalidRequest,
            "the interpreter's prefix, \(prefix), holds more than an interpreter, and the build would see all of it: "
                + "name another interpreter with --python")
    }

    /// Executables are remembered; scripts such as pyenv's shims decide anew each time what they start.
    private func question(_ path: FilePath) async throws(BuildFailure) -> Interpreter {
        guard let identity = identity(of: path) else { return try await ask(path) }
        let file = state.interpreters.appending("\(identity).json")
        if let bytes = state.read(file), let known: Interpreter = JSON.value(from: bytes) { return known }
        let interpreter = try await ask(path)
        try state.write(Array(try JSON.text(interpreter).utf8), to: file)
        return interpreter
    }

    private func identity(of path: FilePath) -> String? {
        guard let head = firstBytes(of: path, count: 4), head == [0x7f, 0x45, 0x4c, 0x46] else { return nil }
        var parts = [path.string, path.resolved.string]
        let configuration = path.removingLastComponent().removingLastComponent().appending("pyvenv.cfg")
        for file in [path, configuration] {
            guard let facts = FileFacts.ifAny(of: file.string) else { continue }
            parts.append(
                "\(facts.device) \(facts.inode) \(facts.size) "
                    + "\(facts.modified.seconds).\(facts.modified.nanoseconds)")
        }
        return hexadecimalDigest(parts)
    }

    private func ask(_ path: FilePath) async throws(BuildFailure) -> Interpreter {
        let script = String(decoding: ContainedScript.probe.bytes, as: UTF8.self)
        let kept = ["HOME", "PYENV_ROOT", "PYENV_VERSION"]
        // A shim finds its shell and tools on PATH: none of them may be the project's.
        let variables = ["LC_ALL": "C.UTF-8", "PATH": safePath.joined(separator: ":")]
        let output = try await HostProcess.output(
            of: [path.string, "-I", "-S", "-c", script],
            environment: environment.filter { kept.contains($0.key) }.merging(variables) { $1 })
        guard let interpreter: Interpreter = JSON.value(from: output) else {
            throw BuildFailure(
                .invalidRequest, "\(path) does not answer like a Python interpreter: name another with --python")
        }
        return interpreter
    }
}
