import Testing

@testable import EgressProxy

@Suite struct AddressKindTests {
    /// The ends of each range, and the addresses beside them.
    static let table: [(AddressKind, [String])] = [
        (
            .global,
            [
                "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
                "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
                "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00::1",
                "2003::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:0808:0808::1", "::8.8.8.8",
                "2001:0:808:808::f7f7:f7f7",
            ]
        ),
        (
            .documentation,
            ["192.0.2.0", "192.0.2.255", "198.51.100.7", "203.0.113.80", "2001:db8::1", "3fff::1", "3fff:fff::1"]
        ),
        (.loopback, ["127.0.0.0", "127.0.0.1", "127.255.255.255", "::1"]),
        (
            .private,
            [
                "10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255",
                "fc00::", "fdff::1", "fec0::1",
            ]
        ),
        (.shared, ["100.64.0.0", "100.127.255.255"]),
        (.linkLocal, ["169.254.0.0", "169.254.169.254", "169.254.255.255", "fe80::1", "febf::1"]),
        (.metadata, ["100.100.100.200", "168.63.129.16", "fd00:ec2::254"]),
        (.multicast, ["224.0.0.0", "239.255.255.255", "ff02::1"]),
        (.broadcast, ["255.255.255.255"]),
        (.unspecified, ["0.0.0.0", "0.255.255.255", "::"]),
        (
            .reserved,
            [
                "192.0.0.1", "192.88.99.1", "198.18.0.0", "198.19.255.255", "240.0.0.0", "255.255.255.254", "100::1",
                "2001:2::1", "4000::1", "64:ff9b:1::1", "5f00::1",
            ]
        ),
        // What carries an IPv4 address inside is what that address is.
        (.loopback, ["::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "::127.0.0.1", "::ffff:0:127.0.0.1"]),
        (.linkLocal, ["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"]),
        (.private, ["::ffff:10.0.0.1", "64:ff9b::c0a8:1", "2002:c0a8:1::"]),
        // Teredo: the server's, then the client's, inverted.
        (.private, ["2001:0:a00:1::f7f7:f7f7", "2001:0:808:808::f5ff:fffe"]),
    ]

    @Test(arguments: table) func everyAddressIsOfItsKind(_ kind: AddressKind, addresses: [String]) throws {
        for text in addresses {
            #expect(AddressKind(of: try #require(IPAddress(literal: text))) == kind, "\(text)")
        }
    }

    @Test func everyKindIsTried() { #expect(Set(Self.table.map(\.0)) == Set(AddressKind.allCases)) }

    @Test func aNameIsNoAddress() {
        for text in ["localhost", "", "1.2.3", "127.1", "0x7f000001", "2130706433", "[::1]", "::1%lo"] {
            #expect(IPAddress(literal: text) == nil, "\(text)")
        }
    }

    static let permitted: [(AddressKind, publicOnly: Bool, named: Bool, literal: Bool)] = [
        (.global, true, true, true), (.documentation, true, true, true), (.loopback, false, true, true),
        (.private, false, true, true), (.shared, false, true, true), (.linkLocal, false, false, true),
        (.metadata, false, false, true), (.reserved, false, false, true), (.multicast, false, false, false),
        (.broadcast, false, false, false), (.unspecified, false, false, false),
    ]

    @Test(arguments: permitted)
    func whatAHostMayResolveToDependsOnWhoNamedItAndHow(
        _ kind: AddressKind, publicOnly: Bool, named: Bool, literal: Bool
    ) {
        #expect(EgressHost(name: "a", port: 1, reach: .publicAddresses).permits(kind) == publicOnly)
        #expect(EgressHost(name: "a", port: 1, reach: .anyAddress).permits(kind) == named)
        #expect(EgressHost(name: "169.254.0.1", port: 1, reach: .anyAddress).permits(kind) == literal)
        #expect(EgressHost(name: "169.254.0.1", port: 1, reach: .publicAddresses).permits(kind) == publicOnly)
    }
}
