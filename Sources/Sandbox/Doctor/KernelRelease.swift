/// The release of a kernel (uname(2)), such as 6.1.0-28-amd64.
struct KernelRelease: Equatable, Sendable, CustomStringConvertible {
    let description: String
    let major: Int
    let minor: Int

    init(_ text: String) {
        description = text
        let numbers = text.split(whereSeparator: { !$0.isNumber }).prefix(2).compactMap { Int($0) }
        major = numbers.first ?? 0
        minor = numbers.count > 1 ? numbers[1] : 0
    }

    func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
        (self.major, self.minor) >= (major, minor)
    }
}
