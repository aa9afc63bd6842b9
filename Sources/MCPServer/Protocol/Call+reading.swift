extension Call {
    /// Understands a request.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - method: Its method's name.
    ///   - params: Its parameters.
    ///   - handshake: The revision that an `initialize` agreed upon; nil where there was none.
    /// - Throws: ``ProtocolFault`` with the request's id.
    init(
        id: RequestID, method: String, params: [String: JSONValue], handshake: Revision?
    ) throws(ProtocolFault) {
        do throws(ProtocolFault) {
            try self.init(id, method, params, handshake)
        } catch {
            var fault = error
            fault.id = id
            throw fault
        }
    }

    private init(
        _ id: RequestID, _ name: String, _ params: [String: JSONValue], _ handshake: Revision?
    ) throws(ProtocolFault) {
        let meta = try Self.meta(params)
        if meta[MetaKey.revision] != nil {
            revision = try Self.statelessRevision(meta)
        } else if name == "initialize" {
            revision = .newestWithHandshake
        } else if let handshake {
            revision = handshake
        } else {
            throw ProtocolFault(
                .invalidParams,
                "say which revision this is: `initialize` first (up to 2025-11-25), or \(MetaKey.revision) and "
                    + "\(MetaKey.capabilities) in params._meta (2026-07-28)")
        }
        self.id = id
        takesTasks = revision.isStateless && Self.declaresTasks(meta)
        progressToken = meta[MetaKey.progressToken].flatMap { RequestID($0) }
        method = try Self.method(name, params, revision)
        if revision.isStateless, method.isOfTasks, !takesTasks {
            throw ProtocolFault(
                .missingClientCapability, "\(name) is for clients that declare the extension \(MetaKey.tasksExtension)",
                data: ["requiredCapabilities": ["extensions": [MetaKey.tasksExtension: [:]]]])
        }
    }

    private static func meta(_ params: [String: JSONValue]) throws(ProtocolFault) -> [String: JSONValue] {
        guard let value = params["_meta"] else { return [:] }
        guard case .object(let meta) = value else {
            throw ProtocolFault(.invalidParams, "params._meta is an object, not \(value.title)")
        }
        return meta
    }

    private static func statelessRevision(_ meta: [String: JSONValue]) throws(ProtocolFault) -> Revision {
        guard let named = meta[MetaKey.revision]?.string else {
            throw ProtocolFault(.invalidParams, "\(MetaKey.revision) is a string")
        }
        guard let revision = Revision(rawValue: named), revision.isStateless else { throw .unsupported(named) }
        guard case .object = meta[MetaKey.capabilities] else {
            throw ProtocolFault(.invalidParams, "params._meta has \(MetaKey.capabilities), an object")
        }
        return revision
    }

    private static func declaresTasks(_ meta: [String: JSONValue]) -> Bool {
        meta[MetaKey.capabilities]?.object?["extensions"]?.object?[MetaKey.tasksExtension] != nil
    }

    private static func method(
        _ name: String, _ params: [String: JSONValue], _ revision: Revision
    ) throws(ProtocolFault) -> Method {
        switch (name, revision.isStateless) {
        case ("initialize", false): return .initialize(requested: try string("protocolVersion", params))
        case ("ping", false): return .ping
        case ("server/discover", true): return .discover
        case ("subscriptions/listen", true):
            guard case .object = params["notifications"] else {
                throw ProtocolFault(.invalidParams, "params.notifications is an object: what to listen for")
            }
            return .listen
        case ("tools/list", _):
            try noCursor(params)
            return .listTools
        case ("tools/call", _): return try toolCall(params, revision)
        case ("resources/list", _): return .listResources(cursor: try cursor(params))
        case ("resources/templates/list", _):
            try noCursor(params)
            return .listResourceTemplates
        case ("resources/read", _): return .readResource(uri: try string("uri", params))
        case ("tasks/get", _) where revision.hasTaskMethods: return .getTask(try string("taskId", params))
        case ("tasks/cancel", _) where revision.hasTaskMethods: return .cancelTask(try string("taskId", params))
        case ("tasks/result", _) where revision.hasCoreTasks: return .taskResult(try string("taskId", params))
        case ("tasks/list", _) where revision.hasCoreTasks: return .listTasks(cursor: try cursor(params))
        case ("tasks/update", true): return .updateTask(try string("taskId", params))
        default:
            throw ProtocolFault(.methodNotFound, "there is no method \(name) in revision \(revision.rawValue) here")
        }
    }

    private static func toolCall(
        _ params: [String: JSONValue], _ revision: Revision
    ) throws(ProtocolFault) -> Method {
        let named = try string("name", params)
        guard let tool = ToolName(rawValue: named) else {
            let known = ToolName.allCases.map(\.rawValue).joined(separator: ", ")
            throw ProtocolFault(.invalidParams, "there is no tool of that name here: tools/list has \(known)")
        }
        let arguments = params["arguments"] ?? [:]
        guard case .object(let arguments) = arguments else {
            throw ProtocolFault(.invalidParams, "params.arguments is an object, not \(arguments.title)")
        }
        // Later revisions leave it to the server: there it is an unknown member.
        let task = revision.hasCoreTasks ? params["task"] : nil
        if let task, task.object == nil {
            throw ProtocolFault(.invalidParams, "params.task is an object, not \(task.title)")
        }
        if task != nil, tool != .build {
            throw ProtocolFault(.methodNotFound, "\(named) answers at once and is not run as a task")
        }
        return .callTool(tool, arguments: arguments, asTask: task != nil)
    }

    private static func string(_ name: String, _ params: [String: JSONValue]) throws(ProtocolFault) -> String {
        guard let text = params[name]?.string else {
            throw ProtocolFault(.invalidParams, "params.\(name) is a string, and required")
        }
        return text
    }

    private static func cursor(_ params: [String: JSONValue]) throws(ProtocolFault) -> String? {
        guard let value = params["cursor"] else { return nil }
        guard let text = value.string else {
            throw ProtocolFault(.invalidParams, "params.cursor is a string that an earlier page gave as nextCursor")
        }
        return text
    }

    private static func noCursor(_ params: [String: JSONValue]) throws(ProtocolFault) {
        guard params["cursor"] == nil else {
            throw ProtocolFault(
                .invalidParams, "params.cursor: this list has one page, so that there is no such cursor")
        }
    }
}

extension Call {
    /// Whether it goes on until a build ends, or until the client is gone.
    var isLong: Bool {
        switch method {
        case .callTool(.build, _, asTask: _), .taskResult, .listen: true
        default: false
        }
    }
}

extension Call.Method {
    var isOfTasks: Bool {
        switch self {
        case .getTask, .cancelTask, .updateTask: true
        default: false
        }
    }
}

extension Revision {
    fileprivate var hasTaskMethods: Bool { hasCoreTasks || isStateless }
}
