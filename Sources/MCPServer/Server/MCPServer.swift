import BuildAPI
public import BuildService
import Policy

/// The tool `python_build` and what belongs to it, for the Model Context Protocol: takes calls that a transport read and
/// carries them out with a ``BuildService``. The same in all revisions; ``Reply`` gives each its form.
public final class MCPServer: Sendable {
    /// Sends a notification that belongs to a call; returns when it is on its way.
    public typealias Notify = @Sendable (JSONValue) async -> Void

    let service: BuildService
    let settings: ServerSettings
    let roots: AllowedRoots
    let deliveries: Deliveries
    public let handshake: Handshake

    public init(service: BuildService, settings: ServerSettings) {
        self.service = service
        self.settings = settings
        roots = AllowedRoots(settings.roots)
        deliveries = Deliveries(service: service)
        handshake = Handshake(version: settings.version)
    }

    /// Carries out a call. Cancelling the task cancels the call: the build that it waits for ends, and when this returns
    /// nothing of it runs any more.
    ///
    /// - Returns: What the call is answered with; of no use once it was cancelled.
    public func perform(_ call: Call, as principal: Principal, notify: @escaping Notify) async -> Result<
        Reply, ProtocolFault
    > {
        await Result { () async throws(ProtocolFault) in
            switch call.method {
            case .initialize(let requested):
                guard let fields = handshake.initializeResult(handshake.revision(for: requested)).object else {
                    throw ProtocolFault(.internalError, "the server could not say what it is")
                }
                return Reply(fields)
            case .discover: return handshake.discoverReply
            case .ping: return Reply([:])
            case .listTools: return ToolCatalog.standard.reply(for: call.revision) { !service.hides($0.rawValue) }
            case .callTool(let tool, let arguments, let asTask):
                return await perform(tool, arguments, asTask: asTask, call, principal, notify)
            case .listResources(let cursor): return try await listResources(cursor, as: principal)
            case .listResourceTemplates: return Self.resourceTemplates
            case .readResource(let uri): return try await readResource(uri, call.revision, as: principal)
            case .getTask(let id): return try await task(id, call.revision, as: principal)
            case .taskResult(let id): return try await taskResult(id, call, as: principal, notify)
            case .cancelTask(let id): return try await cancelTask(id, call.revision, as: principal)
            case .updateTask(let id): return try await updateTask(id, as: principal)
            case .listTasks(let cursor): return try await listTasks(cursor, as: principal)
            case .listen: return await listen(call, notify)
            }
        }
    }

    private func perform(
        _ tool: ToolName, _ arguments: [String: JSONValue], asTask: Bool, _ call: Call, _ principal: Principal,
        _ notify: @escaping Notify
    ) async -> Reply {
        do {
            switch tool {
            case .build: return try await build(arguments, asTask: asTask, call, as: principal, notify)
            case .status, .logs, .cancel:
                try await service.check(
                    tool: tool.rawValue, arguments: JSONValue.object(arguments).policyValue, as: principal)
            }
            switch tool {
            case .logs: return try await logs(arguments, as: principal).reply(in: call.revision)
            case .cancel: return try await cancel(arguments, as: principal).reply(in: call.revision)
            default: return try await status(arguments, as: principal).reply(in: call.revision)
            }
        } catch let faults as ArgumentReader.Faults {
            return ToolOutput(rejected: faults).reply(in: call.revision)
        } catch let fault as ServiceFault {
            return ToolOutput(rejected: fault).reply(in: call.revision)
        } catch {
            // Cancelled: nobody reads it.
            return ToolOutput(rejected: ServiceFault(.internalFault, "the call was cancelled")).reply(in: call.revision)
        }
    }

    /// Holds a stream open until the client closes it. Nothing that this server has says when it changes.
    private func listen(_ call: Call, _ notify: Notify) async -> Reply {
        let subscription: JSONValue = [MetaKey.subscription: call.id.value]
        await notify(
            Outgoing.notification(
                "notifications/subscriptions/acknowledged", ["_meta": subscription, "notifications": [:]]))
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: .seconds(3600))
            } catch {
                break
            }
        }
        return Reply(["_meta": subscription])
    }
}

extension Result where Failure == ProtocolFault {
    init(catching body: () async throws(ProtocolFault) -> Success) async {
        do throws(ProtocolFault) {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
