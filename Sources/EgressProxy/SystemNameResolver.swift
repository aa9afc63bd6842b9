import Dispatch
import Glibc
public import NIOCore

/// The host's own resolver: getaddrinfo(3), with its files and its name servers.
public struct SystemNameResolver: NameResolver {
    public init() {}

    public func addresses(of name: String, port: Int) async throws(EgressError) -> [SocketAddress] {
        let answer = PendingAnswer()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                answer.await(continuation)
                // getaddrinfo cannot be called off: a call that nobody waits for any more ends by
                // itself, within the time that resolv.conf(5) gives it.
                DispatchQueue.global().async {
                    answer.give(Result { () throws(EgressError) in try Self.look(name, port) })
                }
            }
        } onCancel: {
            answer.give(.failure(EgressError(.unresolved, "nobody waits for the address of \(name) any more")))
        }
        return try result.get()
    }

    private static func look(_ name: String, _ port: Int) throws(EgressError) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0 else {
            let cause = code == EAI_SYSTEM ? String(cString: strerror(errno)) : String(cString: gai_strerror(code))
            throw EgressError(.unresolved, "the name \(name) cannot be resolved: \(cause)")
        }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next {
            if let raw = entry.pointee.ai_addr, var address = SocketAddress(raw, family: entry.pointee.ai_family) {
                address.port = port
                addresses.append(address)
            }
            next = entry.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw EgressError(.unresolved, "the name \(name) has no address") }
        return addresses
    }
}

extension SocketAddress {
    fileprivate init?(_ raw: UnsafeMutablePointer<sockaddr>, family: Int32) {
        switch family {
        case AF_INET: self.init(raw.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee })
        case AF_INET6: self.init(raw.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { $0.pointee })
        default: return nil
        }
    }
}
