#include "CLinux.h"

#include <linux/landlock.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// Newer than the oldest supported headers; the numbers are part of the kernel's interface.
struct ruleset {
    uint64_t handled_access_fs, handled_access_net, scoped;
};

_Static_assert(CLINUX_LANDLOCK_EXECUTE == LANDLOCK_ACCESS_FS_EXECUTE, "execute");
_Static_assert(CLINUX_LANDLOCK_WRITE_FILE == LANDLOCK_ACCESS_FS_WRITE_FILE, "write");
_Static_assert(CLINUX_LANDLOCK_READ_FILE == LANDLOCK_ACCESS_FS_READ_FILE, "read");
_Static_assert(CLINUX_LANDLOCK_READ_DIR == LANDLOCK_ACCESS_FS_READ_DIR, "list");
_Static_assert(CLINUX_LANDLOCK_MAKE_CHAR == LANDLOCK_ACCESS_FS_MAKE_CHAR, "character devices");
_Static_assert(CLINUX_LANDLOCK_MAKE_BLOCK == LANDLOCK_ACCESS_FS_MAKE_BLOCK, "block devices");
_Static_assert(CLINUX_LANDLOCK_REFER == LANDLOCK_ACCESS_FS_REFER, "renames between folders");

int clinux_landlock_abi(void) {
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

int clinux_landlock_create(uint64_t files, uint64_t network, uint64_t scoped) {
    struct ruleset attributes = {files, network, scoped};
    // An older kernel knows a shorter structure, and refuses a longer one that is not zero behind.
    size_t size = scoped ? sizeof attributes : network ? 16 : 8;
    return (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
}

int clinux_landlock_allow(int ruleset, int folder, uint64_t access) {
    struct landlock_path_beneath_attr rule;
    memset(&rule, 0, sizeof rule);
    rule.allowed_access = access;
    rule.parent_fd = folder;
    return (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

int clinux_landlock_restrict(int ruleset) { return (int)syscall(SYS_landlock_restrict_self, ruleset, 0); }
