import BuildAPI
@testable import BuildService
import Foundation
import Glibc
import PythonBuild
import SystemPackage
import TestSupport
import Testing

/// On a small file system of their own (tmpfs), which only root can mount.
@Suite(.enabled(if: geteuid() == 0, "only root can mount a small tmpfs")) struct FullDiskTests {
    private func withSmallDisk(_ mebibytes: Int, _ body: (FilePath) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try #require(mount("tmpfs", folder.path.string, "tmpfs", 0, "size=\(mebibytes)m") == 0)
        defer { umount2(folder.path.string, Int32(MNT_DETACH)) }
        try await body(folder.path)
    }

    /// Fills the disk to the last byte.
    private func fill(_ folder: FilePath) throws -> FilePath {
        let path = folder.appending("ballast")
        let descriptor = open(path.string, O_WRONLY | O_CREAT, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        for size in [1 << 20, 4096, 1] {
            let bytes = [UInt8](repeating: 1, count: size)
            while write(descriptor, bytes, size) > 0 {}
        }
        return path
    }

    @Test func `on a full disk new jobs are refused, running ones end in truth, and then all goes on`() async throws {
        try await withSmallDisk(16) { home in
            let running = try await RunningService(home)
            let first = try await running.submit().job.id
            await running.builder.waitForStarts(1)
            #expect(running.service.readiness == .ready)
            let ballast = try fill(home)
            do {
                _ = try await running.submit("another")
                Issue.record("a job was promised on a full disk")
            } catch let fault as ServiceFault {
                #expect(fault.code == .storeUnavailable)
            }
            guard case .storeUnavailable = running.service.readiness else {
                Issue.record("it says it is \(running.service.readiness)")
                try await running.stop()
                return
            }
            // The build ends while nothing can be written: not told before it can be kept.
            running.builder.finish(first, .init(prints: ["the end\n"]))
            #expect(unlink(ballast.string) == 0)
            while running.service.readiness != .ready {
                running.clock.advance(by: .seconds(1))
                await Task.yield()
            }
            let job = try await running.end(of: first)
            #expect(job.state == .succeeded)
            #expect(job.attempt == 1)
            let second = try await running.submit("another").job.id
            running.builder.finish(second)
            #expect(try await running.end(of: second).state == .succeeded)
            try await running.drain()
            #expect(try await AuditLog.verify(home: home).isWhole)
        }
    }

    @Test func `what is kept for running builds is not given to new ones or to uploads`() async throws {
        try await withSmallDisk(16) { home in
            let running = try await RunningService(home, { $0.reserve = 8 << 20 })
            #expect(running.service.readiness == .ready)
            _ = try await running.submit()
            let upload = try running.service.beginUpload(as: RunningService.alice)
            let chunk = [UInt8](repeating: 7, count: 1 << 20)
            var written = 0
            do {
                while written < 16 {
                    try chunk.withUnsafeBytes { try upload.write($0) }
                    written += 1
                }
                Issue.record("the upload took the whole disk")
            } catch let fault as ServiceFault {
                #expect(fault.code == .storeUnavailable)
            }
            #expect(written >= 2)
            #expect(running.service.readiness == .ready)
            try await running.stop()
        }
    }
}
