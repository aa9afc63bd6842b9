import Foundation
import SourceText

/// What a client reads of a problem document (RFC 9457): less than ours have, so that those of a newer server or of a
/// gateway are understood too.
struct Problem: Decodable {
    struct Fault: Decodable {
        var pointer: String
        var detail: String
    }

    var title: String?
    var detail: String?
    var code: String?
    var errors: [Fault]?

    /// Nil for what is no such document.
    init?(_ bytes: Data) {
        guard let problem = try? JSONDecoder().decode(Self.self, from: bytes),
            problem.title != nil || problem.detail != nil
        else { return nil }
        self = problem
    }

    /// For people: what is wrong, then each part of the request that is at fault, one a line.
    var message: String {
        let faults = (errors ?? []).map { "\n\(ForeignText.mark)\($0.pointer): \($0.detail)" }.joined()
        return (detail ?? title ?? "refused") + faults
    }
}
