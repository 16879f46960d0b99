// Preloaded into a program (LD_PRELOAD) it counts the calls that change files or talk to a server, and lets one of
// them go wrong.
//
// STEWARD_FAULT_LOG=FILE    each counted call adds a line "NUMBER CALL" to the file
// STEWARD_FAULT_POINT=N     the call at which something happens, from 1
// STEWARD_FAULT_ERROR=CODE  that call and all later ones that need space fail with this error number; without it the
//                           process is killed before the call
// Only Linux with glibc. Writes to the standard streams count, other pipes and terminals do not.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long count;
static long point;
static int code;
static int record = -1;

__attribute__((constructor)) static void start(void) {
    const char *text = getenv("STEWARD_FAULT_POINT");
    point = text ? atol(text) : 0;
    text = getenv("STEWARD_FAULT_ERROR");
    code = text ? atoi(text) : 0;
    text = getenv("STEWARD_FAULT_LOG");
    if (text) record = (int)syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

/// Counts a call; true if it must fail.
static int reach(const char *name, int needs_space) {
    long number = atomic_fetch_add(&count, 1) + 1;
    if (record >= 0) {
        char line[64];
        int length = snprintf(line, sizeof line, "%ld %s\n", number, name);
        syscall(SYS_write, record, line, (size_t)length);
    }
    if (point == 0 || number < point) return 0;
    if (code == 0) {
        if (number == point) syscall(SYS_kill, getpid(), SIGKILL);
        for (;;) pause();
    }
    if (!needs_space) return 0;
    errno = code;
    return 1;
}

static int is_file(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAIL(name, space) \
    if (reach(#name, space)) return -1;
#define FAIL_FILE(name, descriptor) \
    if (is_file(descriptor) && reach(descriptor == 1 ? "report" : #name, descriptor > 2)) return -1;

ssize_t write(int descriptor, const void *bytes, size_t size) {
    FAIL_FILE(write, descriptor)
    return NEXT(write)(descriptor, bytes, size);
}
ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t place) {
    FAIL_FILE(pwrite, descriptor)
    return NEXT(pwrite)(descriptor, bytes, size, place);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t place) {
    FAIL_FILE(pwrite, descriptor)
    return NEXT(pwrite64)(descriptor, bytes, size, place);
}
ssize_t copy_file_range(int from, off64_t *start, int to, off64_t *end, size_t size, unsigned flags) {
    FAIL_FILE(copy_file_range, to)
    return NEXT(copy_file_range)(from, start, to, end, size, flags);
}
int ftruncate(int descriptor, off_t size) {
    FAIL_FILE(ftruncate, descriptor)
    return NEXT(ftruncate)(descriptor, size);
}
int ftruncate64(int descriptor, off64_t size) {
    FAIL_FILE(ftruncate, descriptor)
    return NEXT(ftruncate64)(descriptor, size);
}
int fsync(int descriptor) {
    FAIL(fsync, 0)
    return NEXT(fsync)(descriptor);
}
int fdatasync(int descriptor) {
    FAIL(fdatasync, 0)
    return NEXT(fdatasync)(descriptor);
}
int syncfs(int descriptor) {
    FAIL(syncfs, 0)
    return NEXT(syncfs)(descriptor);
}
int rename(const char *from, const char *to) {
    FAIL(rename, 0)
    return NEXT(rename)(from, to);
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
    FAIL(renameat2, 0)
    return NEXT(renameat2)(a, from, b, to, flags);
}
int link(const char *from, const char *to) {
    FAIL(link, 1)
    return NEXT(link)(from, to);
}
int symlink(const char *target, const char *path) {
    FAIL(symlink, 1)
    return NEXT(symlink)(target, path);
}
int unlink(const char *path) {
    FAIL(unlink, 0)
    return NEXT(unlink)(path);
}
int mkdir(const char *path, mode_t mode) {
    FAIL(mkdir, 1)
    return NEXT(mkdir)(path, mode);
}

/// Opening counts where it makes or empties a file.
static int open_next(const char *name, const char *path, int flags, va_list rest) {
    mode_t mode = 0;
    int changes = (flags & (O_CREAT | O_TRUNC)) != 0 && strncmp(path, "/dev/", 5) != 0;
    if (flags & (O_CREAT | O_TMPFILE)) mode = va_arg(rest, mode_t);
    if (changes && reach("open", syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0)) return -1;
    int (*next)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, name);
    return next(path, flags, mode);
}
int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    int result = open_next("open", path, flags, rest);
    va_end(rest);
    return result;
}
int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    int result = open_next("open64", path, flags, rest);
    va_end(rest);
    return result;
}

/// What libpq sends to a server: one call for each statement or batch.
ssize_t send(int socket, const void *bytes, size_t size, int flags) {
    FAIL(send, 0)
    return NEXT(send)(socket, bytes, size, flags);
}
