#include "CWCS.h"

#include <wcs.h>

const char *cwcs_version(void) {
    return wcslib_version(0);
}
