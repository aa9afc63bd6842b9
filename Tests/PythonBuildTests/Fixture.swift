import Foundation
import SystemPackage

enum Fixture {
    static let repository = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()

    static func write(_ text: String, to file: FilePath, executable: Bool = false) throws {
        let folder = file.removingLastComponent().string
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file.string))
        try FileManager.default.setAttributes(
            [.posixPermissions: executable ? 0o755 : 0o644], ofItemAtPath: file.string)
    }

    static func link(_ link: FilePath, to target: FilePath) throws {
        let folder = link.removingLastComponent().string
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: target.string)
    }

    static func size(_ path: FilePath) -> Int {
        let attributes = Result { try FileManager.default.attributesOfItem(atPath: path.string) }
        return (try? attributes.get())?[.size] as? Int ?? 0
    }

    static func exists(_ path: FilePath) -> Bool {
        FileManager.default.fileExists(atPath: path.string)
    }
}
