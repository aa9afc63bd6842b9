extension PythonBuild {
    /// Packs a folder of this host into an archive, in a sandbox that only reads it. The archive depends on the
    /// folder's content alone. `.git` is part of it; links are kept as links and never followed.
    ///
    /// - Throws: ``BuildFailure``: `invalidRequest` for a folder that is not there, not below the root, or cannot
    ///   be packed; `limit` for one that is too large; `internalFault` for a destination that cannot be written;
    ///   what ``run(_:events:)`` reports where there is no sandbox. The destination is not there then.
    public func pack(_ request: PackRequest) async throws(BuildFailure) -> PackedFolder {
        throw BuildFailure(.internalFault, "folders cannot be packed yet")
    }
}
