import Foundation
import SystemPackage

/// This build's executables, the profiles and the toolchain, copied to a folder that every user can read.
struct Installed {
    let folder: FilePath

    static let shared = Result { try Installed() }

    private init() throws {
        let products = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .removingLastComponent()
        guard let toolchain = ProcessInfo.processInfo.environment["BUILDBOX_TOOLCHAIN"] else {
            throw Missing(what: "BUILDBOX_TOOLCHAIN is not set: run the tests through scripts/test")
        }
        folder = FilePath("/tmp/buildbox-installed-\(getpid())")
        try EndToEnd.host(["/bin/rm", "-rf", folder.string])
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        for name in ["buildbox", "buildbox-launcher"] {
            try EndToEnd.host(["/bin/cp", products.appending(name).string, folder.string])
        }
        try EndToEnd.host(["/bin/cp", "-r", EndToEnd.repository.appending("sandbox-profiles").string, folder.string])
        try EndToEnd.host(["/bin/cp", "-r", toolchain, folder.appending("toolchain").string])
        try EndToEnd.host(["/bin/chmod", "-R", "a+rX", folder.string])
        for user in EndToEnd.User.available {
            try FileManager.default.createDirectory(atPath: home(user).string, withIntermediateDirectories: true)
            if user == .ordinary, geteuid() == 0 {
                try EndToEnd.host(["/bin/chown", "65534:65534", home(user).string])
            }
        }
        atexit { _ = try? EndToEnd.host(["/bin/rm", "-rf", "/tmp/buildbox-installed-\(getpid())"]) }
    }

    /// The state folder of a user, shared by its tests.
    func home(_ user: EndToEnd.User) -> FilePath { folder.appending("home-\(user.rawValue)") }

    struct Missing: Error {
        let what: String
    }
}
