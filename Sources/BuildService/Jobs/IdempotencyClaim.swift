/// One request's hold on an Idempotency-Key of its grant: while it lives, another request with the key is
/// refused. It is let go when its last owner goes.
public final class IdempotencyClaim: Sendable {
    let grant: String
    let key: String
    private let release: @Sendable () -> Void

    init(grant: String, key: String, release: @escaping @Sendable () -> Void) {
        self.grant = grant
        self.key = key
        self.release = release
    }

    deinit { release() }
}
