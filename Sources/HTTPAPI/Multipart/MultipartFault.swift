/// What is wrong with a multipart body.
struct MultipartFault: Error, Equatable {
    /// What was expected and what is there instead.
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
