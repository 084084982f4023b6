// What a request asks for, by its path and the host it names.
#include "request.h"

#include <string.h>

// A page of another site must not reach us under a name of its own (DNS rebinding): while we listen
// on this machine alone, only its own names are answered.
static bool is_own_name(const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; host != NULL && i < sizeof names / sizeof names[0]; i++) {
        const size_t size = strlen(names[i]);
        if (strncmp(host, names[i], size) == 0 && (host[size] == '\0' || host[size] == ':'))
            return true;
    }
    return false;
}

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c);
    return at == NULL ? -1 : (int)(at - digits);
}

// false: a half or a zero byte behind %, or no name that a file has.
static bool decode(const char *text, char *name)
{
    size_t size = 0;
    while (*text != '\0' && size < REQUEST_NAME_SIZE_MAX) {
        int byte = (unsigned char)*text++;
        if (byte == '%') {
            const int high = digit(text[0]);
            const int low = high < 0 ? -1 : digit(text[1]);
            if (low < 0 || high + low == 0)
                return false;
            byte = high * 16 + low;
            text += 2;
        }
        name[size++] = (char)byte;
    }
    name[size] = '\0';
    return *text == '\0' && size > 0;
}

Request read_request(const char *path, const char *host, bool is_open)
{
    Request request = {ASKED_NOTHING, ""};
    if (path == NULL || (!is_open && !is_own_name(host)))
        request.asked = ASKED_FORBIDDEN;
    else if (strcmp(path, "/") == 0)
        request.asked = ASKED_INDEX;
    else if (strcmp(path, "/deals.json") == 0)
        request.asked = ASKED_DEALS;
    else if (strcmp(path, "/events") == 0)
        request.asked = ASKED_EVENTS;
    else if (strncmp(path, "/deal/", 6) == 0 && decode(path + 6, request.name))
        request.asked = ASKED_DEAL;
    if (request.asked != ASKED_DEAL)
        request.name[0] = '\0';
    return request;
}
