// The server: libevent's loop and its HTTP on one thread, which never waits: pages are made on
// threads of their own, and kept. Who asks for what is being made waits without holding up others;
// who does not say what he wants, or does not take his answer, is let go after a while.
#include "serve.h"

#include "page.h"
#include "progress.h"
#include "request.h"
#include "site.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISTENER_COUNT_MAX 64u // open pages that wait for changes
#define MAKER_COUNT_MAX 4u     // pages that are made at the same time
#define HEADER_SIZE_MAX 16384
#define LOOK_MILLISECONDS 300
#define DESCRIPTOR_COUNT_MAX 16384u // a connection takes one
#define DESCRIPTOR_RESERVE 64u      // of them for files and the loop itself
#define REQUEST_LOOKS 33u           // 10 s for a request to be whole
#define REQUEST_LOOKS_FULL 3u       // 1 s, while there is no descriptor left
#define ANSWER_LOOKS 400u           // 2 min for an answer to be taken

typedef enum Stage {
    STAGE_FREE,
    STAGE_ASKING, // the request is not whole yet
    STAGE_WAITING,
    STAGE_LISTENING,
    STAGE_ANSWERED, // the answer is on its way
} Stage;

// By descriptor. libevent closes a connection by itself; the buffer is held so that this is seen.
typedef struct Client {
    Stage stage;
    uint32_t since; // number of the look
    struct bufferevent *buffer;
    struct evhttp_request *request; // waiting and listening
    SiteDeal *deal;                 // waiting: NULL for the list
} Client;

struct Server;

typedef struct Maker {
    struct Server *server;
    pthread_t thread;
    bool is_busy;
    SiteMade made;
} Maker;

typedef struct Server {
    Site site;
    struct event_base *loop;
    struct evhttp *http;
    struct evconnlistener *door;
    bool is_full;
    bool was_full; // said once
    uint32_t look_count;
    Client *clients;
    uint32_t client_max;
    struct bufferevent *newest; // has no descriptor yet
    uint32_t listener_count;
    Maker makers[MAKER_COUNT_MAX];
    int done[2]; // a pipe: the numbers of makers that are done
} Server;

// ---- Clients

static bool is_closed(struct bufferevent *buffer)
{
    bufferevent_event_cb told = NULL;
    bufferevent_getcb(buffer, NULL, NULL, &told, NULL);
    return told == NULL;
}

static void forget_client(Client *client)
{
    if (client->buffer != NULL)
        (void)bufferevent_decref(client->buffer);
    *client = (Client){.stage = STAGE_FREE};
}

static void stop_accepting(Server *server)
{
    server->is_full = true;
    (void)evconnlistener_disable(server->door);
    if (!server->was_full)
        fprintf(stderr, "quid: all %u connections are taken; others wait\n", server->client_max);
    server->was_full = true;
}

static void place_newest(Server *server)
{
    struct bufferevent *buffer = server->newest;
    const evutil_socket_t descriptor = buffer == NULL ? -1 : bufferevent_getfd(buffer);
    server->newest = NULL;
    if (descriptor < 0 || (uint32_t)descriptor >= server->client_max || is_closed(buffer)) {
        if (buffer != NULL)
            (void)bufferevent_decref(buffer);
        return;
    }
    if ((uint32_t)descriptor + DESCRIPTOR_RESERVE >= server->client_max)
        stop_accepting(server);
    // Who had the descriptor before is gone.
    forget_client(&server->clients[descriptor]);
    server->clients[descriptor] = (Client){STAGE_ASKING, server->look_count, buffer, NULL, NULL};
}

// libevent asks for the buffer of a connection that has just been accepted.
static struct bufferevent *welcome(struct event_base *loop, void *user)
{
    Server *server = user;
    place_newest(server);
    struct bufferevent *buffer = bufferevent_socket_new(loop, -1, 0);
    if (buffer != NULL)
        bufferevent_incref(buffer);
    server->newest = buffer;
    return buffer;
}

// The system has no descriptor to give: the next look tries again.
static void refuse(struct evconnlistener *door, void *user)
{
    (void)user; // that of libevent's HTTP
    (void)evconnlistener_disable(door);
}

static Client *client_of(Server *server, struct evhttp_request *request)
{
    struct evhttp_connection *connection = evhttp_request_get_connection(request);
    place_newest(server);
    const evutil_socket_t descriptor =
        bufferevent_getfd(evhttp_connection_get_bufferevent(connection));
    const bool is_known = descriptor >= 0 && (uint32_t)descriptor < server->client_max &&
                          server->clients[descriptor].stage != STAGE_FREE;
    return is_known ? &server->clients[descriptor] : NULL;
}

// ---- Answers

static void add_header(struct evhttp_request *request, const char *name, const char *value)
{
    (void)evhttp_add_header(evhttp_request_get_output_headers(request), name, value);
}

// The connection can ask again.
static void complete(struct evhttp_request *request, void *user)
{
    Server *server = user;
    Client *client = client_of(server, request);
    if (client != NULL) {
        client->stage = STAGE_ASKING;
        client->since = server->look_count;
    }
}

static void begin_answer(Server *server, struct evhttp_request *request)
{
    Client *client = client_of(server, request);
    if (client != NULL) {
        client->stage = STAGE_ANSWERED;
        client->since = server->look_count;
        client->request = NULL;
    }
    evhttp_request_set_on_complete_cb(request, complete, server);
}

static void send_error(Server *server, struct evhttp_request *request, int code, const char *reason)
{
    begin_answer(server, request);
    evhttp_send_error(request, code, reason);
}

static void send_body(Server *server, struct evhttp_request *request, const char *type,
                      struct evbuffer *body)
{
    begin_answer(server, request);
    add_header(request, "Content-Type", type);
    add_header(request, "Cache-Control", "no-store");
    add_header(request, "X-Content-Type-Options", "nosniff");
    add_header(request, "Referrer-Policy", "no-referrer");
    add_header(request, "Cross-Origin-Resource-Policy", "same-origin");
    evhttp_send_reply(request, HTTP_OK, "OK", body);
}

static void let_go(const void *bytes, size_t size, void *user)
{
    (void)bytes;
    (void)size;
    site_release(user);
}

// All who ask are sent the same bytes: ten thousand slow readers cost no more than one. shared:
// NULL for bytes that stay.
static void send_bytes(Server *server, struct evhttp_request *request, const char *type,
                       const void *bytes, size_t size, SiteBytes *shared)
{
    struct evbuffer *body = evbuffer_new();
    if (body == NULL ||
        evbuffer_add_reference(body, bytes, size, shared == NULL ? NULL : let_go, shared) != 0) {
        send_error(server, request, HTTP_SERVUNAVAIL, NULL);
    } else {
        if (shared != NULL)
            site_hold(shared);
        send_body(server, request, type, body);
    }
    if (body != NULL)
        evbuffer_free(body);
}

// ---- Making

static void *make(void *user)
{
    Maker *maker = user;
    const unsigned char number = (unsigned char)(maker - maker->server->makers);
    site_make(&maker->made);
    // A pipe holds more bytes than there are makers.
    const ssize_t written = write(maker->server->done[1], &number, 1);
    (void)written;
    return NULL;
}

// Where all makers are busy, or there can be no thread now, it is tried again when one is done, and
// at every look.
static void start_making(Server *server, SiteDeal *deal, SiteKind kind)
{
    for (uint32_t i = 0; i < MAKER_COUNT_MAX && !deal->is_making[kind]; i++) {
        Maker *maker = &server->makers[i];
        if (maker->is_busy)
            continue;
        maker->server = server;
        maker->made = (SiteMade){.options = server->site.options, .deal = deal, .kind = kind};
        maker->is_busy = pthread_create(&maker->thread, NULL, make, maker) == 0;
        deal->is_making[kind] = maker->is_busy;
        if (!maker->is_busy)
            return;
    }
}

// The bytes that a request waits for; NULL: they are being made, or will be. deal: NULL for the
// list.
static SiteBytes *find_bytes(Server *server, SiteDeal *deal)
{
    bool is_there = true;
    if (deal != NULL && deal->made[SITE_PAGE] == NULL)
        start_making(server, deal, SITE_PAGE);
    if (deal != NULL)
        return deal->made[SITE_PAGE];
    for (uint32_t i = 0; i < server->site.deal_count; i++) {
        if (server->site.deals[i].made[SITE_SUMMARY] != NULL)
            continue;
        start_making(server, &server->site.deals[i], SITE_SUMMARY);
        is_there = false;
    }
    return is_there ? site_list(&server->site) : NULL;
}

static void send_made(Server *server, struct evhttp_request *request, const SiteDeal *deal,
                      SiteBytes *bytes)
{
    send_bytes(server, request, deal == NULL ? "application/json" : "text/html; charset=utf-8",
               bytes->bytes, bytes->size, bytes);
}

// Each who waits for the list (deal: NULL) or for a deal's page is told that there is none.
static void fail_waiting(Server *server, const SiteDeal *deal)
{
    for (uint32_t i = 0; i < server->client_max; i++) {
        Client *client = &server->clients[i];
        if (client->stage == STAGE_WAITING && client->deal == deal)
            send_error(server, client->request, HTTP_INTERNAL, "the deal could not be answered");
    }
}

static void answer_waiting(Server *server)
{
    for (uint32_t i = 0; i < server->client_max; i++) {
        Client *client = &server->clients[i];
        if (client->stage != STAGE_WAITING)
            continue;
        SiteBytes *bytes = find_bytes(server, client->deal);
        if (bytes != NULL)
            send_made(server, client->request, client->deal, bytes);
    }
}

// ---- Who waits

// A request whose connection broke off is the server's to free; else libevent frees it.
static void forget_request(struct evhttp_connection *connection, void *user)
{
    Server *server = user;
    const evutil_socket_t descriptor =
        bufferevent_getfd(evhttp_connection_get_bufferevent(connection));
    if (descriptor < 0 || (uint32_t)descriptor >= server->client_max)
        return;
    Client *client = &server->clients[descriptor];
    struct evhttp_request *request = client->request;
    server->listener_count -= client->stage == STAGE_LISTENING;
    client->request = NULL;
    client->stage = client->stage == STAGE_FREE ? STAGE_FREE : STAGE_ANSWERED;
    if (request != NULL && evhttp_request_get_connection(request) == NULL)
        evhttp_request_free(request);
}

static void hold(Server *server, struct evhttp_request *request, Client *client, Stage stage)
{
    client->stage = stage;
    client->request = request;
    evhttp_connection_set_closecb(evhttp_request_get_connection(request), forget_request, server);
}

static void wait_for(Server *server, struct evhttp_request *request, SiteDeal *deal)
{
    SiteBytes *bytes = find_bytes(server, deal);
    Client *client = client_of(server, request);
    if (bytes != NULL) {
        send_made(server, request, deal, bytes);
    } else if (client == NULL) {
        send_error(server, request, HTTP_SERVUNAVAIL, NULL);
    } else {
        hold(server, request, client, STAGE_WAITING);
        client->deal = deal;
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
    Client *client = client_of(server, request);
    if (server->listener_count == LISTENER_COUNT_MAX || client == NULL) {
        send_error(server, request, HTTP_SERVUNAVAIL, NULL);
        return;
    }
    add_header(request, "Content-Type", "text/event-stream");
    add_header(request, "Cache-Control", "no-store");
    hold(server, request, client, STAGE_LISTENING);
    server->listener_count += 1;
    evhttp_send_reply_start(request, HTTP_OK, "OK");
    tell(request, "retry: 1000\n\n");
}

// ---- Looking

static void look_at_files(Server *server)
{
    bool has_changed = false;
    for (uint32_t i = 0; i < server->site.deal_count; i++)
        has_changed = site_has_changed(&server->site, &server->site.deals[i]) || has_changed;
    for (uint32_t i = 0; has_changed && i < server->client_max; i++) {
        if (server->clients[i].stage == STAGE_LISTENING)
            tell(server->clients[i].request, "event: change\ndata: deal\n\n");
    }
}

// Shutting a connection down ends it in libevent's eyes; it closes and frees it then.
static void look_at_clients(Server *server)
{
    uint32_t count = 0;
    place_newest(server);
    for (uint32_t i = 0; i < server->client_max; i++) {
        Client *client = &server->clients[i];
        if (client->stage == STAGE_FREE)
            continue;
        if (is_closed(client->buffer)) {
            forget_client(client);
            continue;
        }
        count += 1;
        const uint32_t age = server->look_count - client->since;
        const uint32_t patience = server->is_full ? REQUEST_LOOKS_FULL : REQUEST_LOOKS;
        if ((client->stage == STAGE_ASKING && age > patience) ||
            (client->stage == STAGE_ANSWERED && age > ANSWER_LOOKS))
            (void)shutdown((int)i, SHUT_RDWR);
    }
    server->is_full = count + DESCRIPTOR_RESERVE >= server->client_max;
    if (!server->is_full)
        (void)evconnlistener_enable(server->door);
}

static void look(evutil_socket_t descriptor, short what, void *user)
{
    Server *server = user;
    (void)descriptor;
    (void)what;
    server->look_count += 1;
    look_at_files(server);
    look_at_clients(server);
    answer_waiting(server);
}

// A maker is done. What changed meanwhile is seen first: what was made keeps the files' later
// state.
static void take(evutil_socket_t descriptor, short what, void *user)
{
    Server *server = user;
    unsigned char number;
    (void)what;
    while (read((int)descriptor, &number, 1) == 1) {
        Maker *maker = &server->makers[number];
        SiteDeal *deal = maker->made.deal;
        (void)pthread_join(maker->thread, NULL);
        maker->is_busy = false;
        look_at_files(server);
        if (!site_keep(&server->site, &maker->made))
            fail_waiting(server, maker->made.kind == SITE_PAGE ? deal : NULL);
    }
    answer_waiting(server);
}

// ---- Requests

static void answer(struct evhttp_request *request, void *user)
{
    Server *server = user;
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
    const Request what =
        read_request(uri == NULL ? NULL : evhttp_uri_get_path(uri),
                     evhttp_find_header(evhttp_request_get_input_headers(request), "Host"),
                     server->site.options->address != NULL);
    SiteDeal *deal = what.asked == ASKED_DEAL ? site_deal(&server->site, what.name) : NULL;
    if (what.asked == ASKED_FORBIDDEN)
        send_error(server, request, 403, "Forbidden");
    else if (what.asked == ASKED_INDEX)
        send_bytes(server, request, "text/html; charset=utf-8", quid_index_page,
                   quid_index_page_size, NULL);
    else if (what.asked == ASKED_EVENTS)
        add_listener(server, request);
    else if (what.asked == ASKED_DEALS && !site_find(&server->site))
        send_error(server, request, HTTP_SERVUNAVAIL, NULL);
    else if (what.asked == ASKED_DEALS || deal != NULL)
        wait_for(server, request, deal);
    else
        send_error(server, request, HTTP_NOTFOUND, NULL);
}

static void stop(evutil_socket_t number, short what, void *user)
{
    Server *server = user;
    (void)number;
    (void)what;
    (void)event_base_loopbreak(server->loop);
}

// ---- The server

// As many descriptors as may be had, up to the most that are of use.
static bool open_clients(Server *server)
{
    struct rlimit limit = {DESCRIPTOR_RESERVE * 2, DESCRIPTOR_RESERVE * 2};
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < DESCRIPTOR_COUNT_MAX) {
        limit.rlim_cur =
            limit.rlim_max < DESCRIPTOR_COUNT_MAX ? limit.rlim_max : DESCRIPTOR_COUNT_MAX;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
        (void)getrlimit(RLIMIT_NOFILE, &limit);
    }
    server->client_max =
        limit.rlim_cur < DESCRIPTOR_COUNT_MAX ? (uint32_t)limit.rlim_cur : DESCRIPTOR_COUNT_MAX;
    if (server->client_max < DESCRIPTOR_RESERVE * 2) {
        fprintf(stderr, "quid: %u files may be open at once; %u are needed (ulimit -n)\n",
                server->client_max, DESCRIPTOR_RESERVE * 2);
        return false;
    }
    server->clients = calloc(server->client_max, sizeof *server->clients);
    if (server->clients == NULL)
        (void)machine_failure(quid_status_text(QUID_NO_MEMORY));
    return server->clients != NULL;
}

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
    evhttp_set_bevcb(server->http, welcome, server);
    struct evhttp_bound_socket *bound =
        evhttp_bind_socket_with_handle(server->http, address, (uint16_t)options->port);
    if (bound == NULL) {
        fprintf(stderr, "quid: %s, port %u: another program is there, or this one may not be\n",
                address, options->port);
        return false;
    }
    server->door = evhttp_bound_socket_get_listener(bound);
    evconnlistener_set_error_cb(server->door, refuse);
    // libevent lets 128 wait; the system cuts what is too many.
    (void)listen(evhttp_bound_socket_get_fd(bound), SOMAXCONN);
    printf("quid: %u deal%s at http://%s:%u/ (Ctrl-C ends)\n", server->site.deal_count,
           server->site.deal_count == 1 ? "" : "s", address, bound_port(bound));
    return fflush(stdout) == 0;
}

// false: no memory.
static bool run_loop(Server *server)
{
    const struct timeval pause = {0, LOOK_MILLISECONDS * 1000};
    struct event *events[] = {
        event_new(server->loop, -1, EV_PERSIST, look, server),
        evsignal_new(server->loop, SIGINT, stop, server),
        evsignal_new(server->loop, SIGTERM, stop, server),
        event_new(server->loop, server->done[0], EV_READ | EV_PERSIST, take, server),
    };
    const size_t count = sizeof events / sizeof events[0];
    bool is_whole = true;
    for (size_t i = 0; i < count; i++)
        is_whole =
            is_whole && events[i] != NULL && event_add(events[i], i == 0 ? &pause : NULL) == 0;
    if (is_whole)
        (void)event_base_dispatch(server->loop);
    for (size_t i = 0; i < count; i++) {
        if (events[i] != NULL)
            event_free(events[i]);
    }
    return is_whole;
}

// What is still being made is told to stop and waited for.
static void close_server(Server *server)
{
    stop_computing();
    for (uint32_t i = 0; i < MAKER_COUNT_MAX; i++) {
        if (!server->makers[i].is_busy)
            continue;
        (void)pthread_join(server->makers[i].thread, NULL);
        (void)site_keep(&server->site, &server->makers[i].made);
    }
    if (server->http != NULL)
        evhttp_free(server->http);
    place_newest(server);
    for (uint32_t i = 0; server->clients != NULL && i < server->client_max; i++)
        forget_client(&server->clients[i]);
    if (server->loop != NULL)
        event_base_free(server->loop);
    free(server->clients);
    site_free(&server->site);
    for (int i = 0; i < 2; i++) {
        if (server->done[i] >= 0)
            (void)close(server->done[i]);
    }
}

static bool open_pipe(Server *server)
{
    if (pipe(server->done) == 0 && evutil_make_socket_nonblocking(server->done[0]) == 0)
        return true;
    (void)machine_failure("there is no pipe to be had");
    return false;
}

// Files that come and go while the server runs are another matter.
static bool are_there(const Options *options)
{
    bool is_good = true;
    for (int i = 0; i < options->file_count; i++) {
        if (access(options->files[i], R_OK) == 0)
            continue;
        fprintf(stderr, "quid: %s cannot be served: %s\n", options->files[i],
                errno == ENOENT ? "there is no such file or folder" : "it may not be read");
        is_good = false;
    }
    return is_good;
}

int serve(const Options *options)
{
    if (quid_page_template_size == 0) {
        fprintf(stderr, "quid: this quid was built without the page; tools/setup web installs what "
                        "it needs, then build again\n");
        return EXIT_INPUT;
    }
    if (!are_there(options))
        return EXIT_INPUT;
    static Server server = {.done = {-1, -1}};
    server.site.options = options;
    int code = EXIT_MACHINE;
    if (!site_find(&server.site)) {
        code = machine_failure(quid_status_text(QUID_NO_MEMORY));
    } else if (server.site.deal_count == 0) {
        fprintf(stderr, "quid: there is no deal: a folder holds NAME/deal.quid or NAME.quid\n");
        code = EXIT_INPUT;
    } else if (open_pipe(&server) && open_clients(&server) && open_server(&server)) {
        code = run_loop(&server) ? EXIT_DONE : machine_failure(quid_status_text(QUID_NO_MEMORY));
    }
    close_server(&server);
    return code;
}
