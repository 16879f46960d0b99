#define _GNU_SOURCE
#include "CFileCalls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

int steward_lock_file(int descriptor) {
    return flock(descriptor, LOCK_EX | LOCK_NB);
}

#if defined(__linux__)

int steward_rename_exclusive(const char *from, const char *to) {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

int64_t steward_copy_range(int source, int target, int64_t count) {
    return copy_file_range(source, NULL, target, NULL, (size_t)count, 0);
}

int steward_sync_file(int descriptor) {
    return fsync(descriptor);
}

int steward_sync_filesystem(int descriptor) {
    return syncfs(descriptor);
}

#elif defined(__APPLE__)

#include <copyfile.h>
#include <sys/stat.h>

int steward_rename_exclusive(const char *from, const char *to) {
    return renamex_np(from, to, RENAME_EXCL);
}

int64_t steward_copy_range(int source, int target, int64_t count) {
    off_t begin = lseek(target, 0, SEEK_CUR);
    struct stat status;
    if (begin != 0 || lseek(source, 0, SEEK_CUR) != 0 || fstat(source, &status) != 0 || status.st_size > count) {
        errno = ENOTSUP;
        return -1;
    }
    if (fcopyfile(source, target, NULL, COPYFILE_DATA) != 0) return -1;
    lseek(source, status.st_size, SEEK_SET);
    lseek(target, status.st_size, SEEK_SET);
    return status.st_size;
}

int steward_sync_file(int descriptor) {
    return fcntl(descriptor, F_FULLFSYNC) == 0 ? 0 : fsync(descriptor);
}

int steward_sync_filesystem(int descriptor) {
    (void)descriptor;
    errno = ENOSYS;
    return -1;
}

#else
#error "CFileCalls needs an implementation for this system"
#endif
