#include "CFITSIO.h"

#include <fitsio.h>

int cfits_is_reentrant(void) {
    return fits_is_reentrant();
}
