import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

/// The contained script verify.py on every kind of archive that readers read differently: Tests/Readers/kinds.py has
/// them, and Tests/Readers/readers.json tells how other readers read them.
@Suite struct ReaderTests {
    /// A kind that is judged otherwise ends verdicts.py with another exit code than 0.
    @Test func everyKindIsJudgedAsTheTableSays() throws {
        let folder = try TemporaryFolder()
        for script in [ContainedScript.verify] + ContainedScript.readers {
            try Data(script.bytes).write(to: URL(filePath: folder.path.appending("\(script).py").string))
        }
        let verdicts = Fixture.repository.appending("Tests/Readers/verdicts.py")
        let frontend = try ContainedRun.toolchain().appending("frontend")
        try ContainedRun.python(
            [
                "-I", "-S", verdicts.string, folder.path.appending("verify.py").string, folder.path.string,
                frontend.string,
            ],
            report: "/dev/null")
    }
}
