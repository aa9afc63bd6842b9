extension Result {
    init(catching body: () async throws(Failure) -> Success) async {
        do throws(Failure) {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }

    var success: Success? {
        guard case .success(let value) = self else { return nil }
        return value
    }
}
