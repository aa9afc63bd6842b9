#include "CTestSupport.h"

#include <sys/prctl.h>

int ctest_adopt_orphans(int adopt) { return prctl(PR_SET_CHILD_SUBREAPER, adopt, 0, 0, 0); }
