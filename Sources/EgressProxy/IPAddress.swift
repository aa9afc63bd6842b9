import Glibc
import NIOCore

/// An IPv4 or IPv6 address as its bytes in network order.
struct IPAddress: Equatable, Sendable, CustomStringConvertible {
    /// 4 or 16 of them.
    let bytes: [UInt8]
    let description: String

    /// nil for an address that is no IP address.
    init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        self.init(literal: text)
    }

    /// A literal as inet_pton(3) reads it, without brackets; nil for anything else, such as a name.
    init?(literal: String) {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            guard inet_pton(family, literal, &bytes) == 1 else { continue }
            self.bytes = bytes
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            description = inet_ntop(family, bytes, &text, socklen_t(text.count)).map { String(cString: $0) } ?? literal
            return
        }
        return nil
    }

    private init(bytes: ArraySlice<UInt8>) {
        self.bytes = Array(bytes)
        description = bytes.map(String.init).joined(separator: ".")
    }

    /// The IPv4 address that four of an IPv6 address's bytes are.
    func embedded(at index: Int, inverted: Bool = false) -> IPAddress {
        let slice = bytes[index..<index + 4]
        return IPAddress(bytes: inverted ? ArraySlice(slice.map { ~$0 }) : slice)
    }

    /// Whether the first `length` bits are those of `prefix`, which may be shorter than the address.
    func isIn(_ prefix: [UInt8], _ length: Int) -> Bool {
        let whole = length / 8
        guard bytes.count >= whole, bytes[..<whole].elementsEqual(prefix[..<whole]) else { return false }
        let rest = length % 8
        return rest == 0 || bytes[whole] >> (8 - rest) == prefix[whole] >> (8 - rest)
    }
}
