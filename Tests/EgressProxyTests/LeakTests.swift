import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import EgressProxy

/// A proxy leaves no thread and no descriptor; the counter is first shown to see both.
@Suite(.serialized) struct LeakTests {
    private struct Held: Equatable {
        var descriptors: Int
        var threads: Int
    }

    /// Sockets and event descriptors of this process, and threads of event loops.
    private func held() throws -> Held {
        let files = FileManager.default
        let descriptors = try files.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            // The one that lists the folder is gone by now.
            try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        let threads = try files.contentsOfDirectory(atPath: "/proc/self/task").compactMap {
            try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8)
        }
        return Held(
            descriptors: descriptors.count { $0.hasPrefix("socket:") || $0.hasPrefix("anon_inode:") },
            threads: threads.count { $0.hasPrefix("NIO-ELT") })
    }

    private func use(_ port: Int, of origin: Origin) async throws {
        let target = "127.0.0.1:\(origin.port)"
        let tunnel = "CONNECT \(target) HTTP/1.1\r\nHost: a\r\n\r\nping"
        #expect(try await Loopback.exchange(tunnel, port: port).contains("200"))
        #expect(
            try await Loopback.exchange("GET http://\(target)/ HTTP/1.1\r\nHost: a\r\n\r\n", port: port).contains("200")
        )
        #expect(try await Loopback.exchange("CONNECT elsewhere:1 HTTP/1.1\r\n\r\n", port: port).contains("403"))
    }

    @Test func nothingIsLeft() async throws {
        let origin = try await Origin()
        let hosts = [named("127.0.0.1", origin.port)]
        // What is made once for all, such as the loops of clients and servers here, comes first.
        _ = try await proxied(hosts) { try await use($0, of: origin) }
        let before = try held()
        _ = try await proxied(hosts) { port in
            let during = try held()
            #expect(during.descriptors > before.descriptors, "the positive control: the counter sees descriptors")
            #expect(during.threads == before.threads + 1, "the positive control: the counter sees threads")
            try await use(port, of: origin)
        }
        for _ in 0..<20 { _ = try await proxied(hosts) { try await use($0, of: origin) } }
        // Threads that have ended are listed for a moment after they were joined; servers close by themselves.
        let deadline = ContinuousClock.now + .seconds(10)
        var after = try held()
        while after != before, ContinuousClock.now < deadline {
            await Task.yield()
            after = try held()
        }
        #expect(after == before)
        try await origin.stop()
    }
}
