// System calls that only tests make.
#ifndef CTEST_SUPPORT_H
#define CTEST_SUPPORT_H

/// Makes this process the parent of its descendants' orphans (PR_SET_CHILD_SUBREAPER, prctl(2)), so
/// that no process of a killed run can get out of sight. Returns 0, or -1 and errno.
int ctest_adopt_orphans(int adopt);

#endif
