// The rollback journal behind the layer of file access.
#ifndef JOURNAL_FILE_H
#define JOURNAL_FILE_H

#include "GatheredWrites.h"

#include <sqlite3.h>
#include <stdint.h>

/// What stays the same of a database's journal from one transaction to the next.
typedef struct {
    steward_gathered writes;
    /// The journal whose name in its directory is known to be on disk; its number is 0 if there is none.
    struct {
        uint64_t device, number;
        int64_t born_s;
        uint32_t born_ns;
    } durable;
} steward_journal_memory;

/// A journal that is open.
typedef struct {
    sqlite3_file base;
    sqlite3_file *real;
    steward_journal_memory *memory;
    const char *name;
    /// Whether the next synchronisation makes the name durable.
    int names;
} steward_journal_file;

/// Opens a journal with the layer below; `memory` must outlive it. Gives SQLite's result code.
int steward_journal_open(
    sqlite3_vfs *below, const char *name, steward_journal_file *file, int flags, int *opened, steward_journal_memory *memory);

/// Forgets what is remembered.
void steward_journal_forget(steward_journal_memory *memory);

#endif
