#include "CLinux.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

int clinux_open_terminal(int *near, int *far) {
    char name[128];
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master < 0) return -1;
    int code = grantpt(master) != 0 || unlockpt(master) != 0 ? errno : ptsname_r(master, name, sizeof name);
    int slave = code == 0 ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    if (slave < 0) {
        if (code == 0) code = errno;
        close(master);
        errno = code;
        return -1;
    }
    *near = master;
    *far = slave;
    return 0;
}

int clinux_copy_window_size(int from, int to) {
    struct winsize size;
    if (ioctl(from, TIOCGWINSZ, &size) != 0) return -1;
    return ioctl(to, TIOCSWINSZ, &size);
}
