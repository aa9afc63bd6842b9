import BuildService
import HTTPTypes
import Policy

extension Route {
    /// The tool for which a policy decides on a request that looks at jobs or ends them, as it does where agents call
    /// the tool itself. Builds are decided on where they are admitted.
    func tool(_ method: HTTPRequest.Method) -> String? {
        switch self {
        case .builds where method != .post: "python_build_status"
        case .build where method != .delete: "python_build_status"
        case .result, .artifact: "python_build_status"
        case .log, .events: "python_build_logs"
        case .cancel: "python_build_cancel"
        default: nil
        }
    }

    /// What the tool is given: which build.
    var toolArguments: PolicyValue {
        switch self {
        case .build(let id), .result(let id), .artifact(let id, _), .log(let id), .events(let id), .cancel(let id):
            .object(["build_id": .string(id)])
        default: .object([:])
        }
    }
}
