// What of SQLite's C interface Swift cannot reach: functions with variable arguments, and its layer of file access.
#ifndef CSQLITECONFIG_H
#define CSQLITECONFIG_H

struct sqlite3;

/// Lets page caches grow page by page, leaves memory statistics out, undoes statements from memory, and installs the gate
/// below for all connections that are opened from then on.
///
/// Every statement with a subquery, a recursion or a list opens small tables in memory; with the default settings each
/// of them takes and returns a block of twenty pages, which costs more than the statement itself. The settings are
/// without effect once SQLite is in use. Call it once. Gives SQLite's result code.
int steward_sqlite_configure(void);

/// Something that is done at the last moment at which a commit can fail.
typedef struct {
    /// Gives 0 when done; anything else makes the commit fail with SQLITE_IOERR_FSYNC.
    int (*body)(void *context);
    void *context;
    /// Whether the body was called.
    int passed;
} steward_sqlite_gate;

/// Sets the gate of a connection's main database, or none with NULL; gives SQLITE_OK, or SQLITE_NOTFOUND if the database
/// was opened without the layer. It must live until another one or none is set.
///
/// The body is called at the first synchronisation of the database file by a commit: with a rollback journal that is
/// before the journal is cleared. It is not called where nothing has changed or in WAL mode.
int steward_sqlite_set_gate(struct sqlite3 *database, steward_sqlite_gate *gate);

#endif
