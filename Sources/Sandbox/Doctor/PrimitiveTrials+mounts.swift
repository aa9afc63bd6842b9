import CLinux
import Glibc
import SandboxProtocol

extension PrimitiveTrials {
    func unshareUser() throws(TrialFault) {
        if identity.privileged {
            try step("unshare the user namespace") { clinux_unshare_user(identity.hostUser, identity.hostGroup) }
            return
        }
        try step("unshare the user namespace") { clinux_unshare(CLINUX_NEWUSER) }
        try write("deny", to: "/proc/self/setgroups", "write /proc/self/setgroups")
        try write(
            "\(identity.insideGroup) \(identity.hostGroup) 1\n", to: "/proc/self/gid_map", "write /proc/self/gid_map")
        try write(
            "\(identity.insideUser) \(identity.hostUser) 1\n", to: "/proc/self/uid_map", "write /proc/self/uid_map")
    }

    func unshareMounts() throws(TrialFault) {
        try step("unshare the mount namespace") { clinux_unshare(CLINUX_NEWNS) }
        try step("make all mounts private") { mount("none", "/", nil, UInt(MS_REC | MS_PRIVATE), nil) }
    }

    func mountNew(
        _ what: StaticString, _ type: String, at path: String, _ flags: UInt, options: String = ""
    ) throws(TrialFault) {
        try step(what) { options.withCString { mount("buildbox", path, type, flags, $0) } }
    }

    func mountScratch() throws(TrialFault) {
        try mountNew("mount a tmpfs", "tmpfs", at: "/tmp", UInt(MS_NOSUID), options: "mode=0755,size=1m,nr_inodes=64")
    }

    func mountTree() throws(TrialFault) {
        try unshareMounts()
        let tree = try step("open_tree /usr") { clinux_clone_tree("/usr", 1) }
        let attributes = UInt64(CLINUX_ATTR_RDONLY | CLINUX_ATTR_NOSUID | CLINUX_ATTR_NODEV)
        try step("mount_setattr") { clinux_set_mount(tree, 1, attributes, -1) }
        try step("move_mount to /tmp") { clinux_attach_tree(tree, AT_FDCWD, "/tmp") }
    }

    func holdProcess() throws(TrialFault) {
        try withPausedProcess("clone3", 0) { _ in }
    }

    func idMap() throws(TrialFault) {
        try unshareMounts()
        try withPausedProcess("clone a user namespace", UInt64(CLINUX_NEWUSER)) { process throws(TrialFault) in
            try write("0 \(identity.hostGroup) 1\n", to: "/proc/\(process)/gid_map", "write a gid_map")
            try write("0 \(identity.hostUser) 1\n", to: "/proc/\(process)/uid_map", "write a uid_map")
            let namespace = try step("open a user namespace") {
                clinux_open("/proc/\(process)/ns/user", O_RDONLY, 0)
            }
            let tree = try step("open_tree /usr") { clinux_clone_tree("/usr", 0) }
            try step("mount_setattr with an id map") {
                clinux_set_mount(tree, 0, UInt64(CLINUX_ATTR_RDONLY), namespace)
            }
        }
    }

    /// Ends the process by its descriptor, whatever becomes of `body`.
    private func withPausedProcess(
        _ what: StaticString, _ flags: UInt64, _ body: (pid_t) throws(TrialFault) -> Void
    ) throws(TrialFault) {
        var pidfd: Int32 = -1
        let child = try step(what) { clinux_clone(flags, -1, &pidfd) }
        if child == 0 {
            while true { pause() }
        }
        var fault: TrialFault?
        do throws(TrialFault) { try body(child) } catch { fault = error }
        do throws(TrialFault) {
            try step("pidfd_send_signal") { clinux_pidfd_signal(pidfd, SIGKILL) }
            var status: Int32 = 0
            var usage = rusage()
            try step("waitid on a pidfd") { clinux_wait_pidfd(pidfd, &status, &usage) }
        } catch {
            kill(child, SIGKILL)
            throw error
        }
        if let fault { throw fault }
    }

    func overlay() throws(TrialFault) {
        try unshareMounts()
        try mountScratch()
        for folder in ["lower", "upper", "work", "merged"] {
            try step("make a folder in a tmpfs") { mkdir("/tmp/\(folder)", 0o755) }
        }
        let options = "lowerdir=/tmp/lower,upperdir=/tmp/upper,workdir=/tmp/work,redirect_dir=on,index=off,metacopy=off"
        try mountNew(
            "mount an overlay with redirect_dir=on", "overlay", at: "/tmp/merged", UInt(MS_NOSUID | MS_NODEV),
            options: options)
    }

    /// A lock on /usr must not be in the way of one on the overlay that shows it.
    func isolateLock() throws(TrialFault) {
        try unshareMounts()
        let host = try step("open /usr") { clinux_open("/usr", O_RDONLY | O_DIRECTORY, 0) }
        try mountScratch()
        for folder in ["/tmp/none", "/tmp/shown"] { try step("make a folder in a tmpfs") { mkdir(folder, 0o755) } }
        try step("enter /usr") { fchdir(host) }
        let attributes = UInt64(CLINUX_ATTR_RDONLY | CLINUX_ATTR_NOSUID | CLINUX_ATTR_NODEV)
        let overlay = try step("mount an overlay over /usr") { clinux_show_tree(".:/tmp/none", attributes) }
        try step("move_mount to /tmp/shown") { clinux_attach_tree(overlay, AT_FDCWD, "/tmp/shown") }
        let shown = try step("open the overlay") { clinux_open("/tmp/shown", O_RDONLY | O_DIRECTORY, 0) }
        // Shared, so that nobody who locks /usr is kept from it.
        try step("lock /usr") { flock(host, LOCK_SH | LOCK_NB) }
        try step("lock the overlay of /usr") { flock(shown, LOCK_EX | LOCK_NB) }
    }

    private func write(_ text: String, to path: String, _ what: StaticString) throws(TrialFault) {
        let file = try step(what) { clinux_open(path, O_WRONLY, 0) }
        try step(what) { text.withCString { Glibc.write(file, $0, text.utf8.count) } }
        close(file)
    }
}
