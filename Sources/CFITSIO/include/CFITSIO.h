// Plain C functions over cfitsio, whose own names are macros that do not import into Swift.
#ifndef CFITSIO_SHIM_H
#define CFITSIO_SHIM_H

/// Whether the linked cfitsio was built for use of separate handles in separate threads.
int cfits_is_reentrant(void);

#endif
