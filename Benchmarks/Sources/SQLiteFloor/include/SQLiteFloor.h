// Times the statements that a question sent to SQLite, stepped through SQLite's C interface and nothing else.
#ifndef SQLITEFLOOR_H
#define SQLITEFLOOR_H

/// Sees to it that connections opened from now on tell which statements they run; call it before the first one.
void floor_watch(void);

/// Starts to keep the statements that run, with their values written out; forgets those kept before.
void floor_begin(void);

/// Keeps a statement that is given instead of watched.
void floor_add(const char *sql);

/// Stops keeping statements; gives their number.
int floor_end(void);

/// Steps all kept statements, prepared before, on a connection of its own to the end and gives the shortest time of some
/// rounds in milliseconds; negative after an error. Rows are not read.
double floor_milliseconds(const char *path, int rounds);

/// The largest memory that this process has had, in MiB.
double floor_memory(void);

#endif
