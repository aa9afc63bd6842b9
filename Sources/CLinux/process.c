#include "CLinux.h"

#include <linux/sched.h>
#include <sched.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

_Static_assert(CLINUX_NEWNS == CLONE_NEWNS, "mount namespace flag");
_Static_assert(CLINUX_NEWCGROUP == CLONE_NEWCGROUP, "cgroup namespace flag");
_Static_assert(CLINUX_NEWUTS == CLONE_NEWUTS, "uts namespace flag");
_Static_assert(CLINUX_NEWIPC == CLONE_NEWIPC, "ipc namespace flag");
_Static_assert(CLINUX_NEWUSER == CLONE_NEWUSER, "user namespace flag");
_Static_assert(CLINUX_NEWPID == CLONE_NEWPID, "pid namespace flag");
_Static_assert(CLINUX_NEWNET == CLONE_NEWNET, "network namespace flag");
_Static_assert(sizeof(struct clone_args) >= 64, "clone3 arguments");

pid_t clinux_clone(uint64_t flags, int *pidfd) {
    struct clone_args arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.flags = flags | CLONE_PIDFD;
    arguments.pidfd = (uint64_t)(uintptr_t)pidfd;
    arguments.exit_signal = SIGCHLD;
    return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
}

int clinux_unshare(int flags) { return unshare(flags); }

int clinux_pidfd_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int clinux_wait_pidfd(int pidfd, int *status, struct rusage *usage) {
    siginfo_t information;
    memset(&information, 0, sizeof information);
    // The raw call: glibc's waitid(3) has no place for the resource usage.
    int result = (int)syscall(SYS_waitid, P_PIDFD, pidfd, &information, WEXITED, usage);
    if (result == 0) {
        *status = information.si_code == CLD_EXITED ? (information.si_status & 0xff) << 8 : information.si_status & 0x7f;
    }
    return result;
}

int clinux_exited(int status) { return WIFEXITED(status); }
int clinux_exit_code(int status) { return WEXITSTATUS(status); }
int clinux_term_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

int clinux_close_range(unsigned first, unsigned last) { return (int)syscall(SYS_close_range, first, last, 0); }

int clinux_spawn(pid_t *pid, const char *directory, int report, char *const *arguments, char *const *environment) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0) return code;
    code = posix_spawnattr_init(&attributes);
    if (code != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return code;
    }
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    // Each of these fails for want of memory only.
    code = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (code == 0 && report >= 0) code = posix_spawn_file_actions_adddup2(&actions, report, 3);
    if (code == 0) code = posix_spawn_file_actions_addclosefrom_np(&actions, report >= 0 ? 4 : 3);
    if (code == 0) code = posix_spawn_file_actions_addchdir_np(&actions, directory);
    if (code == 0) code = posix_spawn(pid, arguments[0], &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

// Copies a descriptor out of the way of the fixed numbers below; -1 stays -1.
static int raise_descriptor(int descriptor) {
    return descriptor < 0 ? -1 : fcntl(descriptor, F_DUPFD_CLOEXEC, 10);
}

int clinux_spawn_launcher(pid_t *pid, const char *path, int control, int output, int errors, int report) {
    int raised[4] = {raise_descriptor(output), raise_descriptor(errors), raise_descriptor(control),
                     raise_descriptor(report)};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int code = raised[0] < 0 || raised[1] < 0 || raised[2] < 0 || (report >= 0 && raised[3] < 0) ? EMFILE : 0;
    if (code == 0) code = posix_spawn_file_actions_init(&actions);
    if (code == 0) {
        code = posix_spawnattr_init(&attributes);
        if (code != 0) posix_spawn_file_actions_destroy(&actions);
    }
    if (code == 0) {
        sigset_t all, none;
        sigfillset(&all);
        sigemptyset(&none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setsigmask(&attributes, &none);
        // A session of its own: Ctrl-C reaches the supervisor alone, which then ends the run in order.
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
        code = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        for (int index = 0; index < 4 && code == 0; index++) {
            if (raised[index] >= 0) code = posix_spawn_file_actions_adddup2(&actions, raised[index], index + 1);
        }
        if (code == 0) code = posix_spawn_file_actions_addclosefrom_np(&actions, report >= 0 ? 5 : 4);
        char *arguments[] = {"buildbox-launcher", "3", "3", NULL};
        char *environment[] = {NULL};
        if (code == 0) code = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
    }
    for (int index = 0; index < 4; index++) {
        if (raised[index] >= 0) close(raised[index]);
    }
    return code;
}
