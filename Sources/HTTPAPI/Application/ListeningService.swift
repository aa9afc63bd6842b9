import NIOCore
import ServiceLifecycle

/// The application, and the socket that goes when it ends.
struct ListeningService: Service {
    let application: any Service
    let address: ListenAddress
    let socket: PrivateSocket?

    func run() async throws {
        defer { socket?.remove() }
        do {
            try await application.run()
        } catch let error as IOError {
            throw ListenFault("cannot listen on \(address): \(error); name another address (--listen)")
        }
    }
}
