#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>

// Swift cannot call functions with variable arguments: one function for each type of value.

// Constants whose macros Swift does not read.
static const long steward_curl_global = CURL_GLOBAL_DEFAULT;
static const long steward_curl_redirect_all = CURL_REDIR_POST_ALL;
static const long steward_curl_bearer = (long)CURLAUTH_BEARER;

static inline CURLcode steward_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode steward_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode steward_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode steward_curl_set_bytes(CURL *handle, const void *bytes, curl_off_t count) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, count);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_POSTFIELDS, bytes) : code;
}

static inline CURLcode steward_curl_set_receiver(CURL *handle, CURLoption option, curl_write_callback function) {
    return curl_easy_setopt(handle, option, function);
}

static inline CURLcode steward_curl_set_watcher(CURL *handle, curl_xferinfo_callback function) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, function);
}

// Runs a request. A connection that the server has closed must not end the process by SIGPIPE, so the signal is blocked
// in this thread and taken away if it came.
static inline CURLcode steward_curl_perform(CURL *handle) {
    sigset_t pipe, before, pending;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    int was_pending = sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE);
    int is_blocked = pthread_sigmask(SIG_BLOCK, &pipe, &before) == 0;
    CURLcode code = curl_easy_perform(handle);
    if (is_blocked) {
        if (!was_pending && sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE)) {
            int signal = 0;
            sigwait(&pipe, &signal);
        }
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    return code;
}
