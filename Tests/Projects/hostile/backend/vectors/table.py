"""Every probe by name: what it does, where it succeeds outside, what it must be given."""

from __future__ import annotations

import socket

from . import (
    environment,
    files,
    kernel,
    locks,
    network,
    privilege,
    processes,
    programs,
    resources,
    sharing,
    uncounted,
)
from .kernel import system_call
from .outcome import Probe

TIOCSTI = 0x5412
TIOCLINUX = 0x541C
HIGH_BIT = 1 << 32
READ_IMPLIES_EXEC = 0x0400000
BAD = 0x7FFF0000
KEY_SPEC_SESSION_KEYRING = -3
SYSLOG_ACTION_SIZE_BUFFER = 10
MS_BIND = 4096
SET_MODE_FILTER = 1
PR_SET_SECCOMP = 22
PR_SCHED_CORE = 62
PR_SET_MEMORY_MERGE = 67
# Of the ioctls that no rule names: those that load modules or tell of disks, and one that nobody has.
CONTROLS = {
    "line-discipline": 0x5423,
    "interface-of-vlan": 0x8982,
    "blocks-of-file": 0xC020660B,
    "something-unheard-of": 0x7E7E,
}

FILES = (
    Probe("read-host-file", files.read_host_file, "anyone", "probe-file"),
    Probe("read-shadow", files.read_shadow, "root"),
    Probe("read-passwd-of-host", files.read_passwd_of_host, "anyone"),
    Probe("list-home", files.list_home_folders("/home"), "host"),
    Probe("list-root-home", files.list_home_folders("/root"), "root"),
    Probe("list-root-folder", files.list_root_folder, "anyone"),
    Probe("list-etc", files.list_etc, "anyone"),
    Probe("list-dev", files.list_dev, "anyone"),
    Probe("list-sys", files.list_sys, "anyone"),
    Probe("list-shared-memory", files.list_shared_memory, "host"),
    Probe("write-host-folder", files.write_host_folder, "anyone", "probe-write"),
    Probe("write-usr", files.write_in("/usr"), "root"),
    Probe("write-usr-bin", files.write_in("/usr/bin"), "root"),
    Probe("write-etc", files.write_in("/etc"), "root"),
    Probe("write-root-folder", files.write_in("/"), "root"),
    Probe("write-environment", files.write_environment, "root"),
    Probe("write-site-packages", files.write_site_packages, "root"),
    Probe("write-toolchain", files.write_toolchain, "root"),
    Probe("write-own-interpreter", files.write_own_interpreter, "root"),
    Probe("write-frontend", files.write_frontend, "host"),
    Probe("write-cgroups", files.write_cgroups, "root"),
    Probe("make-device", files.make_device, "root"),
    Probe(
        "write-core-pattern", files.write_back("/proc/sys/kernel/core_pattern"), "root"
    ),
    Probe("write-modprobe-path", files.write_back("/proc/sys/kernel/modprobe"), "host"),
    Probe("write-sysrq-setting", files.write_back("/proc/sys/kernel/sysrq"), "host"),
    Probe("open-sysrq-trigger", files.open_for_writing("/proc/sysrq-trigger"), "host"),
    Probe(
        "open-binary-formats",
        files.open_for_writing("/proc/sys/fs/binfmt_misc/register"),
        "host",
    ),
    Probe("open-kcore", files.open_for_reading("/proc/kcore"), "host"),
    Probe("open-kernel-messages", files.open_for_reading("/dev/kmsg"), "host"),
    Probe("read-kernel-addresses", files.read_kernel_addresses, "host"),
    Probe("read-kernel-keys", files.read_kernel_keys, "host"),
    Probe("open-timers", files.open_for_reading("/proc/timer_list"), "host"),
    Probe("open-page-counts", files.open_for_reading("/proc/kpagecount"), "host"),
    Probe("change-settings", files.change_settings, "root"),
    Probe("climb-to-host", files.climb_to_host, "anyone", "probe-file"),
    Probe("lock-shown-file", locks.lock_shown_file, "anyone", "probe-shown"),
    Probe("lock-record-of-file", locks.lock_record, "anyone", "probe-shown"),
    Probe("lock-system-file", locks.lock_system_file, "anyone"),
    Probe("lease-shown-file", locks.lease_shown_file, "anyone", "probe-shown"),
    Probe("watch-shown-folder", locks.watch_shown_folder, "host", "probe-shown"),
    Probe("watch-files", locks.make_watcher("inotify_init1", 0), "anyone"),
    Probe(
        "watch-mounts",
        locks.make_watcher("fanotify_init", locks.FAN_REPORT_FID),
        "host",
    ),
)

NETWORK = (
    Probe("connect-tcp", network.connect_tcp, "anyone", "probe-tcp"),
    Probe("send-udp", network.send_udp, "anyone", "probe-udp"),
    Probe("route-to-internet", network.route_to(socket.AF_INET, "192.0.2.1"), "host"),
    Probe(
        "route-to-internet-6", network.route_to(socket.AF_INET6, "2001:db8::1"), "host"
    ),
    Probe(
        "route-to-cloud-metadata",
        network.route_to(socket.AF_INET, "169.254.169.254"),
        "host",
    ),
    Probe("resolve-name", network.resolve_name, "host"),
    Probe("wait-for-resolver", network.wait_for_resolver, "host"),
    Probe("list-interfaces", network.list_interfaces, "host"),
    Probe("connect-abstract", network.connect_abstract, "anyone", "probe-abstract"),
    Probe("pass-output-to-host", sharing.pass_output, "anyone", "probe-abstract"),
    Probe("attach-segment", sharing.attach_segment, "anyone", "probe-segment"),
    Probe("open-queue", sharing.open_queue, "anyone", "probe-queue"),
    Probe("open-shared-memory", sharing.open_shared_memory, "anyone", "probe-memory"),
    Probe("list-abstract-sockets", network.list_abstract_sockets, "host"),
    Probe("connect-control-sockets", network.connect_control_sockets, "host"),
    Probe("socket-vsock", network.open_socket("AF_VSOCK", socket.SOCK_STREAM), "host"),
    Probe("socket-vsock-high-bits", kernel.vsock_with_high_bits, "host"),
    Probe("socket-packet", network.open_socket("AF_PACKET", socket.SOCK_RAW), "root"),
    Probe("socket-raw", network.open_socket("AF_INET", socket.SOCK_RAW, 1), "root"),
    Probe("socket-xdp", network.open_socket(network.AF_XDP, socket.SOCK_RAW), "host"),
    Probe("socket-alg", network.open_socket("AF_ALG", socket.SOCK_SEQPACKET), "host"),
    Probe(
        "socket-netlink-route",
        network.open_socket("AF_NETLINK", socket.SOCK_RAW, network.NETLINK_ROUTE),
        "anyone",
    ),
    Probe("attach-socket-filter", network.attach_filter, "anyone"),
    Probe(
        "socket-netlink-audit",
        network.open_socket("AF_NETLINK", socket.SOCK_RAW, network.NETLINK_AUDIT),
        "host",
    ),
    Probe(
        "socket-netlink-uevent",
        network.open_socket(
            "AF_NETLINK", socket.SOCK_RAW, network.NETLINK_KOBJECT_UEVENT
        ),
        "anyone",
    ),
    Probe(
        "share-host-namespaces",
        network.share_host_namespaces,
        "anyone",
        "probe-namespaces",
    ),
)

PROCESSES = (
    Probe("see-other-processes", processes.see_other_processes, "anyone"),
    Probe("read-host-process", processes.read_host_process, "anyone", "probe-pid"),
    Probe("signal-host-process", processes.signal_host_process, "anyone", "probe-pid"),
    Probe(
        "list-descriptors-of-host-process",
        processes.list_descriptors_of_host_process,
        "anyone",
        "probe-pid",
    ),
    Probe("read-first-environ", processes.read_of_first_process("environ"), "anyone"),
    Probe("read-first-memory", processes.read_of_first_process("mem"), "root"),
    Probe("read-first-maps", processes.read_of_first_process("maps"), "anyone"),
    Probe("read-first-vector", processes.read_of_first_process("auxv"), "anyone"),
    Probe("read-first-counters", processes.read_of_first_process("io"), "anyone"),
    Probe("list-first-maps", processes.list_of_first_process("map_files"), "anyone"),
    Probe("list-first-root", processes.list_of_first_process("root"), "anyone"),
    Probe("list-first-folder", processes.list_of_first_process("cwd"), "anyone"),
    Probe("list-first-descriptors", processes.list_of_first_process("fd"), "anyone"),
    Probe(
        "write-first-executable", processes.write_executable_of_first_process, "root"
    ),
    Probe("limit-another-process", processes.limit_another_process, "anyone"),
    Probe("direct-signals-to-host", sharing.direct_signals, "anyone", "probe-pid"),
    Probe("inherit-descriptors", processes.inherit_descriptors, "anyone"),
    Probe("forge-status", processes.forge_status, "anyone"),
    Probe(
        "open-descriptors-of-ancestors", processes.open_descriptors_of_ancestors, "root"
    ),
    Probe(
        "steal-descriptors-of-ancestors",
        processes.steal_descriptors_of_ancestors,
        "root",
    ),
)

ENVIRONMENT = (
    Probe("see-canary-variable", environment.see_canary, "host"),
    Probe("see-other-variables", environment.see_other_variables, "host"),
    Probe("see-host-name", environment.see_host_name, "anyone", "probe-hostname"),
    Probe("see-cgroup-path", environment.see_cgroup_path, "host"),
    Probe("see-shared-segments", environment.see_shared_segments, "host"),
)

PRIVILEGE = (
    Probe("hold-capabilities", privilege.hold_capabilities, "anyone"),
    Probe("hold-bounded-capabilities", privilege.bounded_capabilities, "anyone"),
    Probe("lack-no-new-privileges", privilege.lack_no_new_privileges, "anyone"),
    Probe("lack-seccomp-filter", privilege.lack_seccomp_filter, "anyone"),
    Probe("become-root", privilege.become_root, "root"),
    Probe("become-other-user", privilege.become_other_user, "root"),
    Probe("set-groups", system_call("setgroups", 0, None), "root"),
    Probe("set-host-name", privilege.set_host_name, "root"),
    Probe("set-clock", system_call("settimeofday", None, None), "root"),
    *(
        Probe(
            f"unshare-{name}",
            system_call("unshare", flag),
            "host" if name == "user" else "root",
        )
        for name, flag in privilege.CLONE_FLAGS.items()
    ),
    Probe("clone-user", privilege.clone_namespace, "host"),
    Probe("join-namespace", privilege.join_namespace, "root"),
    Probe("mount-tmpfs", privilege.mount_on_scratch(b"tmpfs", 0), "root"),
    Probe("mount-proc", privilege.mount_on_scratch(b"proc", 0), "root"),
    Probe("mount-bind", privilege.mount_on_scratch(None, MS_BIND), "root"),
    Probe("mount-open-context", system_call("fsopen", b"tmpfs", 0), "root"),
    Probe(
        "mount-clone-tree",
        system_call("open_tree", privilege.AT_FDCWD, b"/", privilege.OPEN_TREE_CLONE),
        "root",
    ),
    Probe("mount-change-attributes", privilege.change_mount_attributes, "root"),
    Probe("unmount", privilege.unmount_scratch, "root"),
    Probe("pivot-root", privilege.pivot_scratch, "root"),
    Probe("change-root", privilege.change_root, "root"),
    Probe("open-by-handle", privilege.open_by_handle, "root"),
    Probe("run-in-real-time", privilege.run_in_real_time, "host"),
    Probe("run-before-others", privilege.run_before_others, "root"),
    Probe("raise-limits", privilege.raise_limits, "host"),
    Probe("run-setuid-program", programs.run_setuid_program, "host", "probe-setuid"),
    Probe("run-capable-program", programs.run_capable_program, "host", "probe-capable"),
    Probe("adjust-clock", system_call("adjtimex", None), "anyone"),
)

RESOURCES = (
    Probe("make-sparse-file", resources.make_sparse_file, "host"),
    Probe("open-many-descriptors", resources.open_many_descriptors, "host"),
    Probe("lock-memory", resources.lock_memory, "host"),
    Probe("take-huge-page", resources.take_huge_page, "host"),
    Probe("allow-core-dumps", resources.allow_core_dumps, "host"),
    Probe("use-disks-first", resources.use_disks_first, "root"),
    Probe("flush-disks", resources.flush_disks, "anyone"),
)

KERNEL = (
    Probe("trace-process", system_call("ptrace", 0, 0, 0, 0), "anyone"),
    Probe(
        "read-process-memory",
        processes.vector_of_own_memory("process_vm_readv"),
        "anyone",
    ),
    Probe(
        "write-process-memory",
        processes.vector_of_own_memory("process_vm_writev"),
        "anyone",
    ),
    Probe(
        "copy-descriptor-of-process", system_call("pidfd_getfd", -1, -1, 0), "anyone"
    ),
    Probe("load-program", system_call("bpf", BAD, None, 0), "root"),
    Probe("count-events", system_call("perf_event_open", None, 0, -1, -1, 0), "host"),
    Probe("set-up-io-uring", system_call("io_uring_setup", 0, None), "host"),
    Probe("handle-page-faults", system_call("userfaultfd", BAD), "host"),
    Probe(
        "read-keyring",
        system_call("keyctl", 0, KEY_SPEC_SESSION_KEYRING, 0, 0, 0),
        "anyone",
    ),
    Probe("add-key", system_call("add_key", None, None, None, 0, 0), "anyone"),
    Probe("request-key", system_call("request_key", None, None, None, 0), "anyone"),
    Probe("call-clone3", system_call("clone3", None, 0), "anyone"),
    Probe("call-i386", kernel.i386_call, "host"),
    Probe("call-x32", kernel.x32_call, "host"),
    Probe(
        "change-personality", system_call("personality", READ_IMPLIES_EXEC), "anyone"
    ),
    Probe(
        "change-personality-high-bits",
        system_call("personality", READ_IMPLIES_EXEC | HIGH_BIT),
        "anyone",
    ),
    Probe("add-seccomp-listener", privilege.add_seccomp_listener, "host"),
    Probe("leave-filter-by-memory", programs.leave_filter_by_memory_file, "anyone"),
    Probe("type-into-terminal", system_call("ioctl", -1, TIOCSTI, None), "anyone"),
    Probe(
        "type-into-terminal-high-bits",
        system_call("ioctl", -1, TIOCSTI | HIGH_BIT, None),
        "anyone",
    ),
    Probe("paste-into-console", system_call("ioctl", -1, TIOCLINUX, None), "anyone"),
    Probe("load-kernel", system_call("kexec_load", 0, 17, None, 0xFF00), "host"),
    Probe("load-module", system_call("init_module", None, 0, None), "host"),
    Probe("load-module-file", system_call("finit_module", -1, None, 0), "host"),
    Probe("restart-machine", system_call("reboot", 0, 0, 0, None), "root"),
    Probe("start-swap", system_call("swapon", None, 0), "root"),
    Probe("stop-swap", system_call("swapoff", None), "root"),
    Probe(
        "read-kernel-log",
        system_call("syslog", SYSLOG_ACTION_SIZE_BUFFER, None, 0),
        "root",
    ),
)

UNCOUNTED = (
    Probe("write-kernel-files", uncounted.write_kernel_files, "host"),
    Probe("watch-pressure", uncounted.watch_pressure, "host"),
    Probe("join-group", uncounted.join_group, "anyone"),
    Probe("join-group-by-name", uncounted.join_group_by_name, "anyone"),
    Probe("join-group-6", uncounted.join_group_6, "host"),
    Probe("take-flow-label", uncounted.take_flow_label, "host"),
    Probe("make-huge-memory-file", uncounted.make_huge_memory_file, "host"),
    Probe("leave-connections-waiting", uncounted.leave_waiting, "host"),
    Probe(
        "add-seccomp-filter", system_call("seccomp", SET_MODE_FILTER, 0, None), "anyone"
    ),
    Probe(
        "add-seccomp-filter-by-prctl",
        system_call("prctl", PR_SET_SECCOMP, 2, None),
        "anyone",
    ),
    Probe("name-memory", uncounted.name_memory, "host"),
)

SHARED = (
    Probe("keep-a-core", system_call("prctl", PR_SCHED_CORE, BAD, 0, 0, 0), "anyone"),
    Probe("merge-memory", system_call("prctl", PR_SET_MEMORY_MERGE, BAD, 1), "anyone"),
    Probe("slow-another-process", system_call("setpriority", 0, BAD, 19), "anyone"),
    Probe("slow-the-disks-of-another", system_call("ioprio_set", 1, BAD, 0), "anyone"),
    Probe(
        "move-another-process", system_call("sched_setaffinity", BAD, 8, None), "anyone"
    ),
    *(
        Probe(f"control-{name}", system_call("ioctl", -1, request, None), "anyone")
        for name, request in CONTROLS.items()
    ),
)

PROBES = FILES + NETWORK + PROCESSES + ENVIRONMENT + PRIVILEGE + RESOURCES + KERNEL
PROBES += UNCOUNTED + SHARED
