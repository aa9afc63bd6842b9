import Glibc

/// Names of runs: unique on this host, and telling which process they belong to.
enum RunName {
    static func next() -> String {
        "\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
    }
}
