import NIOSSL
import Synchronization
public import SystemPackage

/// Certificate and key of the service, from PEM files. They are read again when asked (SIGHUP): connections that are
/// open keep what they began with.
public final class ServerTLS: Sendable {
    private let certificate: FilePath
    private let key: FilePath
    private let current: Mutex<NIOSSLContext>

    /// - Parameters:
    ///   - certificate: The certificate, then those that lead to its root, in one PEM file.
    ///   - key: The private key, PEM, without a passphrase.
    /// - Throws: ``ListenFault``: a file cannot be read, or the two do not belong together.
    public init(certificate: FilePath, key: FilePath) throws(ListenFault) {
        self.certificate = certificate
        self.key = key
        current = Mutex(try Self.context(certificate, key))
    }

    /// Reads both files again. Where they are at fault, what was read before stays in force.
    public func reload() throws(ListenFault) {
        let fresh = try Self.context(certificate, key)
        current.withLock { $0 = fresh }
    }

    var context: NIOSSLContext { current.withLock { $0 } }

    private static func context(_ certificate: FilePath, _ key: FilePath) throws(ListenFault) -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate.string).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = try NIOSSLPrivateKey(file: key.string, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ListenFault(
                "cannot use the certificate \(certificate) with the key \(key): \(error); both are PEM files, the key "
                    + "without a passphrase")
        }
    }
}
