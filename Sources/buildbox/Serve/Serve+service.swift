import BuildService
import PythonBuild

extension Serve {
    /// The service, with the builds of this installation.
    static func service(_ settings: ServeSettings, _ installation: Installation) throws -> BuildService {
        let builder = PythonBuilder(
            python: try installation.pythonBuild(), profiles: installation.profiles,
            allowMissing: settings.allowMissing)
        return try BuildService(settings: settings.service, builder: builder, packer: builder)
    }
}
