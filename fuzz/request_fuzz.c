// Any bytes as a request to the server: the path, up to a zero, and the host that it names. What
// the server makes of them is held against the text: a name that is asked for, encoded in the most
// careful way, asks for the same; only this machine's names are answered.
#include "fuzz.h"

#include "request.h"

#include <stdio.h>

static void check_name(const Request *request)
{
    char path[6 + 3 * REQUEST_NAME_SIZE_MAX + 1] = "/deal/";
    size_t used = 6;
    for (const char *c = request->name; *c != '\0'; c++)
        used += (size_t)snprintf(path + used, sizeof path - used, "%%%02X", (unsigned char)*c);
    const Request again = read_request(path, "localhost", false);
    if (again.asked != ASKED_DEAL || strcmp(again.name, request->name) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 2);
    if (text == NULL)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    text[size + 1] = '\0';
    const char *host = text + strlen(text) + 1;
    const Request closed = read_request(text, host, false);
    const Request open = read_request(text, NULL, true);
    const bool is_own = strncmp(host, "127.0.0.1", 9) == 0 || strncmp(host, "localhost", 9) == 0 ||
                        strncmp(host, "[::1]", 5) == 0;
    if (open.asked == ASKED_FORBIDDEN || (closed.asked != ASKED_FORBIDDEN && !is_own) ||
        (closed.asked != ASKED_FORBIDDEN && closed.asked != open.asked) ||
        (open.asked == ASKED_DEAL) != (open.name[0] != '\0'))
        abort();
    if (open.asked == ASKED_DEAL)
        check_name(&open);
    free(text);
    return 0;
}
