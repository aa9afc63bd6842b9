import FoundationEssentials

/// What is known of a stored environment.
struct EnvironmentRecord: Codable, Sendable {
    /// As in ``EnvironmentReport``.
    var python: String
    /// The interpreter that it was made with.
    var executable: String
    var packages: [EnvironmentReport.Package]
    /// Seconds since 1970.
    var madeAt: Double

    init(_ interpreter: Interpreter, _ lock: Lock) {
        python = interpreter.title
        executable = interpreter.baseExecutable
        packages = lock.packages
        madeAt = Date().timeIntervalSince1970
    }
}
