/// The tools that this server has.
public enum ToolName: String, CaseIterable, Sendable {
    case build = "python_build"
    case status = "python_build_status"
    case logs = "python_build_logs"
    case cancel = "python_build_cancel"
}
