import Crypto
import Foundation

/// The parts of a request with multipart/form-data, read as a server would.
struct Multipart {
    struct Malformed: Error {}

    private(set) var names: [String] = []
    private(set) var bodies: [[UInt8]] = []

    init(_ request: ScriptedServer.Request) throws {
        guard let type = request["content-type"], let mark = type.range(of: "boundary=") else { throw Malformed() }
        let delimiter = Data("\r\n--\(type[mark.upperBound...])".utf8)
        var rest = Data("\r\n".utf8) + Data(request.body)
        guard rest.starts(with: delimiter) else { throw Malformed() }
        rest = Data(rest.dropFirst(delimiter.count))
        while rest.starts(with: Data("\r\n".utf8)) {
            guard let headEnd = rest.range(of: Data("\r\n\r\n".utf8)),
                let end = rest.range(of: delimiter, in: headEnd.upperBound..<rest.endIndex)
            else { throw Malformed() }
            let head = String(decoding: rest[..<headEnd.lowerBound], as: UTF8.self)
            guard let name = head.firstMatch(of: /form-data; name="([a-z]+)"/)?.1 else { throw Malformed() }
            names.append(String(name))
            bodies.append(Array(rest[headEnd.upperBound..<end.lowerBound]))
            rest = Data(rest[end.upperBound...])
        }
        guard rest == Data("--\r\n".utf8) else { throw Malformed() }
    }

    func digest(of part: Int) -> String {
        SHA256.hash(data: bodies[part]).map { String(format: "%02x", $0) }.joined()
    }
}
