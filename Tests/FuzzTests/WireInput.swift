import SandboxProtocol
import TestSupport

@testable import Sandbox

/// What crosses between supervisor and launcher. Whatever is accepted must be written back the same.
enum WireInput {
    private static let orders = [NetworkAccess.none, .proxy(port: 3128)].map { network in
        LaunchOrder(
            arguments: ["/usr/bin/python3", "-m", "build"], environment: ["PATH=/usr/bin"], workingDirectory: "/src",
            identity: Identity(insideUser: 1000, insideGroup: 1001, hostUser: 7, hostGroup: 8, privileged: true),
            hostName: "buildbox", network: network,
            mounts: [
                .file(at: "/etc/hosts", contents: [0, 1, 255]), .symbolicLink(at: "/bin", target: "usr/bin"),
                .bind(source: "/usr", at: "/usr", access: .readOnly), .scratch(at: "/tmp", mode: 0o1777),
                .overlay(source: "/p", at: "/src", access: .readOnlyAsOwner), .processes(at: "/proc"),
            ],
            limits: LaunchLimits(
                memoryBytes: 1, scratchBytes: 2, scratchInodes: 3, pids: 4, cpuMillis: 5, cpuTimeMilliseconds: 9,
                wallMilliseconds: 6, openFiles: 7,
                fileBytes: 8),
            cgroup: CgroupPlan(
                unified: false, parents: [CgroupPlan.Parent(path: "/g", limits: .cgroupLimits)], name: "buildbox-1"),
            filter: Array(1...16), optionalLayers: .cgroupLimits, output: "/out", reportDescriptor: 4)
    }

    private static let samples: [StatusRecord] = [
        .timings([StepTiming(step: .clone, nanoseconds: 1)]), .missing(layer: .cgroupCPU, errno: 2, detail: "none"),
        .failed(LaunchFault(step: .mounts, layer: .userNamespace, errno: 13, detail: "bind /usr")), .output,
        .listener, .started(initPid: 7), .exited(CommandEnd(code: 3, signal: 0)),
        .ended(RunEnd(stop: .memory, observed: .max, usage: RunUsage())),
    ]

    /// A stream of records. Some are changed behind an honest length, so that they reach their readers.
    @Sendable static func records(_ generator: inout SeededGenerator) -> [UInt8] {
        var stream: [UInt8] = []
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let frame = Frame.encode(samples.randomElement(using: &generator) ?? .output)
            let body = Mutation.of(Array(frame.dropFirst(Frame.headerSize)), &generator)
            stream += (0..<4).map { UInt8(truncatingIfNeeded: body.count >> (8 * $0)) } + body
        }
        return Bool.random(using: &generator) ? stream : Mutation.of(stream, &generator)
    }

    @Sendable static func checkRecords(_ bytes: [UInt8]) throws -> Bool {
        let whole = read(bytes, cuts: [])
        // The cuts come from the bytes themselves, so that a replay cuts alike.
        var generator = SeededGenerator(
            seed: bytes.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
        let cuts = (0..<4).map { _ in Int.random(in: 0...bytes.count, using: &generator) }.sorted()
        guard whole == read(bytes, cuts: cuts) else { throw FuzzFinding("read otherwise when cut at \(cuts)") }
        let again = whole.records.flatMap { Frame.encode($0) }
        guard bytes.starts(with: again) else { throw FuzzFinding("the records are written back otherwise") }
        var account = LaunchAccount()
        for record in whole.records { account.note(record) }
        return !whole.records.isEmpty
    }

    private struct Reading: Equatable {
        var records: [StatusRecord] = []
        var broken = false
    }

    private static func read(_ bytes: [UInt8], cuts: [Int]) -> Reading {
        var stream = RecordStream()
        var reading = Reading()
        var start = 0
        for end in cuts + [bytes.count] {
            do throws(WireError) {
                try stream.append(bytes[start..<end])
                while let record = try stream.next() { reading.records.append(record) }
            } catch {
                reading.broken = true
                return reading
            }
            start = end
        }
        return reading
    }

    @Sendable static func order(_ generator: inout SeededGenerator) -> [UInt8] {
        guard let order = orders.randomElement(using: &generator), Int.random(in: 0..<8, using: &generator) > 0 else {
            return [UInt8.random(in: 0...1, using: &generator), 3, 0] + Mutation.random(length: 0..<64, &generator)
        }
        let preparation = LaunchPreparation(of: order, mounts: order.mounts.firstIndex(where: \.belongsToCommand) ?? 0)
        let message: LaunchMessage = Bool.random(using: &generator) ? .order(order) : .prepare(preparation)
        return Mutation.of(Array(Frame.encode(message).dropFirst(Frame.headerSize)), &generator)
    }

    @Sendable static func checkOrder(_ bytes: [UInt8]) throws -> Bool {
        let message: LaunchMessage
        do throws(WireError) {
            message = try Frame.decode(bytes)
        } catch {
            return false
        }
        guard Array(Frame.encode(message).dropFirst(Frame.headerSize)) == bytes else {
            throw FuzzFinding("the message is written back otherwise")
        }
        return true
    }
}
