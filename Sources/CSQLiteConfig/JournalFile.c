#define _GNU_SOURCE
#include "JournalFile.h"

#include <string.h>
#include <sys/stat.h>
#ifdef __linux__
#include <fcntl.h>
#endif

// SQLite writes a journal in three pieces for each page, one after the other. They are gathered here and go to the file
// in one piece, before anything else is done with it: nothing that SQLite relies on is put off past a synchronisation.
//
// A journal that is kept between transactions is opened again for each of them, and SQLite would each time synchronise
// the directory as for a new file. That is left out when the file is still the one whose name was made durable before.

static steward_journal_file *journal(sqlite3_file *file) { return (steward_journal_file *)file; }

// Finds out which file has the name now; leaves `number` 0 where the time of its creation, which tells files apart that
// have the same number one after the other, is not known.
static void identify(const char *name, steward_journal_memory *is) {
    memset(&is->durable, 0, sizeof is->durable);
#if defined(__linux__) && defined(STATX_BTIME)
    struct statx found;
    if (statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &found) == 0
        && (found.stx_mask & (STATX_INO | STATX_BTIME)) == (STATX_INO | STATX_BTIME)) {
        is->durable.device = ((uint64_t)found.stx_dev_major << 32) | found.stx_dev_minor;
        is->durable.number = found.stx_ino;
        is->durable.born_s = found.stx_btime.tv_sec;
        is->durable.born_ns = found.stx_btime.tv_nsec;
    }
#else
    (void)name;
#endif
}

static int is_durable(const char *name, const steward_journal_memory *memory) {
    if (!memory->durable.number) {
        return 0;
    }
    steward_journal_memory now;
    identify(name, &now);
    return now.durable.device == memory->durable.device && now.durable.number == memory->durable.number
        && now.durable.born_s == memory->durable.born_s && now.durable.born_ns == memory->durable.born_ns;
}

static int flush(steward_journal_file *file) {
    return steward_gathered_flush(&file->memory->writes, file->real);
}

static int journal_write(sqlite3_file *f, const void *bytes, int count, sqlite3_int64 at) {
    return steward_gathered_write(&journal(f)->memory->writes, journal(f)->real, bytes, count, at);
}

static int journal_sync(sqlite3_file *f, int flags) {
    steward_journal_file *file = journal(f);
    int code = flush(file);
    if (code == SQLITE_OK) {
        code = file->real->pMethods->xSync(file->real, flags);
    }
    if (code == SQLITE_OK && file->names) {
        file->names = 0;
        identify(file->name, file->memory);
    }
    return code;
}

static int journal_close(sqlite3_file *f) {
    int code = steward_gathered_end(&journal(f)->memory->writes, journal(f)->real);
    int closed = journal(f)->real->pMethods->xClose(journal(f)->real);
    return code != SQLITE_OK ? code : closed;
}

// What is asked of the file itself comes after what was put off.
#define AFTER_FLUSH(call)                                                                                              \
    sqlite3_file *below = journal(f)->real;                                                                            \
    int code = flush(journal(f));                                                                                      \
    return code != SQLITE_OK ? code : below->pMethods->call

static int journal_read(sqlite3_file *f, void *bytes, int count, sqlite3_int64 at) {
    return steward_gathered_read(&journal(f)->memory->writes, journal(f)->real, bytes, count, at);
}
static int journal_truncate(sqlite3_file *f, sqlite3_int64 size) { AFTER_FLUSH(xTruncate(below, size)); }
static int journal_size(sqlite3_file *f, sqlite3_int64 *size) { AFTER_FLUSH(xFileSize(below, size)); }
static int journal_control(sqlite3_file *f, int operation, void *argument) {
    AFTER_FLUSH(xFileControl(below, operation, argument));
}
static int journal_lock(sqlite3_file *f, int kind) { AFTER_FLUSH(xLock(below, kind)); }
static int journal_unlock(sqlite3_file *f, int kind) { AFTER_FLUSH(xUnlock(below, kind)); }
static int journal_reserved(sqlite3_file *f, int *is) { AFTER_FLUSH(xCheckReservedLock(below, is)); }

static int journal_sector(sqlite3_file *f) { return journal(f)->real->pMethods->xSectorSize(journal(f)->real); }
static int journal_characteristics(sqlite3_file *f) {
    return journal(f)->real->pMethods->xDeviceCharacteristics(journal(f)->real);
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = journal_close,
    .xRead = journal_read,
    .xWrite = journal_write,
    .xTruncate = journal_truncate,
    .xSync = journal_sync,
    .xFileSize = journal_size,
    .xLock = journal_lock,
    .xUnlock = journal_unlock,
    .xCheckReservedLock = journal_reserved,
    .xFileControl = journal_control,
    .xSectorSize = journal_sector,
    .xDeviceCharacteristics = journal_characteristics,
};

int steward_journal_open(
    sqlite3_vfs *below, const char *name, steward_journal_file *file, int flags, int *opened, steward_journal_memory *memory) {
    memset(file, 0, sizeof *file);
    file->real = (sqlite3_file *)(file + 1);
    file->memory = memory;
    file->name = name;
    int code = SQLITE_CANTOPEN;
    if (flags & SQLITE_OPEN_CREATE ? is_durable(name, memory) : memory->durable.number != 0) {
        // A file that is not to be made is not taken for a new one, and one of this kind, or one that is only looked
        // into, not given to an owner again.
        int old = (flags & ~(SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_JOURNAL)) | SQLITE_OPEN_SUPER_JOURNAL;
        code = below->xOpen(below, name, file->real, old, opened);
    }
    if (code != SQLITE_OK) {
        code = below->xOpen(below, name, file->real, flags, opened);
        file->names = (flags & SQLITE_OPEN_CREATE) != 0;
    }
    if (file->real->pMethods) {
        file->base.pMethods = &methods;
    }
    return code;
}

void steward_journal_forget(steward_journal_memory *memory) {
    steward_gathered_free(&memory->writes);
    memset(memory, 0, sizeof *memory);
}
