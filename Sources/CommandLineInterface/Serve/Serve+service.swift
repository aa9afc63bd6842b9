import BuildService
import Logging
import Policy
import PythonBuild

extension Serve {
    /// The service, with the builds of this installation.
    static func service(_ settings: ServeSettings, _ installation: Installation) throws -> BuildService {
        let builder = PythonBuilder(
            python: try installation.pythonBuild(servesMany: true), profiles: installation.profiles,
            allowMissing: settings.allowMissing)
        let policy = try policy(settings)
        var service = settings.service
        service.interpreters = Set(try NamedInterpreters(environment: installation.environment).paths.keys)
        return try BuildService(settings: service, builder: builder, packer: builder, policy: policy)
    }

    /// The policy that is to be kept.
    ///
    /// - Throws: ``ServeFault``: nothing is served with a policy that has a fault.
    private static func policy(_ settings: ServeSettings) throws(ServeFault) -> PolicySource? {
        guard let file = settings.policy else { return nil }
        do throws(PolicyFaults) {
            return try PolicySource(file, logger: Logger(label: "buildbox.policy"))
        } catch {
            throw ServeFault("the policy has faults:\n\(error)")
        }
    }
}
