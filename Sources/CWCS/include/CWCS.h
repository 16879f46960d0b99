// Plain C functions over wcslib, whose structures hold arrays that do not import into Swift.
#ifndef CWCS_SHIM_H
#define CWCS_SHIM_H

/// Version of the linked wcslib as text, for instance `7.12`.
const char *cwcs_version(void);

#endif
