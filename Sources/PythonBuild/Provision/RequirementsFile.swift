import Sandbox
import SandboxProtocol

/// A file that the installer reads its requirements or constraints from. The installer takes options, URLs and paths
/// there as well, so a file is made of parsed values alone, and never of text.
struct RequirementsFile: Equatable, Sendable {
    let text: String

    init(_ requirements: [Requirement]) {
        text = requirements.map { "\($0.text)\n" }.joined()
    }

    /// One line for each wheel: exactly this version, and exactly this file.
    init(pinning wheels: [LockedWheel]) throws(Requirement.Refusal) {
        var lines = ""
        for wheel in wheels { lines += "\(try wheel.requirement.text) --hash=sha256:\(wheel.sha256)\n" }
        text = lines
    }

    var isEmpty: Bool { text.isEmpty }

    func mount(at path: String) -> MountStep { .file(at: path, text: text) }
}
