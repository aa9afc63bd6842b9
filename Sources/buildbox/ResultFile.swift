import ArgumentParser
import Foundation
import PythonBuild
import SystemPackage

/// The file of `--result-file`: the old document or the new one, never half of it.
struct ResultFile {
    let path: FilePath

    func write(_ result: BuildResult) throws {
        do {
            try Data(try result.document().utf8).write(to: URL(filePath: path.string), options: .atomic)
        } catch {
            throw ValidationError("--result-file: cannot write \(path): \(error.localizedDescription)")
        }
    }
}
