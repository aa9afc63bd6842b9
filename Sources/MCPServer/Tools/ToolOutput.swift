import BuildAPI
import BuildService

/// What a tool answers: a few words for the model, the same for programs, and links to what there is to read.
struct ToolOutput: Equatable {
    var text: String
    /// Fits the tool's `outputSchema`.
    var structured: [String: JSONValue]
    var isError = false
    var links: [ResourceLink] = []

    func reply(in revision: Revision, meta: JSONValue? = nil) -> Reply {
        var content: [JSONValue] = [Self.block(text)]
        var fields: [String: JSONValue] = ["isError": .boolean(isError)]
        if revision.hasStructuredContent {
            content += links.map(\.block)
            fields["structuredContent"] = .object(structured)
        } else {
            // What this revision has no place for, as text.
            content.append(Self.block(JSONValue.object(structured).text))
        }
        fields["content"] = .array(content)
        fields["_meta"] = meta
        return Reply(fields)
    }

    private static func block(_ text: String) -> JSONValue { ["type": "text", "text": .string(text)] }
}

extension ToolOutput {
    /// A call that was not carried out: a policy's denial, a limit, a fault in its arguments.
    init(rejected fault: ServiceFault) {
        var error: [String: JSONValue] = ["code": .string(fault.code.rawValue), "message": .string(fault.message)]
        if let decision = fault.decision {
            error["rule"] = .string(decision.rule)
            error["policy_digest"] = .string(decision.policyDigest)
        }
        error["retry_after_s"] = fault.retryAfter.map { .integer(Int64($0)) }
        if !fault.faults.isEmpty {
            error["arguments"] = .array(
                fault.faults.map { ["pointer": .string($0.pointer), "detail": .string($0.detail)] })
        }
        structured = ["status": "rejected", "error": .object(error)]
        text = "Not carried out (\(fault.code.rawValue)): \(fault.message)"
        if let rule = fault.decision?.rule { text += "\nThe policy's rule: \(rule)" }
        if let seconds = fault.retryAfter { text += "\nTry again in \(seconds) s." }
        isError = true
    }

    init(rejected faults: ArgumentReader.Faults) {
        let lines = faults.all.map { "\($0.pointer.isEmpty ? "arguments" : $0.pointer): \($0.detail)" }
        self.init(
            rejected: ServiceFault(.invalidRequest, lines.joined(separator: "; "), faults: faults.all))
    }
}
