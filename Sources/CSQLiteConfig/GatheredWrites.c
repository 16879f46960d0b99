#include "GatheredWrites.h"

#include <stdlib.h>
#include <string.h>

// SQLite's own file access writes at most 128 KiB less a byte at a time.
enum { room = 96 << 10 };

int steward_gathered_flush(steward_gathered *gathered, sqlite3_file *file) {
    int count = gathered->count;
    gathered->count = 0;
    return count ? file->pMethods->xWrite(file, gathered->bytes, count, gathered->start) : SQLITE_OK;
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
