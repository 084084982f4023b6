// serve: what a request asks for. Kept apart from sockets and deals, so that it can be fuzzed.
#ifndef QUID_SERVE_REQUEST_H
#define QUID_SERVE_REQUEST_H

#include <stdbool.h>

#define REQUEST_NAME_SIZE_MAX 255u // bytes of a deal's name; a file's name has no more

typedef enum Asked {
    ASKED_FORBIDDEN, // under a name that is not this machine's
    ASKED_NOTHING,   // there is no such page
    ASKED_INDEX,
    ASKED_DEALS,
    ASKED_EVENTS,
    ASKED_DEAL,
} Asked;

typedef struct Request {
    Asked asked;
    char name[REQUEST_NAME_SIZE_MAX + 1]; // ASKED_DEAL: decoded; else empty
} Request;

// path: of the address, still encoded. host: the header, NULL where there is none. is_open: others
// than this machine may ask, under any name.
Request read_request(const char *path, const char *host, bool is_open);

#endif
