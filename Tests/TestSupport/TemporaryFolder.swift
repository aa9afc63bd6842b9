import Foundation
public import SystemPackage

/// A folder that goes when its owner does.
public final class TemporaryFolder: Sendable {
    public let path: FilePath

    /// Makes the folder.
    ///
    /// - Throws: What FileManager throws when it cannot.
    public init() throws {
        path = FilePath(NSTemporaryDirectory()).appending("buildbox-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: false)
    }

    deinit {
        _ = Result { try FileManager.default.removeItem(atPath: path.string) }
    }
}
