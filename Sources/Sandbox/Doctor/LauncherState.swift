/// What became of a launcher that was started and given an order that it must refuse.
enum LauncherState: Equatable, Sendable {
    case answers
    case absent
    case notExecutable
    case cannotStart(String)
    case silent(seconds: Int)
    /// It ended, or said something that no launcher says.
    case nonsense
}
