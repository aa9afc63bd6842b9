#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(CLINUX_ATTR_RDONLY == MOUNT_ATTR_RDONLY, "read-only attribute");
_Static_assert(CLINUX_ATTR_NOSUID == MOUNT_ATTR_NOSUID, "nosuid attribute");
_Static_assert(CLINUX_ATTR_NODEV == MOUNT_ATTR_NODEV, "nodev attribute");
_Static_assert(CLINUX_ATTR_NOEXEC == MOUNT_ATTR_NOEXEC, "noexec attribute");

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

int clinux_clone_tree(const char *path, int recursive) {
    unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0);
    return (int)syscall(SYS_open_tree, AT_FDCWD, path, flags);
}

int clinux_clone_tree_at(int folder, const char *path, int recursive) {
    unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
    return (int)syscall(SYS_open_tree, folder, path, flags);
}

int clinux_attach_tree(int tree, int target, const char *path) {
    return (int)syscall(SYS_move_mount, tree, "", target, path, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

int clinux_set_mount(int fd, int recursive, uint64_t set, int idmap) {
    struct mount_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.attr_set = set;
    attributes.propagation = MS_PRIVATE;
    if (idmap >= 0) {
        attributes.attr_set |= MOUNT_ATTR_IDMAP;
        attributes.userns_fd = (uint64_t)idmap;
    }
    unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
    return (int)syscall(SYS_mount_setattr, fd, "", flags, &attributes, sizeof attributes);
}

int clinux_pivot_root(const char *new_root, const char *put_old) {
    return (int)syscall(SYS_pivot_root, new_root, put_old);
}

static int set_option(int context, const char *key, const char *value) {
    return (int)syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value, 0);
}

int clinux_show_tree(const char *layers, uint64_t attributes) {
    int context = (int)syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC);
    if (context < 0) return -1;
    int mount = -1;
    // Nothing that a layer's extended attributes say leads anywhere else.
    if (set_option(context, "source", "buildbox") == 0 && set_option(context, "lowerdir", layers) == 0 &&
        set_option(context, "redirect_dir", "nofollow") == 0 && set_option(context, "metacopy", "off") == 0 &&
        set_option(context, "index", "off") == 0 &&
        syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0) {
        mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, (unsigned)attributes);
    }
    int code = errno;
    close(context);
    errno = code;
    return mount;
}
