import Sandbox
import SandboxProtocol
import SourceText
import SystemPackage

/// What `buildbox profile check` says of a file.
struct ProfileReport: Encodable {
    struct Fault: Encodable {
        var line: Int
        var column: Int
        var message: String
    }

    var file: String
    var good: Bool
    var callsAllowed: Int?
    var callsDecidedByArgument: Int?
    var digest: String?
    var faults: [Fault]
    /// For people.
    var lines: [String]

    private enum CodingKeys: String, CodingKey {
        case file, good, callsAllowed, callsDecidedByArgument, digest, faults
    }

    init(checking path: FilePath) {
        file = path.string
        do throws(ProfileFaults) {
            let profile = try SandboxProfile(checking: path)
            good = true
            callsAllowed = profile.allowedCalls
            callsDecidedByArgument = profile.callsDecidedByArgument
            digest = profile.digest
            faults = []
            lines = [
                "\(path): good: \(profile.allowedCalls) system calls allowed, \(profile.callsDecidedByArgument) decided "
                    + "by argument, \(profile.hidden.count) paths hidden, \(profile.required.layers.count) layers required"
            ]
        } catch {
            good = false
            faults = error.faults.map {
                Fault(line: $0.position.line, column: $0.position.column, message: $0.message)
            }
            lines = error.faults.map { "\(path):\($0)" }
        }
    }
}
