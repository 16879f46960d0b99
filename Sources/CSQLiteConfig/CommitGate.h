#ifndef COMMITGATE_H
#define COMMITGATE_H

/// Puts the gate's layer over SQLite's default file access; gives SQLite's result code.
int steward_sqlite_install_gate(void);

#endif
