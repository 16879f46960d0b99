#include "GatheredWrites.h"

#include <stdlib.h>
#include <string.h>

// SQLite's own file access writes at most 128 KiB less a byte at a time.
enum { room = 96 << 10 };

int steward_gathered_flush(steward_gathered *gathered, sqlite3_file *file) {
    if (!gathered->count) {
        return SQLITE_OK;
    }
    int code = file->pMethods->xWrite(file, gathered->bytes, gathered->count, gathered->start);
    gathered->refused = code != SQLITE_OK;
    if (code == SQLITE_OK) {
        gathered->count = 0;
    }
    return code;
}

int steward_gathered_end(steward_gathered *gathered, sqlite3_file *file) {
    // What was refused once is of a transaction that is being undone, or was.
    int code = gathered->refused ? SQLITE_OK : steward_gathered_flush(gathered, file);
    gathered->count = 0;
    gathered->refused = 0;
    return code;
}

int steward_gathered_read(steward_gathered *gathered, sqlite3_file *file, void *bytes, int count, sqlite3_int64 at) {
    sqlite3_int64 end = gathered->start + gathered->count;
    if (gathered->count && at < end && at + count > gathered->start) {
        if (at >= gathered->start && at + count <= end) {
            memcpy(bytes, gathered->bytes + (at - gathered->start), count);
            return SQLITE_OK;
        }
        int code = steward_gathered_flush(gathered, file);
        if (code != SQLITE_OK) {
            return code;
        }
    }
    return file->pMethods->xRead(file, bytes, count, at);
}

int steward_gathered_write(steward_gathered *gathered, sqlite3_file *file, const void *bytes, int count, sqlite3_int64 at) {
    if (gathered->count && (at != gathered->start + gathered->count || count > room - gathered->count)) {
        int code = steward_gathered_flush(gathered, file);
        if (code != SQLITE_OK) {
            return code;
        }
    }
    if (!gathered->bytes) {
        gathered->bytes = malloc(room);
    }
    if (count > room || !gathered->bytes) {
        return file->pMethods->xWrite(file, bytes, count, at);
    }
    if (!gathered->count) {
        gathered->start = at;
    }
    memcpy(gathered->bytes + gathered->count, bytes, count);
    gathered->count += count;
    return SQLITE_OK;
}

void steward_gathered_free(steward_gathered *gathered) {
    free(gathered->bytes);
    memset(gathered, 0, sizeof *gathered);
}
