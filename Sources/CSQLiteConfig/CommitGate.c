#include "CommitGate.h"
#include "CSQLiteConfig.h"
#include "GatheredWrites.h"
#include "JournalFile.h"

#include <sqlite3.h>
#include <string.h>

// A layer over the system's default file access of SQLite that knows the moment before a commit becomes final: the
// database file has been synchronised, and the rollback journal still undoes everything. All else goes to the layer
// below, pages that follow one another in one piece. Journals of databases are wrapped too (JournalFile.c); other files
// are its own.

typedef struct {
    sqlite3_file base;
    sqlite3_file *real;
    steward_sqlite_gate *gate;
    steward_gathered pages;
    /// Whether pages are written one by one, as in WAL mode, where they are not only written before synchronisations.
    int writes_through;
    steward_journal_memory journal;
} gated_file;

static sqlite3_vfs *below = NULL;

static gated_file *gated(sqlite3_file *file) { return (gated_file *)file; }
static sqlite3_file *real(sqlite3_file *file) { return gated(file)->real; }

static int flush(sqlite3_file *f) { return steward_gathered_flush(&gated(f)->pages, real(f)); }

// What is asked of the file itself comes after what was put off.
#define AFTER_FLUSH(call)                                                                                              \
    int code = flush(f);                                                                                               \
    return code != SQLITE_OK ? code : real(f)->pMethods->call

static int gated_close(sqlite3_file *f) {
    int code = steward_gathered_end(&gated(f)->pages, real(f));
    steward_gathered_free(&gated(f)->pages);
    steward_journal_forget(&gated(f)->journal);
    int closed = real(f)->pMethods->xClose(real(f));
    return code != SQLITE_OK ? code : closed;
}
static int gated_write(sqlite3_file *f, const void *bytes, int count, sqlite3_int64 at) {
    if (gated(f)->writes_through) {
        return real(f)->pMethods->xWrite(real(f), bytes, count, at);
    }
    return steward_gathered_write(&gated(f)->pages, real(f), bytes, count, at);
}
static int gated_read(sqlite3_file *f, void *bytes, int count, sqlite3_int64 at) {
    return steward_gathered_read(&gated(f)->pages, real(f), bytes, count, at);
}
static int gated_truncate(sqlite3_file *f, sqlite3_int64 size) { AFTER_FLUSH(xTruncate(real(f), size)); }
static int gated_size(sqlite3_file *f, sqlite3_int64 *size) { AFTER_FLUSH(xFileSize(real(f), size)); }
static int gated_lock(sqlite3_file *f, int kind) { AFTER_FLUSH(xLock(real(f), kind)); }
static int gated_unlock(sqlite3_file *f, int kind) {
    int code = steward_gathered_end(&gated(f)->pages, real(f));
    int unlocked = real(f)->pMethods->xUnlock(real(f), kind);
    return code != SQLITE_OK ? code : unlocked;
}
static int gated_reserved(sqlite3_file *f, int *is) { AFTER_FLUSH(xCheckReservedLock(real(f), is)); }
static int gated_sector(sqlite3_file *f) { return real(f)->pMethods->xSectorSize(real(f)); }
static int gated_map(sqlite3_file *f, int page, int size, int extend, void volatile **memory) {
    gated(f)->writes_through = 1;
    AFTER_FLUSH(xShmMap(real(f), page, size, extend, memory));
}
static int gated_shared_lock(sqlite3_file *f, int offset, int n, int flags) {
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}
static void gated_barrier(sqlite3_file *f) { real(f)->pMethods->xShmBarrier(real(f)); }
static int gated_unmap(sqlite3_file *f, int erase) { return real(f)->pMethods->xShmUnmap(real(f), erase); }
static int gated_fetch(sqlite3_file *f, sqlite3_int64 at, int count, void **memory) {
    AFTER_FLUSH(xFetch(real(f), at, count, memory));
}
static int gated_unfetch(sqlite3_file *f, sqlite3_int64 at, void *memory) {
    return real(f)->pMethods->xUnfetch(real(f), at, memory);
}

// Atomic writes would make a commit final before the synchronisation.
static int gated_characteristics(sqlite3_file *f) {
    const int atomic = SQLITE_IOCAP_ATOMIC | SQLITE_IOCAP_ATOMIC512 | SQLITE_IOCAP_ATOMIC1K | SQLITE_IOCAP_ATOMIC2K
        | SQLITE_IOCAP_ATOMIC4K | SQLITE_IOCAP_ATOMIC8K | SQLITE_IOCAP_ATOMIC16K | SQLITE_IOCAP_ATOMIC32K
        | SQLITE_IOCAP_ATOMIC64K | SQLITE_IOCAP_BATCH_ATOMIC;
    return real(f)->pMethods->xDeviceCharacteristics(real(f)) & ~atomic;
}

static int gated_sync(sqlite3_file *f, int flags) {
    int code = flush(f);
    if (code == SQLITE_OK) {
        code = real(f)->pMethods->xSync(real(f), flags);
    }
    steward_sqlite_gate *gate = gated(f)->gate;
    if (code != SQLITE_OK || !gate || gate->passed) {
        return code;
    }
    gate->passed = 1;
    return gate->body(gate->context) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static const int gate_operation = 0x53544757;

static int gated_control(sqlite3_file *f, int operation, void *argument) {
    if (operation == gate_operation) {
        gated(f)->gate = argument;
        return SQLITE_OK;
    }
    AFTER_FLUSH(xFileControl(real(f), operation, argument));
}

// One table for each version of the interface below, since SQLite looks at the version to see what there is.
#define METHODS(version)                                                                                               \
    {                                                                                                                  \
        version, gated_close, gated_read, gated_write, gated_truncate, gated_sync, gated_size, gated_lock,             \
            gated_unlock, gated_reserved, gated_control, gated_sector, gated_characteristics, gated_map,               \
            gated_shared_lock, gated_barrier, gated_unmap, gated_fetch, gated_unfetch                                  \
    }
static const sqlite3_io_methods methods[] = {METHODS(1), METHODS(2), METHODS(3)};

static int open_journal(const char *name, sqlite3_file *file, int flags, int *opened) {
    sqlite3_file *database = sqlite3_database_file_object(name);
    const sqlite3_io_methods *of = database ? database->pMethods : NULL;
    if (of < methods || of >= methods + sizeof methods / sizeof *methods) {
        return below->xOpen(below, name, file, flags, opened);
    }
    return steward_journal_open(
        below, name, (steward_journal_file *)file, flags, opened, &gated(database)->journal);
}

static int gated_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *opened) {
    (void)vfs;
    if (flags & SQLITE_OPEN_MAIN_JOURNAL) {
        return open_journal(name, file, flags, opened);
    }
    if (!(flags & SQLITE_OPEN_MAIN_DB)) {
        return below->xOpen(below, name, file, flags, opened);
    }
    gated_file *outer = gated(file);
    memset(outer, 0, sizeof *outer);
    outer->real = (sqlite3_file *)(outer + 1);
    int code = below->xOpen(below, name, outer->real, flags, opened);
    const sqlite3_io_methods *found = outer->real->pMethods;
    if (found) {
        outer->base.pMethods = &methods[found->iVersion < 1 ? 0 : found->iVersion > 3 ? 2 : found->iVersion - 1];
    }
    return code;
}

int steward_sqlite_install_gate(void) {
    static sqlite3_vfs layer;
    below = sqlite3_vfs_find(NULL);
    if (!below) {
        return SQLITE_ERROR;
    }
    // The other functions do not look at the layer that they are called with, or only at what is copied here.
    layer = *below;
    layer.pNext = NULL;
    layer.zName = "steward";
    size_t outer = sizeof(gated_file) > sizeof(steward_journal_file) ? sizeof(gated_file) : sizeof(steward_journal_file);
    layer.szOsFile = (int)outer + below->szOsFile;
    layer.xOpen = gated_open;
    return sqlite3_vfs_register(&layer, 1);
}

int steward_sqlite_set_gate(struct sqlite3 *database, steward_sqlite_gate *gate) {
    return sqlite3_file_control(database, "main", gate_operation, gate);
}
