// The server: libevent's loop and its HTTP. One thread, since one reader asks: a page is made when
// it is asked for, and kept.
#include "serve.h"

#include "page.h"
#include "site.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define LISTENER_COUNT_MAX 64u // open pages that wait for changes
#define HEADER_SIZE_MAX 16384
#define LOOK_MILLISECONDS 300

typedef struct Server {
    Site site;
    struct event_base *loop;
    struct evhttp *http;
    struct evhttp_request *listeners[LISTENER_COUNT_MAX];
    uint32_t listener_count;
} Server;

// ---- Answers

static void add_header(struct evhttp_request *request, const char *name, const char *value)
{
    (void)evhttp_add_header(evhttp_request_get_output_headers(request), name, value);
}

static void send_bytes(struct evhttp_request *request, const char *type, const void *bytes,
                       size_t size)
{
    struct evbuffer *body = evbuffer_new();
    if (body == NULL || evbuffer_add(body, bytes, size) != 0) {
        if (body != NULL)
            evbuffer_free(body);
        evhttp_send_error(request, HTTP_INTERNAL, NULL);
        return;
    }
    add_header(request, "Content-Type", type);
    add_header(request, "Cache-Control", "no-store");
    add_header(request, "X-Content-Type-Options", "nosniff");
    add_header(request, "Referrer-Policy", "no-referrer");
    add_header(request, "Cross-Origin-Resource-Policy", "same-origin");
    evhttp_send_reply(request, HTTP_OK, "OK", body);
    evbuffer_free(body);
}

static void send_deals(Server *server, struct evhttp_request *request)
{
    QuidIoBuffer list = {NULL, 0, 0, false};
    const QuidOutput output = quid_io_buffer_output(&list);
    bool is_good = site_find(&server->site) && output.write(output.user, "[", 1);
    for (uint32_t i = 0; is_good && i < server->site.deal_count; i++) {
        SiteDeal *deal = &server->site.deals[i];
        is_good = site_make_summary(&server->site, deal) &&
                  (i == 0 || output.write(output.user, ",", 1)) &&
                  output.write(output.user, deal->summary.bytes, deal->summary.size);
    }
    is_good = is_good && output.write(output.user, "]", 1);
    if (is_good)
        send_bytes(request, "application/json", list.bytes, list.size);
    else
        evhttp_send_error(request, HTTP_INTERNAL, NULL);
    free(list.bytes);
}

static void send_deal(Server *server, struct evhttp_request *request, const char *name)
{
    char *decoded = evhttp_uridecode(name, 0, NULL);
    SiteDeal *deal = decoded == NULL ? NULL : site_deal(&server->site, decoded);
    free(decoded);
    if (deal == NULL)
        evhttp_send_error(request, HTTP_NOTFOUND, "there is no such deal");
    else if (site_make_page(&server->site, deal))
        send_bytes(request, "text/html; charset=utf-8", deal->page.bytes, deal->page.size);
    else
        evhttp_send_error(request, HTTP_INTERNAL, NULL);
}

// ---- Who waits for changes

static void forget_listener(struct evhttp_connection *connection, void *user)
{
    Server *server = user;
    for (uint32_t i = 0; i < server->listener_count; i++) {
        if (evhttp_request_get_connection(server->listeners[i]) == connection)
            server->listeners[i--] = server->listeners[--server->listener_count];
    }
}

static void tell(struct evhttp_request *request, const char *text)
{
    struct evbuffer *chunk = evbuffer_new();
    if (chunk == NULL)
        return;
    (void)evbuffer_add(chunk, text, strlen(text));
    evhttp_send_reply_chunk(request, chunk);
    evbuffer_free(chunk);
}

static void add_listener(Server *server, struct evhttp_request *request)
{
    if (server->listener_count == LISTENER_COUNT_MAX) {
        evhttp_send_error(request, HTTP_SERVUNAVAIL, NULL);
        return;
    }
    add_header(request, "Content-Type", "text/event-stream");
    add_header(request, "Cache-Control", "no-store");
    evhttp_connection_set_closecb(evhttp_request_get_connection(request), forget_listener, server);
    evhttp_send_reply_start(request, HTTP_OK, "OK");
    server->listeners[server->listener_count++] = request;
    tell(request, "retry: 1000\n\n");
}

static void look(evutil_socket_t descriptor, short what, void *user)
{
    Server *server = user;
    (void)descriptor;
    (void)what;
    bool has_changed = false;
    for (uint32_t i = 0; i < server->site.deal_count; i++)
        has_changed = site_has_changed(&server->site.deals[i]) || has_changed;
    for (uint32_t i = 0; has_changed && i < server->listener_count; i++)
        tell(server->listeners[i], "event: change\ndata: deal\n\n");
}

// ---- Requests

// A page of another site must not reach us under a name of its own (DNS rebinding): while we listen
// on this machine alone, only its own names are answered.
static bool is_own_name(const Server *server, struct evhttp_request *request)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    if (server->site.options->address != NULL)
        return true;
    const char *host = evhttp_find_header(evhttp_request_get_input_headers(request), "Host");
    for (size_t i = 0; host != NULL && i < sizeof names / sizeof names[0]; i++) {
        const size_t size = strlen(names[i]);
        if (strncmp(host, names[i], size) == 0 && (host[size] == '\0' || host[size] == ':'))
            return true;
    }
    return false;
}

static void answer(struct evhttp_request *request, void *user)
{
    Server *server = user;
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
    const char *path = uri == NULL ? NULL : evhttp_uri_get_path(uri);
    if (path == NULL || !is_own_name(server, request))
        evhttp_send_error(request, 403, "Forbidden");
    else if (strcmp(path, "/") == 0)
        send_bytes(request, "text/html; charset=utf-8", quid_index_page, quid_index_page_size);
    else if (strcmp(path, "/deals.json") == 0)
        send_deals(server, request);
    else if (strcmp(path, "/events") == 0)
        add_listener(server, request);
    else if (strncmp(path, "/deal/", 6) == 0)
        send_deal(server, request, path + 6);
    else
        evhttp_send_error(request, HTTP_NOTFOUND, NULL);
}

static void stop(evutil_socket_t number, short what, void *user)
{
    Server *server = user;
    (void)number;
    (void)what;
    (void)event_base_loopbreak(server->loop);
}

// ---- The server

static uint16_t bound_port(struct evhttp_bound_socket *bound)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    memset(&address, 0, sizeof address);
    if (getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&address, &size) != 0)
        return 0;
    const bool is_new = address.ss_family == AF_INET6;
    return ntohs(is_new ? ((struct sockaddr_in6 *)&address)->sin6_port
                        : ((struct sockaddr_in *)&address)->sin_port);
}

static bool open_server(Server *server)
{
    const Options *options = server->site.options;
    const char *address = options->address == NULL ? "127.0.0.1" : options->address;
    server->loop = event_base_new();
    server->http = server->loop == NULL ? NULL : evhttp_new(server->loop);
    if (server->http == NULL) {
        (void)machine_failure(quid_status_text(QUID_NO_MEMORY));
        return false;
    }
    evhttp_set_allowed_methods(server->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
    evhttp_set_max_headers_size(server->http, HEADER_SIZE_MAX);
    evhttp_set_max_body_size(server->http, 0);
    evhttp_set_gencb(server->http, answer, server);
    struct evhttp_bound_socket *bound =
        evhttp_bind_socket_with_handle(server->http, address, (uint16_t)options->port);
    if (bound == NULL) {
        fprintf(stderr, "quid: %s, port %u: another program is there, or this one may not be\n",
                address, options->port);
        return false;
    }
    printf("quid: %u deal%s at http://%s:%u/ (Ctrl-C ends)\n", server->site.deal_count,
           server->site.deal_count == 1 ? "" : "s", address, bound_port(bound));
    return fflush(stdout) == 0;
}

static void run_loop(Server *server)
{
    const struct timeval pause = {0, LOOK_MILLISECONDS * 1000};
    struct event *events[] = {
        event_new(server->loop, -1, EV_PERSIST, look, server),
        evsignal_new(server->loop, SIGINT, stop, server),
        evsignal_new(server->loop, SIGTERM, stop, server),
    };
    const bool is_whole = events[0] != NULL && events[1] != NULL && events[2] != NULL &&
                          event_add(events[0], &pause) == 0 && event_add(events[1], NULL) == 0 &&
                          event_add(events[2], NULL) == 0;
    if (is_whole)
        (void)event_base_dispatch(server->loop);
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        if (events[i] != NULL)
            event_free(events[i]);
    }
}

int serve(const Options *options)
{
    if (quid_page_template_size == 0) {
        fprintf(stderr, "quid: this quid was built without the page; tools/setup web installs what "
                        "it needs, then build again\n");
        return EXIT_INPUT;
    }
    static Server server;
    server.site.options = options;
    int code = EXIT_MACHINE;
    if (!site_find(&server.site)) {
        code = machine_failure(quid_status_text(QUID_NO_MEMORY));
    } else if (server.site.deal_count == 0) {
        fprintf(stderr, "quid: there is no deal: a folder holds NAME/deal.quid or NAME.quid\n");
        code = EXIT_INPUT;
    } else if (open_server(&server)) {
        run_loop(&server);
        code = EXIT_DONE;
    }
    server.listener_count = 0;
    if (server.http != NULL)
        evhttp_free(server.http);
    if (server.loop != NULL)
        event_base_free(server.loop);
    site_free(&server.site);
    return code;
}
