"""The probes of Tests/Projects/hostile, by category and by what they try."""

from __future__ import annotations

THREATS: dict[str, dict[str, tuple[str, ...]]] = {
    "files": {
        "the host's files, home folders and users": (
            "read-host-file", "read-shadow", "read-passwd-of-host", "list-home", "list-root-home", "list-root-folder",
            "list-etc", "list-sys", "climb-to-host", "write-host-folder",
        ),
        "process 1 and other processes through /proc": (
            "read-first-environ", "read-first-memory", "read-first-maps", "read-first-vector", "read-first-counters",
            "list-first-maps", "list-first-root", "list-first-folder", "list-first-descriptors", "see-other-processes",
            "read-host-process", "list-descriptors-of-host-process",
        ),
        "kernel settings and what they run": (
            "write-core-pattern", "write-modprobe-path", "write-sysrq-setting", "open-sysrq-trigger",
            "open-binary-formats", "change-settings",
        ),
        "kernel memory, keys and addresses": (
            "open-kcore", "open-kernel-messages", "read-kernel-addresses", "read-kernel-keys", "open-timers",
            "open-page-counts",
        ),
        "control groups": ("write-cgroups", "see-cgroup-path"),
        "what later builds use": (
            "write-usr", "write-usr-bin", "write-etc", "write-root-folder", "write-environment",
            "write-site-packages", "write-toolchain", "write-frontend",
        ),
        "device nodes": ("make-device", "list-dev"),
        "programs that give privileges": ("run-setuid-program", "run-capable-program"),
        "files by handle": ("open-by-handle",),
        "the launcher through its executable": ("write-own-interpreter", "write-first-executable"),
        "inherited descriptors": (
            "inherit-descriptors", "forge-status", "open-descriptors-of-ancestors", "steal-descriptors-of-ancestors",
        ),
        "control sockets": ("connect-control-sockets",),
        "variables and names of the host": ("see-canary-variable", "see-other-variables", "see-host-name"),
        "locks, leases and notices on what is only shown": (
            "lock-shown-file", "lock-record-of-file", "lock-system-file", "lease-shown-file", "watch-shown-folder",
            "watch-files", "watch-mounts",
        ),
    },
    "privilege": {
        "new namespaces": (
            "unshare-mount", "unshare-cgroup", "unshare-uts", "unshare-ipc", "unshare-user", "unshare-pid",
            "unshare-net", "clone-user", "call-clone3", "join-namespace", "share-host-namespaces",
        ),
        "mounts and roots": (
            "mount-tmpfs", "mount-proc", "mount-bind", "mount-open-context", "mount-clone-tree",
            "mount-change-attributes", "unmount", "pivot-root", "change-root",
        ),
        "other users": ("become-root", "become-other-user", "set-groups"),
        "capabilities": (
            "hold-capabilities", "hold-bounded-capabilities", "lack-no-new-privileges", "lack-seccomp-filter",
        ),
        "the machine": (
            "load-kernel", "restart-machine", "start-swap", "stop-swap", "load-module", "load-module-file",
            "set-clock", "adjust-clock", "set-host-name",
        ),
    },
    "kernel": {
        "programs, counters and rings": ("load-program", "count-events", "set-up-io-uring", "handle-page-faults"),
        "keyrings": ("read-keyring", "add-key", "request-key"),
        "foreign system calls": ("call-i386", "call-x32"),
        "looking into processes": (
            "trace-process", "read-process-memory", "write-process-memory", "copy-descriptor-of-process",
        ),
        "terminals": ("type-into-terminal", "type-into-terminal-high-bits", "paste-into-console"),
        "modes of execution": ("change-personality", "change-personality-high-bits"),
        "filters": ("add-seccomp-listener", "leave-filter-by-memory"),
        "the kernel's log": ("read-kernel-log",),
    },
    "network": {
        "other machines": (
            "route-to-internet", "route-to-internet-6", "route-to-cloud-metadata", "resolve-name",
            "wait-for-resolver", "list-interfaces",
        ),
        "the host's own services": ("connect-tcp", "send-udp"),
        "abstract sockets": ("connect-abstract", "list-abstract-sockets", "pass-output-to-host"),
        "families of sockets": (
            "socket-vsock", "socket-vsock-high-bits", "socket-packet", "socket-raw", "socket-xdp", "socket-alg",
            "socket-netlink-audit", "socket-netlink-uevent",
        ),
        "shared memory and queues": (
            "attach-segment", "open-queue", "open-shared-memory", "list-shared-memory", "see-shared-segments",
        ),
        "signals": ("signal-host-process", "direct-signals-to-host"),
    },
    "resources": {
        "more than a limit, in one step": (
            "make-sparse-file", "open-many-descriptors", "lock-memory", "take-huge-page", "allow-core-dumps",
            "raise-limits",
        ),
        "before everybody else": ("run-in-real-time", "run-before-others", "use-disks-first"),
        "the host's disks": ("flush-disks",),
    },
}
