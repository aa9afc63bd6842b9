import BuildAPI
import BuildService
@preconcurrency import Dispatch
import PythonBuild
import Synchronization
import SystemPackage

/// Writes the artifacts of jobs to the output folders that their callers named, once they have succeeded. It knows the
/// jobs of this process only: after a restart their artifacts are in the service alone.
final class Deliveries: Sendable {
    enum Outcome: Equatable, Sendable {
        case written([FilePath])
        case failed(String)
    }

    /// Jobs whose outcome is remembered.
    private static let most = 1000

    private struct State {
        var tasks: [String: Task<Outcome?, Never>] = [:]
        /// The oldest first.
        var order: [String] = []
    }

    private let state = Mutex(State())
    private let service: BuildService
    private let queue = DispatchQueue(label: "buildbox.deliveries")

    init(service: BuildService) {
        self.service = service
    }

    /// Begins to wait for a job's end.
    func start(_ id: String, to folder: OutputFolder, as principal: Principal) {
        let task = Task { await self.deliver(id, to: folder, as: principal) }
        state.withLock { state in
            state.tasks[id] = task
            state.order.append(id)
            if state.order.count > Self.most { state.tasks[state.order.removeFirst()] = nil }
        }
    }

    /// What became of a job that has ended; nil where there was nothing to deliver.
    func outcome(of id: String) async -> Outcome? {
        await state.withLock { $0.tasks[id] }?.value
    }

    private func deliver(_ id: String, to folder: OutputFolder, as principal: Principal) async -> Outcome? {
        do throws(ServiceFault) {
            var job = try await service.job(id, as: principal)
            while !job.state.isEnd {
                job = try await service.waitForEnd(of: id, atMost: .seconds(3600), as: principal)
            }
            guard job.state == .succeeded, let result = job.result else { return nil }
            var files: [ArtifactFile] = []
            for artifact in result.artifacts {
                files.append(try await service.artifact(artifact.name, of: id, as: principal))
            }
            return await write(files, to: folder)
        } catch {
            return .failed(error.message)
        }
    }

    /// On a queue of its own: copying blocks, and the threads of tasks are few.
    private func write(_ files: [ArtifactFile], to folder: OutputFolder) async -> Outcome {
        await withCheckedContinuation { continuation in
            queue.async {
                do throws(ServiceFault) {
                    continuation.resume(returning: .written(try folder.write(files)))
                } catch {
                    continuation.resume(returning: .failed(error.message))
                }
            }
        }
    }
}
