import BuildAPI
import BuildService
import PythonBuild

extension Serve {
    /// The service, with the builds of this installation.
    static func service(_ settings: ServeSettings, _ installation: Installation) throws -> BuildService {
        let build = try installation.pythonBuild()
        _ = build
        throw ServiceFault(.internalFault, "no builder yet")
    }
}
