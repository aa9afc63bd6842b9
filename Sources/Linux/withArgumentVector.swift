import Glibc

/// Calls `body` with strings as execve(2) wants its arguments and environment: C strings, and a null behind the last.
///
/// - Parameters:
///   - strings: What the vector holds; none has a NUL.
///   - body: Uses the vector, which is gone when it returns.
/// - Returns: What `body` returns.
public func withArgumentVector<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let vector = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
    defer { vector.deallocate() }
    for (index, string) in strings.enumerated() { vector[index] = strdup(string) }
    vector[strings.count] = nil
    defer { for index in strings.indices { free(vector[index]) } }
    return body(vector)
}
