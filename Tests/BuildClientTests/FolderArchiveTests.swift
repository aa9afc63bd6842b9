import Foundation
import NIOCore
import SystemPackage
import TestSupport
import Testing

@testable import BuildClient

/// Packed folders, read by tar(1).
@Suite struct FolderArchiveTests {
    private func pack(_ folder: FilePath) async throws -> (bytes: [UInt8], remarks: [String]) {
        let remarks = Remarks()
        var bytes: [UInt8] = []
        for try await chunk in FolderStream(folder: folder, remark: { remarks.add($0) }) {
            bytes += chunk.readableBytesView
        }
        return (bytes, remarks.all)
    }

    private func rest(of archive: FolderArchive) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let more = try archive.next() { bytes += more }
        return bytes
    }

    private func write(_ text: String, _ path: FilePath) throws {
        let file = URL(filePath: path.string)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private func run(_ program: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test func whatIsUnpackedIsWhatWasPacked() async throws {
        let folder = try TemporaryFolder()
        let project = folder.path.appending("project")
        let long = String(repeating: "long-name-", count: 20)
        try write("hello", project.appending("src/hello.py"))
        try write(String(repeating: "x", count: 300_000), project.appending("big"))
        try write("", project.appending("empty"))
        try write("deep", project.appending("a/\(long)/\(long)/deep.txt"))
        try write("ref", project.appending(".git/HEAD"))
        try write("umlaut", project.appending("ä ö.txt"))
        try write("#!/bin/sh", project.appending("run.sh"))
        try FileManager.default.createDirectory(
            atPath: project.appending("hollow").string, withIntermediateDirectories: true)
        #expect(chmod(project.appending("run.sh").string, 0o4755) == 0)
        #expect(symlink("src/hello.py", project.appending("link").string) == 0)
        #expect(symlink("/etc/\(long)\(long)", project.appending("far").string) == 0)
        var times = [timeval(tv_sec: 1_000_000_000, tv_usec: 0), timeval(tv_sec: 1_000_000_000, tv_usec: 0)]
        #expect(utimes(project.appending("big").string, &times) == 0)

        let archive = folder.path.appending("project.tar.gz")
        try Data(try await pack(project).bytes).write(to: URL(filePath: archive.string))
        let unpacked = folder.path.appending("unpacked")
        try FileManager.default.createDirectory(atPath: unpacked.string, withIntermediateDirectories: true)
        let tar = try run("/usr/bin/tar", ["-xpzf", archive.string, "-C", unpacked.string])
        #expect(tar.code == 0, "\(tar.output)")
        #expect(tar.output.isEmpty, "\(tar.output)")
        let difference = try run("/usr/bin/diff", ["-r", "--no-dereference", project.string, unpacked.string])
        #expect(difference.code == 0, "\(difference.output)")

        let listing = try run("/usr/bin/find", [unpacked.string, "-name", "run.sh", "-printf", "%m"])
        #expect(listing.output == "755", "no setuid bit travels")
        let time = try run("/usr/bin/find", [unpacked.string, "-name", "big", "-printf", "%T@"])
        #expect(time.output.hasPrefix("1000000000."))
    }

    @Test func theSameFolderGivesTheSameBytes() async throws {
        let folder = try TemporaryFolder()
        for name in ["b", "a", "c/d", "Z"] { try write(name, folder.path.appending(name)) }
        let first = try await pack(folder.path).bytes
        #expect(try await pack(folder.path).bytes == first)
        try write("other", folder.path.appending("a"))
        #expect(try await pack(folder.path).bytes != first)
    }

    @Test func whatIsNoFileFolderOrLinkIsLeftOutAndSaid() async throws {
        let folder = try TemporaryFolder()
        try write("a", folder.path.appending("a"))
        #expect(mkfifo(folder.path.appending("fifo").string, 0o600) == 0)
        let packed = try await pack(folder.path)
        #expect(packed.remarks == ["left out of \(folder.path): 1 sockets, devices or FIFOs"])
        let archive = folder.path.appending("x.tar.gz")
        try Data(packed.bytes).write(to: URL(filePath: archive.string))
        #expect(try run("/usr/bin/tar", ["-tzf", archive.string]).output == "a\n")
    }

    @Test func aNameThatIsNotUTF8TravelsAsItIs() async throws {
        let folder = try TemporaryFolder()
        let name = [UInt8](repeating: 0xff, count: 120).map { CChar(bitPattern: $0) } + [0]
        let descriptor = (folder.path.string + "/").withCString { prefix in
            var path = Array(UnsafeBufferPointer(start: prefix, count: strlen(prefix)))
            path += name
            return open(path, O_CREAT | O_WRONLY, 0o600)
        }
        try #require(descriptor >= 0)
        close(descriptor)
        let packed = try await pack(folder.path).bytes
        let archive = try TemporaryFolder()
        let file = archive.path.appending("x.tar.gz")
        try Data(packed).write(to: URL(filePath: file.string))
        let read = try run(
            "/usr/bin/python3",
            ["-c", "import sys,tarfile; print(len(tarfile.open(sys.argv[1]).getmembers()[0].name))", file.string])
        #expect(read.output == "120\n")
    }

    @Test func aFileThatGrowsIsCutAtTheSizeThatWasTold() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("log")
        try write(String(repeating: "a", count: 300_000), file)
        let archive = try FolderArchive(folder.path)
        var bytes = try #require(try archive.next())
        try write(String(repeating: "a", count: 900_000), file)
        bytes += try rest(of: archive)
        #expect(bytes.count == 512 + 300_032 + 1024)
    }

    @Test func aFileThatShrinksEndsThePacking() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("log")
        try write(String(repeating: "a", count: 300_000), file)
        let archive = try FolderArchive(folder.path)
        _ = try archive.next()
        #expect(truncate(file.string, 10) == 0)
        let error = #expect(throws: ClientError.self) { try rest(of: archive) }
        #expect(error?.code == .unreadable)
    }

    @Test func aFolderThatBecomesALinkIsNotFollowed() async throws {
        let folder = try TemporaryFolder()
        let secret = try TemporaryFolder()
        try write("secret", secret.path.appending("inside"))
        try write("a", folder.path.appending("a/inside"))
        let archive = try FolderArchive(folder.path)
        // The header of `a` came, and the name of what is in it was read.
        _ = try archive.next()
        try FileManager.default.removeItem(atPath: folder.path.appending("a").string)
        #expect(symlink(secret.path.string, folder.path.appending("a").string) == 0)
        let error = #expect(throws: ClientError.self) { try rest(of: archive) }
        #expect(error?.code == .unreadable)
    }
}
