import Policy
import SourceText
import SystemPackage

/// What `buildbox policy check` says of a file.
struct PolicyReport: Encodable {
    struct Fault: Encodable {
        var line: Int
        var column: Int
        var message: String
        /// The value at fault (RFC 6901).
        var pointer: String?
    }

    var file: String
    var good: Bool
    var digest: String?
    var faults: [Fault]
    var remarks: [String]
    /// For people.
    var lines: [String]

    private enum CodingKeys: String, CodingKey {
        case file, good, digest, faults, remarks
    }

    init(checking path: FilePath) {
        file = path.string
        do throws(PolicyFaults) {
            let policy = try Policy(contentsOf: path)
            good = true
            digest = policy.digest
            faults = []
            remarks = policy.foreignTools.map { tool in
                let guess = tool.meant.map { ": did you mean \(quoted($0))?" } ?? ""
                return "buildbox has no tool \(quoted(tool.name))\(guess)"
            }
            lines = ["\(path): good: sha256 \(policy.digest)"] + remarks.map { "\(path): remark: \($0)" }
        } catch {
            good = false
            faults = error.faults.map { fault in
                Fault(
                    line: fault.position.line, column: fault.position.column, message: fault.message,
                    pointer: fault.pointer)
            }
            remarks = []
            lines = error.faults.map { "\(path):\($0)" }
        }
    }
}
