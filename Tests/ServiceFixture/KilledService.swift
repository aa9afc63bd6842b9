import BuildAPI
import BuildService
import Foundation
import SystemPackage

/// A service to be killed: `service-fixture HOME COUNT` asks for COUNT builds, each under its own Idempotency-Key, and
/// runs them with a builder that only prints. Each line that it prints tells something that it has promised.
@main struct KilledService {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let count = Int(arguments[2]) else {
            throw ServiceFault(.malformed, "usage: service-fixture HOME COUNT")
        }
        var settings = ServiceSettings(home: FilePath(arguments[1]))
        settings.running = 2
        settings.reserve = 0
        // The first in the queue is killed again and again.
        settings.attempts = 1000
        let service = try BuildService(settings: settings, builder: PrintingBuilder())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            group.addTask { try await submit(count, to: service) }
            try await group.waitForAll()
        }
    }

    private static func submit(_ count: Int, to service: BuildService) async throws {
        while service.readiness == .starting { await Task.yield() }
        let principal = Principal.local(subject: "fixture")
        let upload = try service.beginUpload(as: principal)
        try Array("source".utf8).withUnsafeBytes { try upload.write($0) }
        let blob = try await upload.finish()
        let document = BuildDocument(source: SourceDocument(blob: blob.digest, name: "hello.tar.gz"))
        for number in 0..<count {
            let claim = try service.claim("job-\(number)", as: principal)
            let admission = try await service.submit(Submission(document: document, claim: claim), as: principal)
            say("admitted \(number) \(admission.job.id)")
        }
    }

    /// One write(2): a line is there whole or not at all.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }
}
