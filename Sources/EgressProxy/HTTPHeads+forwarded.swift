import NIOHTTP1

extension HTTPHeaders {
    /// Without what is for one connection alone (RFC 9110, 7.6.1), and for one message on it.
    fileprivate var endToEnd: HTTPHeaders {
        var headers = self
        for name in self[canonicalForm: "connection"] { headers.remove(name: String(name)) }
        for name in [
            "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate", "TE",
            "Upgrade",
        ] {
            headers.remove(name: name)
        }
        headers.add(name: "Connection", value: "close")
        return headers
    }
}

extension HTTPRequestHead {
    /// As it goes on to its origin, or in absolute form to an upstream proxy.
    func forwarded(to target: EgressTarget, path: String, through proxy: UpstreamProxy?) -> HTTPRequestHead {
        let authority = target.port == 80 ? String("\(target)".dropLast(3)) : "\(target)"
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers.endToEnd)
        head.headers.replaceOrAdd(name: "Host", value: authority)
        if let proxy {
            head.uri = "http://\(authority)\(path)"
            if let authorization = proxy.authorization {
                head.headers.add(name: "Proxy-Authorization", value: authorization)
            }
        }
        return head
    }
}

extension HTTPResponseHead {
    /// As it goes on to the client.
    var forwarded: HTTPResponseHead {
        HTTPResponseHead(version: .http1_1, status: status, headers: headers.endToEnd)
    }
}
