// System calls and macros that Swift cannot spell: calls without a libc wrapper on the oldest
// supported glibc (2.36), variadic functions, and control messages. Every function returns what
// the system call returns and leaves its error in errno; none of them decides anything.
#ifndef CLINUX_H
#define CLINUX_H

#include <errno.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

// Namespaces, processes (clone(2), pidfd_open(2), waitid(2)).

#define CLINUX_NEWTIME 0x00000080
#define CLINUX_NEWNS 0x00020000
#define CLINUX_NEWCGROUP 0x02000000
#define CLINUX_NEWUTS 0x04000000
#define CLINUX_NEWIPC 0x08000000
#define CLINUX_NEWUSER 0x10000000
#define CLINUX_NEWPID 0x20000000
#define CLINUX_NEWNET 0x40000000

/// Forks into the namespaces of `flags` and, unless -1, into the version 2 control group whose
/// folder is `cgroup`. Returns 0 in the child; in the parent the child's pid, and its pidfd in
/// `pidfd`. Only for single-threaded callers.
pid_t clinux_clone(uint64_t flags, int cgroup, int *pidfd);
/// fork(2). The child has one thread: it stays away from locks that another thread may have held.
pid_t clinux_fork(void);
int clinux_unshare(int flags);
int clinux_setns(int namespace, int flags);
/// A descriptor of a process, close-on-exec.
int clinux_pidfd_open(pid_t pid);
int clinux_pidfd_signal(int pidfd, int signal);
/// waitid(P_PIDFD, WEXITED). `status` gets the wait(2)-style status, `usage` the child's resources.
int clinux_wait_pidfd(int pidfd, int *status, struct rusage *usage);
int clinux_exited(int status);
int clinux_exit_code(int status);
int clinux_term_signal(int status);
int clinux_close_range(unsigned first, unsigned last);
/// Starts a program from a process without threads or signal handlers, in a new session and in
/// `directory`, with stdin from /dev/null, stdout and stderr as they are, `report` (unless -1) as
/// descriptor 3, and no other descriptor. With `terminal` stdin stays too, and becomes the
/// controlling terminal of the session. vfork(2), since posix_spawn(3) would ask about each
/// signal. Returns 0 or the error number.
int clinux_start(pid_t *pid, const char *directory, int report, int terminal, char *const *arguments,
                 char *const *environment);
/// posix_spawn(3) of the launcher `path` in a new session with an empty environment and its
/// descriptors alone: `input` (/dev/null for -1) as 0, `output` as 1, `errors` as 2, `control` as 3,
/// `report` (unless -1) as 4, `record` (unless -1) as 5.
/// Its arguments are "3 3". Returns 0 or the error number.
int clinux_spawn_launcher(pid_t *pid, const char *path, int control, int input, int output, int errors, int report,
                          int record);

/// Starts a program in `directory` in a new session, with stdin and stderr on /dev/null, `output` as stdout and no
/// other descriptor. It dies with the thread that started it (PR_SET_PDEATHSIG). Returns 0 or the error number.
int clinux_spawn_program(pid_t *pid, const char *directory, int output, char *const *arguments,
                         char *const *environment);

// Terminals (pty(7), ioctl_tty(2)).

/// A new pair of terminals, both close-on-exec: `near` (non-blocking) is the master, `far` the one
/// that a program gets.
int clinux_open_terminal(int *near, int *far);
/// The size of the terminal `from` for the terminal `to`: rows and columns.
int clinux_copy_window_size(int from, int to);

// Mounts (open_tree(2), move_mount(2), mount_setattr(2), pivot_root(2)).

/// A detached copy of the mount at `path`, and when `recursive` of every mount below it.
int clinux_clone_tree(const char *path, int recursive);
/// The same of `path` below `folder`, or of `folder` itself where `path` is empty.
int clinux_clone_tree_at(int folder, const char *path, int recursive);
/// Mounts a detached tree over `path`, or over the descriptor `target` where `path` is empty.
int clinux_attach_tree(int tree, int target, const char *path);
/// Sets mount attributes on the tree `fd` and, when `recursive`, on everything below it. `idmap` is a user namespace's
/// descriptor, or -1 for none. The tree becomes private: what is mounted on the copy of a shared mount would appear
/// on the host as well (mount_namespaces(7)).
int clinux_set_mount(int fd, int recursive, uint64_t set, int idmap);
int clinux_pivot_root(const char *new_root, const char *put_old);
/// A detached, read-only overlay without an upper layer (fsopen(2), fsmount(2)). `layers` are its
/// lower layers, topmost first, as in the mount option `lowerdir`; `attributes` are the mount's.
int clinux_show_tree(const char *layers, uint64_t attributes);

#define CLINUX_ATTR_RDONLY 0x01
#define CLINUX_ATTR_NOSUID 0x02
#define CLINUX_ATTR_NODEV 0x04
#define CLINUX_ATTR_NOEXEC 0x08

// Files (openat2(2)).

#define CLINUX_RESOLVE_NO_XDEV 0x01
#define CLINUX_RESOLVE_NO_MAGICLINKS 0x02
#define CLINUX_RESOLVE_NO_SYMLINKS 0x04
#define CLINUX_RESOLVE_BENEATH 0x08
#define CLINUX_RESOLVE_IN_ROOT 0x10
#define CLINUX_O_PATH 0x200000
int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int clinux_open(const char *path, int flags, unsigned mode);
/// Space and inodes of the file system of `descriptor` (fstatfs(2)).
struct clinux_space {
    uint64_t used_bytes, free_bytes, used_inodes, free_inodes;
};
int clinux_space(int descriptor, struct clinux_space *space);
/// 1 where the mount that `descriptor` lies on lets no program be started (noexec), 0 elsewhere.
int clinux_is_noexec(int descriptor);
/// syncfs(2): everything of the file system of `descriptor` is on the disk when it returns.
int clinux_sync_file_system(int descriptor);
int clinux_openat(int directory, const char *path, int flags, unsigned mode);

// Privileges (prctl(2), seccomp(2)).

int clinux_no_new_privileges(void);
int clinux_parent_death_signal(int signal);
int clinux_not_dumpable(void);
/// Empties the ambient set of capabilities (PR_CAP_AMBIENT_CLEAR_ALL of prctl(2)).
int clinux_clear_ambient(void);
/// Loads a classic BPF program (`count` instructions of 8 bytes) as this thread's seccomp filter.
int clinux_load_filter(const void *program, unsigned short count);
int clinux_set_groups_empty(void);
int clinux_set_user(uid_t user, gid_t group);
/// Unshares a user namespace that belongs to `user` and `group`, so that the kernel counts what it
/// uses as theirs, not as root's. For callers with CAP_SETUID, CAP_SETGID and CAP_SETPCAP.
int clinux_unshare_user(uid_t user, gid_t group);
/// Drops every capability of the bounding set, then those of this thread (capabilities(7)).
int clinux_drop_capabilities(void);
int clinux_set_limit(int resource, uint64_t soft, uint64_t hard);
int clinux_get_limit(int resource, uint64_t *soft, uint64_t *hard);

// Landlock (landlock(7), Linux 5.13 and later).

#define CLINUX_LANDLOCK_EXECUTE 0x1
#define CLINUX_LANDLOCK_WRITE_FILE 0x2
#define CLINUX_LANDLOCK_READ_FILE 0x4
#define CLINUX_LANDLOCK_READ_DIR 0x8
#define CLINUX_LANDLOCK_MAKE_CHAR 0x40
#define CLINUX_LANDLOCK_MAKE_BLOCK 0x800
#define CLINUX_LANDLOCK_REFER 0x2000
#define CLINUX_LANDLOCK_TRUNCATE 0x4000
#define CLINUX_LANDLOCK_IOCTL_DEVICE 0x8000
#define CLINUX_LANDLOCK_BIND_TCP 0x1
#define CLINUX_LANDLOCK_CONNECT_TCP 0x2
#define CLINUX_LANDLOCK_SCOPE_ABSTRACT_SOCKET 0x1
#define CLINUX_LANDLOCK_SCOPE_SIGNAL 0x2
/// The version of the kernel's interface, 1 and up. ENOSYS: not built in; EOPNOTSUPP: switched off.
int clinux_landlock_abi(void);
/// A ruleset that refuses everything it names until a rule allows it.
int clinux_landlock_create(uint64_t files, uint64_t network, uint64_t scoped);
/// Allows `access` to the folder or file `folder` and what is below it.
int clinux_landlock_allow(int ruleset, int folder, uint64_t access);
/// Puts this thread and its future children under the ruleset. Needs no_new_privs.
int clinux_landlock_restrict(int ruleset);

// Network (netdevice(7)).

int clinux_loopback_up(void);
/// A close-on-exec TCP socket that listens on `port` of 127.0.0.1 in this process's network namespace.
int clinux_listen_on_loopback(uint16_t port);

// Descriptor passing (unix(7), SCM_RIGHTS).

/// Sends `length` bytes and, when `descriptor` is not -1, that descriptor with the first byte.
ssize_t clinux_send(int socket, const void *bytes, size_t length, int descriptor);
/// A connected pair of close-on-exec stream sockets.
int clinux_socket_pair(int sockets[2]);
/// A connected pair of close-on-exec sockets that keep messages apart (SOCK_SEQPACKET).
int clinux_message_pair(int *first, int *second);
/// A close-on-exec file in memory without a name (memfd_create(2)).
int clinux_memory_file(void);
/// A close-on-exec pipe: [0] is read, [1] is written.
int clinux_pipe(int ends[2]);
/// A close-on-exec, non-blocking eventfd(2) of value 0.
int clinux_event(void);
/// Receives up to `length` bytes; `descriptor` gets a received descriptor (close-on-exec) or -1.
ssize_t clinux_receive(int socket, void *bytes, size_t length, int *descriptor);

#endif
