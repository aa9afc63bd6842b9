import Foundation
import SystemPackage

/// A folder that goes when its owner does.
final class TemporaryFolder: Sendable {
    let path: FilePath

    init() throws {
        path = FilePath(NSTemporaryDirectory()).appending("buildbox-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: false)
    }

    deinit {
        _ = Result { try FileManager.default.removeItem(atPath: path.string) }
    }
}
