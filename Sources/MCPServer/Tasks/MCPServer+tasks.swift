import BuildAPI
import BuildService
import Policy

extension MCPServer {
    /// `tasks/get`.
    func task(_ id: String, _ revision: Revision, as principal: Principal) async throws(ProtocolFault) -> Reply {
        try await allow(.status, id, as: principal)
        let job = try await knownJob(id, as: principal)
        var fields = TaskView(job: job, life: settings.taskLife).fields(in: revision)
        if revision.isStateless, fields["status"] == "completed" {
            fields["result"] = try await result(of: id, revision, as: principal)
        }
        return Reply(fields)
    }

    /// `tasks/result`: waits for the end. To stop waiting stops nothing else.
    func taskResult(
        _ id: String, _ call: Call, as principal: Principal, _ notify: @escaping Notify
    ) async throws(ProtocolFault) -> Reply {
        try await allow(.status, id, as: principal)
        _ = try await knownJob(id, as: principal)
        let reporter = call.progressToken.map { ProgressReporter(token: $0, notify: notify) }
        do {
            _ = try await follow(id, atMost: nil, reporter, as: principal)
            let meta: JSONValue = [MetaKey.relatedTask: ["taskId": .string(id)]]
            return try await report(id, as: principal).output.reply(in: call.revision, meta: meta)
        } catch let fault as ServiceFault {
            throw ProtocolFault(.internalError, fault.message)
        } catch {
            throw ProtocolFault(.internalError, "the request was cancelled")
        }
    }

    /// `tasks/cancel`.
    func cancelTask(_ id: String, _ revision: Revision, as principal: Principal) async throws(ProtocolFault) -> Reply {
        try await allow(.cancel, id, as: principal)
        var job = try await knownJob(id, as: principal)
        if job.state.isEnd, !revision.isStateless {
            throw ProtocolFault(
                .invalidParams, "the task \(id) has ended as \(job.state.rawValue): there is nothing to cancel")
        }
        do throws(ServiceFault) {
            job = try await service.cancel(id, as: principal)
            if revision.isStateless { return Reply([:]) }
            // The task is cancelled before it is answered, says this revision.
            job = try await service.waitForEnd(of: id, atMost: .seconds(30), as: principal)
        } catch {
            throw ProtocolFault(.internalError, error.message)
        }
        return Reply(TaskView(job: job, life: settings.taskLife).fields(in: revision))
    }

    /// `tasks/update`: builds ask for nothing, so that there is nothing to take.
    func updateTask(_ id: String, as principal: Principal) async throws(ProtocolFault) -> Reply {
        _ = try await knownJob(id, as: principal)
        return Reply([:])
    }

    /// `tasks/list`.
    func listTasks(_ cursor: String?, as principal: Principal) async throws(ProtocolFault) -> Reply {
        try await allow(.status, as: principal)
        let page = try await jobs(cursor, as: principal)
        var fields: [String: JSONValue] = [
            "tasks": .array(
                page.builds.map { .object(TaskView(job: $0, life: settings.taskLife).fields(in: .november2025)) })
        ]
        fields["nextCursor"] = page.nextCursor.map { .string($0) }
        return Reply(fields)
    }

    /// What is done with a task, and told of resources, is what a companion tool does, and under that one's rule.
    func allow(_ tool: ToolName, _ build: String? = nil, as principal: Principal) async throws(ProtocolFault) {
        do throws(ServiceFault) {
            let arguments = build.map { ["build_id": PolicyValue.string($0)] } ?? [:]
            try await service.check(tool: tool.rawValue, arguments: .object(arguments), as: principal)
        } catch {
            throw ProtocolFault(error)
        }
    }

    /// A page of the caller's jobs.
    func jobs(_ cursor: String?, as principal: Principal) async throws(ProtocolFault) -> JobListDocument {
        do throws(ServiceFault) {
            return try await service.jobs(JobQuery(limit: 20, cursor: cursor), as: principal)
        } catch {
            throw ProtocolFault(error.code == .invalidRequest ? .invalidParams : .internalError, error.message)
        }
    }

    private func knownJob(_ id: String, as principal: Principal) async throws(ProtocolFault) -> JobDocument {
        do throws(ServiceFault) {
            return try await service.job(id, as: principal)
        } catch {
            guard error.code == .notFound else { throw ProtocolFault(.internalError, error.message) }
            throw ProtocolFault(.invalidParams, "there is no such task of this caller")
        }
    }

    private func result(
        of id: String, _ revision: Revision, as principal: Principal
    ) async throws(ProtocolFault) -> JSONValue {
        do throws(ServiceFault) {
            return try await report(id, as: principal).output.reply(in: revision)
                .result(in: revision, server: handshake.server)
        } catch {
            throw ProtocolFault(.internalError, error.message)
        }
    }
}
