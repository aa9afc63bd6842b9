/// What an IP address is for, by IANA's registries of special-purpose addresses (RFC 6890) and
/// what clouds keep for their metadata services.
enum AddressKind: String, CaseIterable, Sendable {
    /// Of the public Internet.
    case global
    /// For examples (RFC 5737, RFC 3849, RFC 9637): nothing of a host's surroundings lies there, and
    /// resolvers of closed networks hand such addresses out in place of public ones. Treated as public.
    case documentation
    /// This host itself: 127/8, ::1.
    case loopback
    /// RFC 1918, and unique local addresses of IPv6 (RFC 4193), site-local ones included.
    case `private`
    /// Carriers' shared space, 100.64/10 (RFC 6598).
    case shared
    /// 169.254/16 and fe80::/10 (RFC 3927, RFC 4291), where clouds have 169.254.169.254.
    case linkLocal
    /// Metadata services of clouds that lie elsewhere.
    case metadata
    case multicast
    case broadcast
    /// 0/8 and ::, which connect(2) takes for this host.
    case unspecified
    /// Not to be used between hosts, or not yet.
    case reserved

    init(of address: IPAddress) {
        self = address.bytes.count == 4 ? Self.version4(address) : Self.version6(address)
    }

    /// For people.
    var name: String {
        switch self {
        case .linkLocal: "link-local"
        case .metadata: "metadata service"
        default: rawValue
        }
    }

    private typealias Range = (prefix: [UInt8], length: Int, kind: AddressKind)

    /// The first that has an address counts.
    private static let ranges4: [Range] = [
        ([100, 100, 100, 200], 32, .metadata), ([168, 63, 129, 16], 32, .metadata),
        ([255, 255, 255, 255], 32, .broadcast), ([0], 8, .unspecified), ([10], 8, .private),
        ([100, 64], 10, .shared), ([127], 8, .loopback), ([169, 254], 16, .linkLocal), ([172, 16], 12, .private),
        ([192, 0, 0], 24, .reserved), ([192, 0, 2], 24, .documentation), ([192, 88, 99], 24, .reserved),
        ([192, 168], 16, .private), ([198, 18], 15, .reserved), ([198, 51, 100], 24, .documentation),
        ([203, 0, 113], 24, .documentation), ([224], 4, .multicast), ([240], 4, .reserved),
    ]

    private static let ranges6: [Range] = [
        (Array(repeating: 0, count: 16), 128, .unspecified), (Array(repeating: 0, count: 15) + [1], 128, .loopback),
        ([0xfd, 0, 0x0e, 0xc2] + Array(repeating: 0, count: 10) + [0x02, 0x54], 128, .metadata),
        ([0x20, 0x01, 0x0d, 0xb8], 32, .documentation), ([0x3f, 0xff, 0], 20, .documentation),
        ([0x20, 0x01, 0], 23, .reserved), ([0xfc], 7, .private), ([0xfe, 0x80], 10, .linkLocal),
        ([0xfe, 0xc0], 10, .private), ([0xff], 8, .multicast), ([0x20], 3, .global),
    ]

    private static func version4(_ address: IPAddress) -> AddressKind {
        ranges4.first { address.isIn($0.prefix, $0.length) }?.kind ?? .global
    }

    private static func version6(_ address: IPAddress) -> AddressKind {
        // Teredo (RFC 4380) names two: its server's, and the client's inverted.
        if address.isIn([0x20, 0x01, 0, 0], 32) {
            return [address.embedded(at: 4), address.embedded(at: 12, inverted: true)].map { version4($0) }
                .first { !$0.isPublic } ?? .global
        }
        // 6to4 (RFC 3056).
        if address.isIn([0x20, 0x02], 16) { return version4(address.embedded(at: 2)) }
        if let kind = ranges6.prefix(2).first(where: { address.isIn($0.prefix, $0.length) })?.kind { return kind }
        // IPv4-mapped and -compatible (RFC 4291), SIIT (RFC 2765) and NAT64 (RFC 6052).
        let zeros = Array(repeating: UInt8(0), count: 8)
        let embedding: [[UInt8]] = [
            zeros + [0, 0, 0xff, 0xff], zeros + [0, 0, 0, 0], zeros + [0xff, 0xff, 0, 0],
            [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0],
        ]
        if embedding.contains(where: { address.isIn($0, 96) }) { return version4(address.embedded(at: 12)) }
        // What no registry gives out (RFC 4291, 2.4) is not reached.
        return ranges6.first { address.isIn($0.prefix, $0.length) }?.kind ?? .reserved
    }

    var isPublic: Bool { self == .global || self == .documentation }
}
