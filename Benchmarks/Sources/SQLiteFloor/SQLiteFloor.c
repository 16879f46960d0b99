#include "SQLiteFloor.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char **statements = NULL;
static int count = 0;
static int is_watching = 0;

void floor_add(const char *sql) {
    pthread_mutex_lock(&mutex);
    char **longer = sql && is_watching ? realloc(statements, (size_t)(count + 1) * sizeof *longer) : NULL;
    if (longer) {
        statements = longer;
        statements[count++] = strdup(sql);
    }
    pthread_mutex_unlock(&mutex);
}

static int keep(unsigned event, void *context, void *statement, void *text) {
    (void)event, (void)context, (void)text;
    char *sql = sqlite3_expanded_sql(statement);
    floor_add(sql);
    sqlite3_free(sql);
    return 0;
}

static int watch(sqlite3 *database, char **message, const struct sqlite3_api_routines *routines) {
    (void)message, (void)routines;
    return sqlite3_trace_v2(database, SQLITE_TRACE_STMT, keep, NULL);
}

void floor_watch(void) { sqlite3_auto_extension((void (*)(void))watch); }

void floor_begin(void) {
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < count; i++) {
        free(statements[i]);
    }
    count = 0;
    is_watching = 1;
    pthread_mutex_unlock(&mutex);
}

int floor_end(void) {
    pthread_mutex_lock(&mutex);
    is_watching = 0;
    pthread_mutex_unlock(&mutex);
    return count;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

/// Steps all statements to the end; gives the milliseconds, or a negative number after an error.
static double step_all(sqlite3_stmt **prepared) {
    double start = now();
    for (int i = 0; i < count; i++) {
        int code;
        while ((code = sqlite3_step(prepared[i])) == SQLITE_ROW) {
        }
        sqlite3_reset(prepared[i]);
        if (code != SQLITE_DONE) {
            return -1;
        }
    }
    return now() - start;
}

double floor_milliseconds(const char *path, int rounds) {
    sqlite3 *database = NULL;
    double best = -1;
    sqlite3_stmt **prepared = calloc((size_t)count + 1, sizeof *prepared);
    int is_ready = prepared && sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK;
    for (int i = 0; is_ready && i < count; i++) {
        is_ready = sqlite3_prepare_v2(database, statements[i], -1, &prepared[i], NULL) == SQLITE_OK;
    }
    for (int round = 0; is_ready && round < rounds; round++) {
        double time = step_all(prepared);
        if (time < 0 || best < 0 || time < best) {
            best = time;
        }
    }
    for (int i = 0; prepared && i < count; i++) {
        sqlite3_finalize(prepared[i]);
    }
    free(prepared);
    sqlite3_close(database);
    return best;
}

double floor_memory(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
#ifdef __linux__
    return (double)usage.ru_maxrss / 1024;
#else
    return (double)usage.ru_maxrss / 1048576;
#endif
}
