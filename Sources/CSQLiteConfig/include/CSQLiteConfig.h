// The process-wide settings of SQLite, whose C function takes variable arguments, which Swift cannot call.
#ifndef CSQLITECONFIG_H
#define CSQLITECONFIG_H

/// Lets page caches grow page by page and leaves memory statistics out.
///
/// Every statement with a subquery, a recursion or a list opens small tables in memory; with the default settings each
/// of them takes and returns a block of twenty pages, which costs more than the statement itself. Without effect once
/// SQLite is in use. Gives SQLite's result code.
int steward_sqlite_configure(void);

#endif
