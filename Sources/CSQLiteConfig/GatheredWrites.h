// Writes that follow one another in a file, put off so that they go to it in one piece.
#ifndef GATHERED_WRITES_H
#define GATHERED_WRITES_H

#include <sqlite3.h>

/// Writes to one file that are put off.
///
/// SQLite has been told that they succeeded, so it must find them when it reads, also when the file refuses them later:
/// they stay until the file takes them or `steward_gathered_end` drops them.
typedef struct {
    char *bytes;
    /// Where they belong, and how many there are.
    sqlite3_int64 start;
    int count;
    /// Whether the file has refused them.
    int refused;
} steward_gathered;

/// Puts a write off, after those before it if it does not follow them. Gives SQLite's result code, also of those.
int steward_gathered_write(steward_gathered *gathered, sqlite3_file *file, const void *bytes, int count, sqlite3_int64 at);

/// Reads from the file and what was put off.
int steward_gathered_read(steward_gathered *gathered, sqlite3_file *file, void *bytes, int count, sqlite3_int64 at);

/// Writes what was put off; to be called before anything else is done with the file. Gives SQLite's result code.
int steward_gathered_flush(steward_gathered *gathered, sqlite3_file *file);

/// Writes what was put off, or drops what the file refuses: nobody relies on it any more.
int steward_gathered_end(steward_gathered *gathered, sqlite3_file *file);

/// Gives the memory back; what was put off and not flushed is lost.
void steward_gathered_free(steward_gathered *gathered);

#endif
