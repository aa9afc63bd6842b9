#include "CLinux.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(CLINUX_O_PATH == O_PATH, "a descriptor that only names");
_Static_assert(CLINUX_RESOLVE_NO_XDEV == RESOLVE_NO_XDEV, "no crossing of mounts");
_Static_assert(CLINUX_RESOLVE_NO_MAGICLINKS == RESOLVE_NO_MAGICLINKS, "no magic links");
_Static_assert(CLINUX_RESOLVE_NO_SYMLINKS == RESOLVE_NO_SYMLINKS, "no symbolic links");
_Static_assert(CLINUX_RESOLVE_BENEATH == RESOLVE_BENEATH, "beneath the directory");
_Static_assert(CLINUX_RESOLVE_IN_ROOT == RESOLVE_IN_ROOT, "the directory as the root");

int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = flags | O_CLOEXEC;
    how.mode = mode;
    how.resolve = resolve;
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int clinux_open(const char *path, int flags, unsigned mode) { return open(path, flags | O_CLOEXEC, mode); }

int clinux_openat(int directory, const char *path, int flags, unsigned mode) {
    return openat(directory, path, flags | O_CLOEXEC, mode);
}

int clinux_space(int descriptor, struct clinux_space *space) {
    struct statfs information;
    int result = fstatfs(descriptor, &information);
    if (result == 0) {
        space->used_bytes = (information.f_blocks - information.f_bfree) * (uint64_t)information.f_bsize;
        space->free_bytes = information.f_bfree * (uint64_t)information.f_bsize;
        space->used_inodes = information.f_files - information.f_ffree;
        space->free_inodes = information.f_ffree;
    }
    return result;
}

int clinux_is_noexec(int descriptor) {
    struct statfs information;
    int result = fstatfs(descriptor, &information);
    return result == 0 ? (information.f_flags & ST_NOEXEC) != 0 : result;
}

int clinux_sync_file_system(int descriptor) { return syncfs(descriptor); }

int clinux_memory_file(void) { return memfd_create("buildbox", MFD_CLOEXEC); }
