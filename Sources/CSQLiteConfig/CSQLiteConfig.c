#include "CSQLiteConfig.h"
#include "CommitGate.h"

#include <sqlite3.h>

int steward_sqlite_configure(void) {
    int code = sqlite3_config(SQLITE_CONFIG_PAGECACHE, (void *)0, 0, 0);
    if (code == SQLITE_OK) {
        code = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    }
    if (code == SQLITE_OK) {
        // What undoes a statement of many rows, kept in memory up to this size; by default 64 KiB.
        code = sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, 4 << 20);
    }
    int installed = steward_sqlite_install_gate();
    return code != SQLITE_OK ? code : installed;
}
