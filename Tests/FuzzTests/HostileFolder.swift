import CLinux
import Crypto
import Foundation
import Linux
import Synchronization
import SystemPackage
import TestSupport

@testable import PythonBuild
@testable import Sandbox

/// An output folder as hostile code could leave it, made from a seed; now and then it is changed
/// while it is collected. Only bytes that lie in it may come out, in regular files under artifact names.
enum HostileFolder {
    private static let secret = Array("this lies outside of the output folder".utf8)
    private static let largest: UInt64 = 1 << 20
    private static let wheel = "six-1.17.0-py2.py3-none-any.whl"
    private static let sdist = "six-1.17.0.tar.gz"

    @Sendable static func plan(_ generator: inout SeededGenerator) -> [UInt8] {
        Mutation.random(length: 16..<17, &generator)
    }

    @Sendable static func check(_ plan: [UInt8]) throws -> Bool {
        var generator = SeededGenerator(seed: plan.reduce(0) { $0 &* 257 &+ UInt64($1) })
        let scene = try TemporaryFolder()
        let folder = scene.path.appending("out")
        let quarantine = scene.path.appending("quarantine")
        for path in [folder, quarantine] { mkdir(path.string, 0o755) }
        let outside = scene.path.appending("outside")
        try Data(secret).write(to: URL(filePath: outside.string))
        // Most folders are nearly right: the one hostile entry is then the one that counts.
        for name in [wheel, sdist] where Int.random(in: 0..<8, using: &generator) != 0 {
            try make(
                Array(name.utf8), in: folder, outside, hostile: Int.random(in: 0..<3, using: &generator) == 0,
                &generator)
        }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            let name = Mutation.of(
                Array(wheel.utf8), tokens: NameInput.tokens + [[0xff], Array(repeating: 97, count: 251)], &generator)
            try make(name, in: folder, outside, hostile: Bool.random(using: &generator), &generator)
        }
        let swapper =
            Int.random(in: 0..<4, using: &generator) == 0
            ? Swapper(folder.appending(wheel), aside: scene.path.appending("aside"), outside) : nil
        defer { swapper?.stop() }
        return try collect(folder, into: quarantine)
    }

    private static func collect(_ folder: FilePath, into quarantine: FilePath) throws -> Bool {
        let output = OutputFolder(owning: open(folder.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        let start = ContinuousClock.now
        let result = Result { () throws(BuildFailure) in
            try Collection(quarantine: quarantine, largestBytes: largest).take([.wheel, .sdist], from: output)
        }
        guard start.duration(to: .now) < .seconds(10) else { throw FuzzFinding("collecting takes too long") }
        for name in try FileManager.default.contentsOfDirectory(atPath: quarantine.string) {
            let path = quarantine.appending(name)
            let facts = try FileFacts(of: path.string, followingLinks: false)
            guard facts.isRegularFile, facts.links == 1, facts.size <= largest, ArtifactName(name) != nil
            else { throw FuzzFinding("\(name.debugDescription) in quarantine is no artifact") }
            guard try Data(contentsOf: URL(filePath: path.string)) != Data(secret) else {
                throw FuzzFinding("\(name) has the bytes of a file outside")
            }
        }
        switch result {
        case .success(let items):
            for item in items {
                let bytes = try Data(contentsOf: URL(filePath: item.path.string))
                guard item.size == UInt64(bytes.count), item.sha256 == hexadecimal(SHA256.hash(data: bytes)) else {
                    throw FuzzFinding("\(item.name.text) is told otherwise than it is")
                }
            }
            guard Set(items.map(\.name.kind)) == [.wheel, .sdist], items.count == 2 else {
                throw FuzzFinding("\(items.count) artifacts where two were asked for")
            }
            return true
        case .failure(let failure):
            // The files only shrink and change here: growing ones are the copy's own refusal.
            guard failure.code == .artifactRejected else {
                throw FuzzFinding("refused with \(failure.code): \(failure)")
            }
            let printable = failure.message.utf8.allSatisfy { (32...126).contains($0) }
            guard printable else { throw FuzzFinding("a hostile name reaches the message: \(failure.message)") }
            return false
        }
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static func make(
        _ name: [UInt8], in folder: FilePath, _ outside: FilePath, hostile: Bool, _ generator: inout SeededGenerator
    ) throws {
        // What the file system refuses as a name is not there; that is fine.
        guard !name.isEmpty, !name.contains(0), !name.contains(UInt8(ascii: "/")) else { return }
        let path = (Array(folder.string.utf8) + [UInt8(ascii: "/")] + name + [0]).map { CChar(bitPattern: $0) }
        switch hostile ? Int.random(in: 0..<11, using: &generator) : 0 {
        case 1: symlink(outside.string, path)
        case 2: symlink("six-1.17.0.tar.gz", path)
        case 3: link(outside.string, path)
        case 4: mkfifo(path, 0o666)
        case 5: mkdir(path, 0o755)
        case 6: bindSocket(path)
        // Only root can make one; for others the name stays free.
        case 7: mknod(path, S_IFCHR | 0o666, dev_t(1 << 8 | 5))
        case 8:
            fill(path, Mutation.random(length: 0..<10, &generator), mode: 0o644)
            truncate(path, off_t([Int(largest), Int(largest) + 1, 1 << 40].randomElement(using: &generator) ?? 0))
        case 9: fill(path, Mutation.random(length: 0..<10, &generator), mode: 0)
        case 10: mknod(path, S_IFBLK | 0o666, dev_t(7 << 8))
        default: fill(path, Mutation.random(length: 0..<5000, &generator), mode: 0o644)
        }
    }

    private static func fill(_ path: [CChar], _ bytes: [UInt8], mode: mode_t) {
        let number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC, mode)
        guard number >= 0 else { return }
        defer { close(number) }
        _ = write(number, bytes, bytes.count)
    }

    private static func bindSocket(_ path: [CChar]) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.count <= MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { target in path.withUnsafeBytes { target.copyMemory(from: $0) } }
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Puts links, pipes and files in each other's place as fast as it can, until it is stopped.
    private final class Swapper: Sendable {
        private let stopped = Atomic(false)
        private let ended = DispatchSemaphore(value: 0)

        init(_ path: FilePath, aside: FilePath, _ outside: FilePath) {
            let path = path.string
            let aside = aside.string
            Thread { [self] in
                var turn = 0
                while !stopped.load(ordering: .relaxed) {
                    unlink(aside)
                    switch turn % 4 {
                    case 0: symlink(outside.string, aside)
                    case 1: mkfifo(aside, 0o666)
                    case 2: link(outside.string, aside)
                    default: _ = FileManager.default.createFile(atPath: aside, contents: Data([1, 2, 3]))
                    }
                    rename(aside, path)
                    turn += 1
                }
                ended.signal()
            }.start()
        }

        func stop() {
            stopped.store(true, ordering: .relaxed)
            ended.wait()
        }
    }
}
