import ServiceLifecycle

/// The application, and the socket that goes when it ends.
struct ListeningService: Service {
    let application: any Service
    let socket: PrivateSocket?

    func run() async throws {
        defer { socket?.remove() }
        try await application.run()
    }
}
