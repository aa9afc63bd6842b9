import FoundationEssentials
import Glibc
import SystemPackage

extension PythonBuild {
    /// Where packages come from, as the operator has it in the settings of pip and uv. The search knows which folders
    /// of PATH the project may have filled.
    func index(for interpreter: Interpreter, _ search: InterpreterSearch) async throws(BuildFailure)
        -> IndexConfiguration
    {
        let pip = try PipSettings(environment: environment, prefix: FilePath(interpreter.prefix)) {
            state.read($0).map { String(decoding: $0, as: UTF8.self) }
        }
        let uv = try await uvSettings()
        let asksKeyring = pip["keyring-provider"].map { $0.value == "subprocess" } ?? uv.asksKeyring
        var index = try IndexConfiguration(environment: environment, pip: pip, uv: uv)
        try await index.add(
            IndexCredentials(
                netrc: netrc, keyring: asksKeyring ? search.program("keyring") : nil, environment: environment))
        return index
    }

    private func uvSettings() async throws(BuildFailure) -> UvSettings {
        let found = UvSettings.file(environment) { access($0.string, R_OK) == 0 }
        guard let file = found else { return try UvSettings(environment: environment) }
        let script = String(decoding: ContainedScript.uvsettings.bytes, as: UTF8.self)
        let result = await Result { () async throws(BuildFailure) in
            try await HostProcess.output(
                of: [toolchain.python.string, "-I", "-S", "-c", script, toolchain.frontend.string, file.string],
                environment: ["LC_ALL": "C.UTF-8"])
        }
        guard case .success(let output) = result, let options: [String: [String]] = JSON.value(from: output) else {
            throw BuildFailure(.provisioningFailed, "uv's configuration \(file) cannot be read as TOML")
        }
        return try UvSettings(environment: environment, file: (file, options))
    }

    private var netrc: NetrcFile? {
        let named = environment["NETRC"].flatMap { $0.isEmpty ? nil : FilePath($0) }
        let usual = environment["HOME"].map { FilePath($0).appending(".netrc") }
        return (named ?? usual).flatMap { state.read($0) }.map { NetrcFile(String(decoding: $0, as: UTF8.self)) }
    }
}
