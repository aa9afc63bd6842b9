import BuildClient

/// What came of a call, for where a failure is looked at later.
func outcome<Value>(of call: () async throws(ClientError) -> Value) async -> Result<Value, ClientError> {
    do throws(ClientError) {
        return .success(try await call())
    } catch {
        return .failure(error)
    }
}
