import AsyncHTTPClient
import BuildAPI
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import SystemPackage

/// The one way to the server: every request goes out here, with its token and its limits of time, and every failure
/// becomes a ``ClientError``.
final class Connection: Sendable {
    /// The largest document that is read into memory, in bytes.
    static let largestDocument = 32 << 20

    let server: ServerAddress
    let reached = Persistence.Reached()
    private let client: HTTPClient
    private let token: String?

    init(server: ServerAddress, token: String?, certificates: FilePath?, silence: Duration) throws(ClientError) {
        self.server = server
        self.token = token
        var configuration = HTTPClient.Configuration(
            // A redirect would carry the token to wherever the answer says.
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .nanoseconds(Int64(silence / .nanoseconds(1)))))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        if let certificates {
            var tls = TLSConfiguration.makeClientConfiguration()
            do {
                // Read here already, for a message that names the file.
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(certificates.string))
            } catch {
                throw ClientError(
                    .unreadable, "cannot read the certificates in \(certificates): \(error); it should be a PEM file")
            }
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }

    func shutdown() async {
        do {
            try await client.shutdown()
        } catch {
            // It was shut down before, which is what was asked for.
        }
    }

    func request(_ method: HTTPMethod, _ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: server.base + path)
        request.method = method
        request.headers.add(name: "user-agent", value: "buildbox")
        if server.isSocket { request.headers.add(name: "host", value: "localhost") }
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        return request
    }

    /// Sends a request and takes an answer with one of `statuses`; any other is the error that it describes.
    ///
    /// - Parameters:
    ///   - request: With its body, where it has one.
    ///   - statuses: Those that the caller can go on with.
    ///   - head: How long the answer's head may take, the upload included.
    /// - Returns: The answer, its body still to come.
    /// - Throws: ``ClientError``.
    func send(
        _ request: HTTPClientRequest, accepting statuses: Set<UInt>, head: Duration = .seconds(60)
    ) async throws(ClientError) -> HTTPClientResponse {
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, timeout: .nanoseconds(Int64(head / .nanoseconds(1))))
        } catch {
            throw fault(error)
        }
        reached.set()
        guard statuses.contains(response.status.code) else { throw await refusal(response) }
        return response
    }

    /// The document of an answer.
    func document<Document: Decodable>(
        _ type: Document.Type, of response: HTTPClientResponse
    ) async throws(ClientError) -> Document {
        let bytes = try await body(of: response)
        do {
            return try DocumentCoding.decoder().decode(type, from: bytes)
        } catch {
            throw ClientError(
                .unexpected, "\(server) gave an answer that is no document of a buildbox server: \(error)")
        }
    }

    private func body(of response: HTTPClientResponse) async throws(ClientError) -> Data {
        do {
            return Data(try await response.body.collect(upTo: Self.largestDocument).readableBytesView)
        } catch {
            throw fault(error)
        }
    }

    private func unreachable(_ why: String) -> ClientError {
        ClientError(
            .unreachable,
            "cannot reach \(server): \(why); `buildbox serve` starts one, --server or BUILDBOX_URL names another")
    }

    /// What a failure of the exchange means.
    func fault(_ error: any Error) -> ClientError {
        switch error {
        case let error as ClientError: error
        case is CancellationError: ClientError(.cancelled, "given up")
        case let error as HTTPClientError where error == .cancelled: ClientError(.cancelled, "given up")
        case let error as NIOConnectionError:
            unreachable(Self.words(error))
        case let error as IOError where [ENOENT, EACCES, ECONNREFUSED].contains(error.errnoCode):
            unreachable(String(cString: strerror(error.errnoCode)))
        case let error as HTTPClientError where error == .connectTimeout:
            unreachable("it did not answer within 10 s")
        case is NIOSSLError, is NIOSSLExtraError:
            ClientError(
                .untrusted,
                "cannot trust \(server): \(error); --ca-certificate names the certificate of an authority of your own")
        case let error as IOError:
            ClientError(.dropped, "the connection to \(server) broke: \(String(cString: strerror(error.errnoCode)))")
        case is NIOTooManyBytesError:
            ClientError(.unexpected, "\(server) gave an answer of more than \(Self.largestDocument >> 20) MiB")
        case let error as HTTPClientError where error == .readTimeout || error == .deadlineExceeded:
            ClientError(.dropped, "\(server) fell silent")
        default: ClientError(.dropped, "the connection to \(server) broke: \(error)")
        }
    }

    private static func words(_ error: NIOConnectionError) -> String {
        if let failure = error.connectionErrors.first?.error as? IOError {
            return String(cString: strerror(failure.errnoCode))
        }
        if error.dnsAError != nil || error.dnsAAAAError != nil { return "the name \(error.host) is not known" }
        return "no connection to \(error.host)"
    }

    /// What an answer that refuses says.
    private func refusal(_ response: HTTPClientResponse) async -> ClientError {
        let status = Int(response.status.code)
        let wait = response.headers.first(name: "retry-after").flatMap { Int($0) }
        let problem: Problem
        do throws(ClientError) {
            let bytes = try await body(of: response)
            guard let read = Problem(bytes) else {
                return ClientError(.refused, "\(server) answered \(response.status)", status: status, retryAfter: wait)
            }
            problem = read
        } catch {
            return ClientError(.refused, "\(server) answered \(response.status)", status: status, retryAfter: wait)
        }
        return ClientError(
            .refused, problem.message, status: status, problem: problem.code.flatMap(ProblemCode.init(rawValue:)),
            retryAfter: wait)
    }
}
