import Glibc

/// Why no thread can be started here; nil where one can. Asked before anything waits for one: where a
/// filter around buildbox refuses clone3(2) with EPERM, the C library does not fall back to clone(2) as
/// it does after ENOSYS, and Dispatch tries again for ever.
func threadRefusal() -> String? {
    var thread = pthread_t()
    let code = pthread_create(&thread, nil, { _ in nil }, nil)
    guard code != 0 else {
        pthread_join(thread, nil)
        return nil
    }
    let cause = "cannot start a thread: \(String(cString: strerror(code)))."
    guard code == EPERM else { return cause }
    return cause
        + " A seccomp filter around buildbox answers clone3(2) with EPERM. With ENOSYS the C library would do without"
        + " it: use a container runtime that does so (Docker 20.10.10, runc 1.0 with libseccomp 2.5, or later), or"
        + " allow clone3 in its seccomp profile."
}
