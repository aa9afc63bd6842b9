/// Why a JSON Web Token is not taken. For the log of the service; a client is told less.
struct JWTFault: Error, Equatable, CustomStringConvertible {
    let message: String

    init(_ message: String) {
        self.message = message
    }

    var description: String { message }
}
