import Sandbox
import SourceText

/// An examination for people: a line for each finding, and below what does not hold why and what to do.
struct DoctorTable {
    let examination: Examination

    var text: String {
        let host = examination.host
        let user = host.user == 0 ? "root" : "user \(host.user)"
        let width = examination.findings.map(\.name.count).max() ?? 0
        var lines = ["Linux \(host.kernel) on \(host.architecture), \(user), \(host.surroundings)", ""]
        for finding in examination.findings {
            let state = finding.state.rawValue.padded(to: 9)
            lines.append(state + finding.name.padded(to: width + 2) + finding.tried)
            if let cause = finding.cause { lines.append("         cause:  \(cause)") }
            if let remedy = finding.remedy { lines.append("         remedy: \(remedy)") }
        }
        lines += ["", conclusion, ""]
        var terminal = TerminalText()
        let safe = terminal.safe(Array(lines.joined(separator: "\n").utf8))
        return String(decoding: safe, as: UTF8.self)
    }

    private var conclusion: String {
        if examination.fullStrength { return "Builds run here at full strength." }
        let lacking = examination.findings.filter { $0.required && $0.state != .good }.map(\.name)
        return "Builds do not run here at full strength: \(lacking.joined(separator: ", "))."
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
