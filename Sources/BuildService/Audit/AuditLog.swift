import BuildAPI
public import SystemPackage

/// The audit log: JSON lines, each with the SHA-256 of the one before. Several processes may append.
public final class AuditLog: Sendable {
    /// Checks a log from its first line to its last: that each line follows from the one before, and that the
    /// head that the database knows is among them, so that a cut tail is seen.
    ///
    /// - Parameter home: $BUILDBOX_HOME.
    /// - Throws: ``ServiceFault`` when log or database cannot be read.
    public static func verify(home: FilePath) async throws(ServiceFault) -> AuditReport {
        throw ServiceFault(.internalFault, "not there yet")
    }
}
