import Foundation
import PythonBuild
import SystemPackage

/// The file of `--result-file`: the old document or the new one, never half of it.
struct ResultFile {
    let path: FilePath

    /// Writes the document; what went wrong, where something did.
    func write(_ result: BuildResult) -> String? {
        do {
            try Data(try result.document().utf8).write(to: URL(filePath: path.string), options: .atomic)
            return nil
        } catch {
            return "--result-file: cannot write \(path): \(error.localizedDescription)"
        }
    }
}
