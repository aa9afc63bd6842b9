import FoundationEssentials

/// One line of the audit log, without its hash.
struct AuditRecord: Codable {
    var seq: UInt64
    var time: Date
    var event: AuditEvent.Name
    var grant: String?
    var subject: String?
    var job: String?
    var decision: AuditEvent.Decision?
    var reason: String?
    var details: [String: String]?
    /// The hash of the line before; of the first, 64 zeros.
    var previous: String

    init(_ event: AuditEvent, sequence: UInt64, time: Date, previous: String) {
        seq = sequence
        self.time = time
        self.event = event.name
        grant = event.grant
        subject = event.subject
        job = event.job
        decision = event.decision
        reason = event.reason
        details = event.details.isEmpty ? nil : event.details
        self.previous = previous
    }
}
