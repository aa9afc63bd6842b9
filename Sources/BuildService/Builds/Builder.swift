public import BuildAPI
public import PythonBuild

/// Runs the builds of a service: ``PythonBuilder``, or in tests a stand-in.
public protocol Builder: Sendable {
    /// Refuses what no build could be made of, before a job is made.
    ///
    /// - Throws: ``ServiceFault`` with the code `invalidRequest` and pointers into the document.
    func check(_ document: BuildDocument) throws(ServiceFault)

    /// Runs one build to its end. Cancelling the task ends it, when nothing of it runs any more.
    ///
    /// - Parameters:
    ///   - order: What is built, from where, and where to.
    ///   - events: Called in order, from one thread at a time; it writes to the disk before it returns.
    /// - Returns: How it ended, with the paths of the artifacts in the order's output folder.
    func build(_ order: BuildOrder, events: @escaping @Sendable (BuildEvent) -> Void) async -> BuildResult

    /// Clears away what dead runs left, before the first job: processes, control groups, mounts, folders.
    ///
    /// - Returns: What was done, for the log; nil when there was nothing to do.
    func sweep() async -> String?

    /// Why no build can be contained here, and what to do; nil when one can.
    func obstacle() async -> String?
}
