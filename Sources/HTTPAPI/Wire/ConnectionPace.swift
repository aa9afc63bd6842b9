/// The times of one connection: what it waits for, and when that is too long. It knows no clock; every call says
/// what time it is, in nanoseconds of any monotonic clock.
struct ConnectionPace {
    enum Verdict: Equatable {
        case fine
        /// Nothing was asked: close without a word.
        case idle
        /// A request came too slowly: 408.
        case slow
        /// The client does not take its answer: close.
        case stalled
    }

    private enum Stage {
        /// Between requests. `begun`: since when bytes of a head are there.
        case waiting(since: UInt64, begun: UInt64?)
        /// A body comes in: how long it was asked for, and how much came, in this window.
        case body(asked: UInt64?, time: UInt64, bytes: Int)
        /// The request is complete.
        case answering
        /// The answer is complete, the request is not: what still comes is thrown away.
        case lingering(since: UInt64, bytes: Int)
    }

    private let limits: WireLimits
    private var stage: Stage
    /// Bytes of answers that wait for the socket, and since when they do not get fewer or more.
    private var waiting: (bytes: Int, since: UInt64)?

    init(limits: WireLimits, now: UInt64) {
        self.limits = limits
        stage = .waiting(since: now, begun: nil)
    }

    /// A read from the socket is done: while a request's head is waited for, bytes of it were there.
    mutating func readSomething(now: UInt64) {
        if case .waiting(let since, nil) = stage { stage = .waiting(since: since, begun: now) }
    }

    mutating func headCame() { stage = .body(asked: nil, time: 0, bytes: 0) }

    /// The server wants more of the body. Only this time counts: whoever is not asked is not slow.
    mutating func bodyWanted(now: UInt64) {
        if case .body(nil, let time, let bytes) = stage { stage = .body(asked: now, time: time, bytes: bytes) }
    }

    mutating func bodyCame(_ count: Int, now: UInt64) {
        switch stage {
        case .body(let asked, let time, let bytes):
            stage = .body(asked: nil, time: time + (asked.map { elapsed($0, now) } ?? 0), bytes: bytes + count)
        case .lingering(let since, let bytes): stage = .lingering(since: since, bytes: bytes + count)
        default: break
        }
    }

    mutating func requestEnded(now: UInt64) {
        stage = isLingering ? .lingering(since: 0, bytes: 0) : .answering
    }

    /// True where the request has not come whole: its connection ends with the answer.
    mutating func answerEnded(now: UInt64) -> Bool {
        guard case .body = stage else {
            stage = .waiting(since: now, begun: nil)
            return false
        }
        stage = .lingering(since: now, bytes: 0)
        return true
    }

    /// A head is waited for.
    var isBetweenRequests: Bool {
        if case .waiting = stage { true } else { false }
    }

    /// A request's body has not come whole.
    var isReadingBody: Bool {
        if case .body = stage { true } else { false }
    }

    private var isLingering: Bool {
        if case .lingering = stage { true } else { false }
    }

    /// Whether to wait on.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - buffered: Bytes of answers that the socket did not take yet.
    /// - Returns: What to do.
    mutating func judge(now: UInt64, buffered: Int) -> Verdict {
        if buffered == 0 {
            waiting = nil
        } else if let waiting, waiting.bytes == buffered {
            if elapsed(waiting.since, now) >= nanoseconds(limits.answerStall) { return .stalled }
        } else {
            waiting = (buffered, now)
        }
        switch stage {
        case .waiting(_, let begun?): return elapsed(begun, now) >= nanoseconds(limits.headTime) ? .slow : .fine
        case .waiting(let since, nil):
            return buffered == 0 && elapsed(since, now) >= nanoseconds(limits.idleTime) ? .idle : .fine
        case .body(let asked, let time, let bytes):
            let spent = time + (asked.map { elapsed($0, now) } ?? 0)
            guard spent >= nanoseconds(limits.rateWindow) else { return .fine }
            guard Double(bytes) >= Double(limits.bodyRate) * Double(spent) / 1e9 else { return .slow }
            stage = .body(asked: asked.map { _ in now }, time: 0, bytes: 0)
            return .fine
        case .answering: return .fine
        case .lingering(let since, let bytes):
            let isOver = bytes > limits.lingerBytes || elapsed(since, now) >= nanoseconds(limits.lingerTime)
            return isOver && buffered == 0 ? .idle : .fine
        }
    }

    private func elapsed(_ since: UInt64, _ now: UInt64) -> UInt64 { now > since ? now - since : 0 }

    private func nanoseconds(_ duration: Duration) -> UInt64 { UInt64(max(0, duration / .nanoseconds(1))) }
}
