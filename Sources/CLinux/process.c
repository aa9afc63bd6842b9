#include "CLinux.h"

#include <linux/sched.h>
#include <sched.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
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
_Static_assert(sizeof(struct clone_args) >= 88, "clone3 arguments");

pid_t clinux_clone(uint64_t flags, int cgroup, int *pidfd) {
    struct clone_args arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.flags = flags | CLONE_PIDFD;
    arguments.pidfd = (uint64_t)(uintptr_t)pidfd;
    arguments.exit_signal = SIGCHLD;
    if (cgroup >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)cgroup;
    }
    return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
}

pid_t clinux_fork(void) { return fork(); }
int clinux_unshare(int flags) { return unshare(flags); }
int clinux_setns(int namespace, int flags) { return setns(namespace, flags); }

int clinux_pidfd_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

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

// What the two kinds of child have in common: default signals, a session of their own, and of
// the caller's descriptors only those that `files[n]` names for number n (-1 is none).
static int spawn_session(pid_t *pid, const char *path, const char *directory, const int *files, int count,
                         char *const *arguments, char *const *environment) {
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
    for (int number = 0; number < count && code == 0; number++) {
        if (files[number] >= 0) {
            code = posix_spawn_file_actions_adddup2(&actions, files[number], number);
        } else if (number <= 2) {
            code = posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0);
        } else {
            // One that this process inherited itself; it is no fault where there is none.
            code = posix_spawn_file_actions_addclose(&actions, number);
        }
    }
    if (code == 0) code = posix_spawn_file_actions_addclosefrom_np(&actions, count);
    if (code == 0) code = posix_spawn_file_actions_addchdir_np(&actions, directory);
    if (code == 0) code = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

int clinux_start(pid_t *pid, const char *directory, int report, int terminal, char *const *arguments,
                 char *const *environment) {
    volatile int failure = 0;
    pid_t child = vfork();
    if (child < 0) return errno;
    if (child == 0) {
        // The parent's memory, until execve: nothing is written but `failure`.
        int null = -1;
        unsigned first = report >= 0 ? 4 : 3;
        if (setsid() < 0 || (report >= 0 && report != 3 && dup2(report, 3) < 0) ||
            (report == 3 && fcntl(3, F_SETFD, 0) < 0) || (terminal && ioctl(0, TIOCSCTTY, 0) < 0) ||
            (!terminal && ((null = open("/dev/null", O_RDWR)) < 0 || (null != 0 && dup2(null, 0) < 0))) ||
            syscall(SYS_close_range, first, ~0U, 0) < 0 || chdir(directory) < 0 ||
            execve(arguments[0], arguments, environment) < 0) {
            failure = errno;
        }
        _exit(127);
    }
    if (failure != 0) {
        waitpid(child, NULL, 0);
        return failure;
    }
    *pid = child;
    return 0;
}

int clinux_spawn_program(pid_t *pid, const char *directory, int output, char *const *arguments,
                         char *const *environment) {
    volatile int failure = 0;
    sigset_t all, none, before;
    struct sigaction usual;
    memset(&usual, 0, sizeof usual);
    usual.sa_handler = SIG_DFL;
    sigfillset(&all);
    sigemptyset(&none);
    pid_t caller = getpid();
    int raised = fcntl(output, F_DUPFD_CLOEXEC, 10);
    if (raised < 0) return errno;
    // The child has the parent's memory until execve: none of the parent's handlers may run in it.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t child = vfork();
    if (child == 0) {
        int null = -1;
        // Those that cannot be set (SIGKILL, glibc's own) are as they must be.
        for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &usual, NULL);
        if (setsid() < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || (null = open("/dev/null", O_RDWR)) < 0 ||
            dup2(null, 0) < 0 || dup2(raised, 1) < 0 || dup2(null, 2) < 0 || syscall(SYS_close_range, 3, ~0U, 0) < 0 ||
            chdir(directory) < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0) {
            failure = errno;
        } else if (getppid() == caller) {
            execve(arguments[0], arguments, environment);
            failure = errno;
        }
        _exit(127);
    }
    if (child < 0) failure = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(raised);
    if (child > 0 && failure != 0) waitpid(child, NULL, 0);
    if (failure != 0) return failure;
    *pid = child;
    return 0;
}

int clinux_spawn_launcher(pid_t *pid, const char *path, int control, int input, int output, int errors, int report,
                          int record) {
    // Copied out of the way of the numbers that they get.
    int wanted[] = {input, output, errors, control, report, record};
    int raised[] = {-1, -1, -1, -1, -1, -1};
    int count = 6, code = 0;
    for (int number = 0; number < count && code == 0; number++) {
        if (wanted[number] < 0) continue;
        raised[number] = fcntl(wanted[number], F_DUPFD_CLOEXEC, 10);
        if (raised[number] < 0) code = errno;
    }
    char *arguments[] = {"buildbox-launcher", "3", "3", NULL};
    char *environment[] = {NULL};
    if (code == 0) code = spawn_session(pid, path, "/", raised, count, arguments, environment);
    for (int number = 0; number < count; number++) {
        if (raised[number] >= 0) close(raised[number]);
    }
    return code;
}
