// File calls that Swift's C library module does not show, or that differ between systems.
// All return -1 and set errno on failure.
#ifndef CFILECALLS_H
#define CFILECALLS_H

#include <stdint.h>

/// Renames unless the target exists (EEXIST). EINVAL, ENOSYS or ENOTSUP: the file system cannot do that.
int steward_rename_exclusive(const char *from, const char *to);

/// Copies up to `count` bytes between two files inside the kernel, sharing blocks where the file system can.
/// Gives the number of bytes copied, 0 at the end. EINVAL, ENOSYS, EXDEV or ENOTSUP: copy by hand.
int64_t steward_copy_range(int source, int target, int64_t count);

/// Locks an open file exclusively, as long as it is open; EWOULDBLOCK: somebody else has.
int steward_lock_file(int descriptor);

/// Makes a file's or directory's content durable.
int steward_sync_file(int descriptor);

/// Makes everything on the file system of an open file durable. ENOSYS: not available here.
int steward_sync_filesystem(int descriptor);

#endif
