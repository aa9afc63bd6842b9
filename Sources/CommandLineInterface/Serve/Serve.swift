import ArgumentParser
import BuildService
import CoreMetrics
import Foundation
import HTTPAPI
import Linux
import Logging
import PythonBuild
import ServiceLifecycle
import SystemPackage

/// `buildbox serve`: builds over HTTP, until it is told to stop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Take build jobs over HTTP, keep them, run them.",
        discussion: """
            Every flag is also a variable (BUILDBOX_LISTEN) and a key of a YAML file: --config, or serve.yaml in \
            ~/.config/buildbox or /etc/buildbox, whichever comes first. Flags go before variables, variables before \
            the file. Some settings are only there and in variables: --print-config shows all.

            Without tokens (buildbox token create) or an issuer (--jwt-issuer) the service listens on loopback or a \
            Unix socket alone, and takes whoever reaches it.

            SIGTERM ends it in order: no new jobs, running ones have --drain-time. A second one ends it at once; what \
            ran then runs again.

            EXAMPLES
              buildbox serve
              buildbox serve --listen unix:/run/buildbox/socket --socket-mode 0660
              buildbox token create --grant ci && buildbox serve --listen 0.0.0.0:8750 \\
                  --tls-certificate cert.pem --tls-key key.pem
              buildbox serve --print-config

            EXIT CODES
              0   ended in order
              2   usage, or a setting that cannot be used
              4   no toolchain, or no sandbox
              9   it cannot listen, or its store cannot be used
            """
    )

    @OptionGroup var options: ServeOptions

    @Option(help: ArgumentHelp("The file of settings.", valueName: "file"))
    var config: String?

    @Flag(help: "Print the settings in force and where each comes from, and end.")
    var printConfig = false

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let values: ServeValues
        let settings: ServeSettings
        do throws(ServeFault) {
            let named = config ?? environment["BUILDBOX_CONFIG"]
            values = try await ServeValues(
                flags: options.flags, environment: environment,
                file: ServeValues.file(named: named, environment: environment))
            settings = try ServeSettings(values, home: Installation(environment: environment).home)
        } catch {
            throw ended(.usage, error.message)
        }
        if printConfig { return writeFully(Array(ServeReport(values: values).text.utf8), to: STDOUT_FILENO) }
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        do {
            try await serve(settings, environment, metrics)
        } catch let failure as BuildFailure {
            throw ended(.noSandbox, failure.message)
        } catch let fault as ServeFault {
            throw ended(.usage, fault.message)
        } catch let fault as ListenFault {
            throw ended(.internalFault, fault.message)
        } catch let fault as ServiceFault {
            throw ended(.internalFault, fault.message)
        } catch {
            throw ended(.internalFault, "the service ended: \(error)")
        }
    }

    private func serve(
        _ settings: ServeSettings, _ environment: [String: String], _ metrics: PrometheusMetrics
    ) async throws {
        let logger = Logger(label: "buildbox.serve")
        let environment = environment.merging(["BUILDBOX_HOME": settings.service.home.string]) { $1 }
        let service = try Self.service(settings, Installation(environment: environment))
        let tls: ServerTLS? =
            if let files = settings.tls { try ServerTLS(certificate: files.certificate, key: files.key) } else { nil }
        var front = settings.http
        // Half of the descriptors are for builds, logs and the store, whatever comes from outside.
        let descriptors = DescriptorLimit.raise()
        front.wire.connections = min(front.wire.connections, Int(clamping: descriptors / 2))
        let http = try await HTTPAPI.build(
            service: service, settings: front, tls: tls, metrics: metrics, logger: logger
        ) { address, isOpen in
            ServeGreeting(address: address, isOpen: isOpen, isSecure: tls != nil, policy: service.policy).show(logger)
        }
        // Shutdown goes backwards: the front door still answers while builds come to their end.
        var configuration = ServiceGroupConfiguration(services: [http, service], logger: logger)
        // Whoever takes its answer too slowly does not keep the service from ending.
        configuration.maximumGracefulShutdownDuration = settings.service.drainTime + .seconds(30)
        let group = ServiceGroup(configuration: configuration)
        let signals = ServiceSignals(logger: logger) {
            Task { await group.triggerGracefulShutdown() }
        } reload: {
            do throws(ListenFault) {
                try tls?.reload()
            } catch {
                logger.error("the certificate was not read again", metadata: ["cause": "\(error)"])
            }
            service.policy?.reload()
        }
        try await group.run()
        withExtendedLifetime(signals) {}
    }

    private func ended(_ status: ExitStatus, _ message: String) -> ExitCode {
        FileHandle.standardError.write(Data("buildbox: \(message)\n".utf8))
        return ExitCode(status.rawValue)
    }
}
