// Finding deals, and what is made of them.
#include "site.h"

#include "model.h"
#include "quid/brief.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define CLOCK_STEP 10000000 // nanoseconds by which a file system's clock may lag

// ---- Finding

static bool ends_in(const char *text, const char *end)
{
    const size_t size = strlen(text);
    const size_t end_size = strlen(end);
    return size > end_size && strcmp(text + size - end_size, end) == 0;
}

static char *join(const char *folder, const char *name, const char *rest)
{
    const size_t size = strlen(folder) + strlen(name) + strlen(rest) + 3;
    char *path = malloc(size);
    if (path != NULL)
        (void)snprintf(path, size, "%s/%s%s%s", folder, name, *rest == '\0' ? "" : "/", rest);
    return path;
}

static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static SiteDeal *find_path(Site *site, const char *path)
{
    for (uint32_t i = 0; i < site->deal_count; i++) {
        if (strcmp(site->deals[i].path, path) == 0)
            return &site->deals[i];
    }
    return NULL;
}

// The folder's name for a deal.quid, else the file's without its ending; with a number where
// another deal has it.
static char *name_of(Site *site, const char *path)
{
    const char *end = strrchr(path, '/');
    const char *name = end == NULL ? path : end + 1;
    size_t size = strlen(name);
    if (size > strlen(".quid") && strcmp(name + size - strlen(".quid"), ".quid") == 0)
        size -= strlen(".quid");
    if (end != NULL && end != path && strcmp(name, "deal.quid") == 0) {
        const char *begin = end;
        while (begin > path && begin[-1] != '/')
            begin--;
        name = begin;
        size = (size_t)(end - begin);
    }
    char *made = malloc(size + 16);
    if (made == NULL)
        return NULL;
    (void)snprintf(made, size + 16, "%.*s", (int)size, name);
    for (uint32_t i = 2; site_deal(site, made) != NULL; i++)
        (void)snprintf(made, size + 16, "%.*s-%u", (int)size, name, i);
    return made;
}

// Takes the path over.
static bool add_deal(Site *site, char *path)
{
    if (path == NULL)
        return false;
    if (find_path(site, path) != NULL || site->deal_count == SITE_DEAL_COUNT_MAX) {
        free(path);
        return true;
    }
    char *name = name_of(site, path);
    if (name == NULL) {
        free(path);
        return false;
    }
    site->deals[site->deal_count++] = (SiteDeal){.name = name, .path = path};
    return true;
}

static bool add_entry(Site *site, const char *folder, const char *name)
{
    char *inside = join(folder, name, "deal.quid");
    if (inside == NULL)
        return false;
    if (is_file(inside))
        return add_deal(site, inside);
    free(inside);
    char *file = join(folder, name, "");
    if (file == NULL)
        return false;
    const bool is_deal = ends_in(name, ".quid") && is_file(file);
    if (is_deal)
        return add_deal(site, file);
    free(file);
    return true;
}

static bool add_folder(Site *site, const char *path)
{
    struct dirent **entries = NULL;
    const int count = scandir(path, &entries, NULL, alphasort);
    bool is_good = true;
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.')
            is_good = add_entry(site, path, entries[i]->d_name) && is_good;
        free(entries[i]);
    }
    free(entries);
    return is_good;
}

// A folder that is a deal's own stands for that deal.
static bool add_path(Site *site, const char *path)
{
    if (!is_folder(path))
        return add_deal(site, strdup(path));
    char *own = join(path, "deal.quid", "");
    if (own == NULL)
        return false;
    if (is_file(own))
        return add_deal(site, own);
    free(own);
    return add_folder(site, path);
}

bool site_find(Site *site)
{
    bool is_good = true;
    for (int i = 0; i < site->options->file_count; i++)
        is_good = add_path(site, site->options->files[i]) && is_good;
    return is_good;
}

SiteDeal *site_deal(Site *site, const char *name)
{
    for (uint32_t i = 0; i < site->deal_count; i++) {
        if (strcmp(site->deals[i].name, name) == 0)
            return &site->deals[i];
    }
    return NULL;
}

// ---- Watching

static void look_at(const char *path, int64_t *changed, int64_t *size)
{
    struct stat status;
    *changed = -1;
    *size = -1;
    if (stat(path, &status) != 0)
        return;
    *changed = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
    *size = (int64_t)status.st_size;
}

static void forget_files(SiteFiles *files)
{
    for (uint32_t i = 0; i < files->count; i++)
        free(files->list[i].path);
    files->count = 0;
}

static void watch_file(SiteFiles *files, QuidString path)
{
    if (files->count == SITE_FILE_COUNT_MAX)
        return;
    SiteFile *file = &files->list[files->count];
    file->path = strndup(path.bytes, path.size);
    if (file->path == NULL)
        return;
    look_at(file->path, &file->changed, &file->size);
    files->count++;
}

static int64_t now_nanoseconds(void)
{
    struct timespec now = {0, 0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// begun: before the first of them was read. One that was written since then may have been read
// before: it counts as changed at the next look.
static void watch_files(SiteFiles *files, const QuidContext *context, const char *path,
                        int64_t begun)
{
    watch_file(files, (QuidString){path, (uint32_t)strlen(path)});
    for (uint32_t i = 2; i < quid_context_file_count(context); i++)
        watch_file(files, quid_context_path(context, (QuidFileId){i}));
    const int64_t now = now_nanoseconds();
    for (uint32_t i = 0; i < files->count; i++) {
        // A file from the future says nothing of when it was written.
        if (files->list[i].changed >= begun - CLOCK_STEP && files->list[i].changed <= now)
            files->list[i].changed = -2;
    }
}

void site_hold(SiteBytes *bytes)
{
    bytes->holder_count++;
}

void site_release(SiteBytes *bytes)
{
    if (bytes == NULL || --bytes->holder_count > 0)
        return;
    free(bytes->bytes);
    free(bytes);
}

// Takes the buffer's bytes over. NULL: no memory.
static SiteBytes *hold_buffer(QuidIoBuffer *buffer)
{
    SiteBytes *bytes = buffer->has_failed ? NULL : malloc(sizeof *bytes);
    if (bytes == NULL)
        free(buffer->bytes);
    else
        *bytes = (SiteBytes){buffer->bytes, buffer->size, 1};
    *buffer = (QuidIoBuffer){NULL, 0, 0, false};
    return bytes;
}

static void forget(SiteBytes **bytes)
{
    site_release(*bytes);
    *bytes = NULL;
}

static void forget_made(Site *site, SiteDeal *deal)
{
    for (int kind = 0; kind < SITE_KIND_COUNT; kind++)
        forget(&deal->made[kind]);
    forget(&site->list);
}

bool site_has_changed(Site *site, SiteDeal *deal)
{
    bool has_changed = false;
    for (uint32_t i = 0; i < deal->files.count; i++) {
        SiteFile *file = &deal->files.list[i];
        int64_t changed;
        int64_t size;
        look_at(file->path, &changed, &size);
        has_changed = has_changed || changed != file->changed || size != file->size;
        file->changed = changed;
        file->size = size;
    }
    if (has_changed)
        forget_made(site, deal);
    return has_changed;
}

void site_free(Site *site)
{
    for (uint32_t i = 0; i < site->deal_count; i++) {
        SiteDeal *deal = &site->deals[i];
        forget_files(&deal->files);
        forget_made(site, deal);
        free(deal->name);
        free(deal->path);
    }
    forget(&site->list);
}

// ---- Making

static QuidStatus run_stages(Run *run)
{
    QuidStatus status = read_deal(run);
    if (status == QUID_OK)
        status = settle_facts(run);
    return status == QUID_OK ? look_ahead(run) : status;
}

static bool add_text(QuidIoBuffer *buffer, const char *text)
{
    const QuidOutput output = quid_io_buffer_output(buffer);
    return output.write(output.user, text, strlen(text));
}

static bool write_entities(void *user, const char *bytes, size_t size)
{
    const QuidOutput output = quid_io_buffer_output(user);
    bool is_good = true;
    for (size_t i = 0; is_good && i < size; i++) {
        const char c = bytes[i];
        const char *entity = c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : NULL;
        is_good = entity == NULL ? output.write(output.user, &c, 1) : add_text(user, entity);
    }
    return is_good;
}

// What is wrong with a deal, as the command says it; the browser asks again by itself.
static QuidStatus write_mistakes(Run *run, QuidIoBuffer *buffer)
{
    (void)add_text(buffer, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                           "<meta http-equiv=\"refresh\" content=\"2\"><title>quid</title><pre>");
    const QuidStatus status =
        quid_diagnostics_print(run->context, false, (QuidOutput){write_entities, buffer});
    (void)add_text(buffer, "</pre></html>");
    return status;
}

static bool write_summary(Run *run, const char *name, bool has_answers, QuidIoBuffer *buffer)
{
    const QuidOutput output = quid_io_buffer_output(buffer);
    QuidBriefOptions options = brief_options(run);
    options.is_json = true;
    // A name is a file's: a quote or a backslash in it would have to be escaped.
    bool is_good = add_text(buffer, "{\"name\":\"");
    for (const char *c = name; is_good && *c != '\0'; c++) {
        const bool is_special = *c == '"' || *c == '\\' || (unsigned char)*c < 0x20;
        is_good = is_special ? add_text(buffer, "?") : output.write(output.user, c, 1);
    }
    is_good = is_good && add_text(buffer, "\",\"brief\":") &&
              (has_answers ? quid_brief_write(run->context, run->ledger, run->deal, &options,
                                              output) == QUID_OK
                           : add_text(buffer, "null")) &&
              add_text(buffer, ",\"model\":") &&
              (has_answers ? quid_web_model(run->context, run->deal, run->ledger, output) == QUID_OK
                           : add_text(buffer, "null")) &&
              add_text(buffer, ",\"diagnostics\":") &&
              quid_brief_diagnostics(run->context, output) == QUID_OK && add_text(buffer, "}");
    return is_good && !buffer->has_failed;
}

static QuidStatus write_made(Run *run, QuidStatus status, SiteMade *made)
{
    if (status != QUID_OK && status != QUID_INVALID)
        return status;
    if (made->kind == SITE_SUMMARY)
        return write_summary(run, made->deal->name, status == QUID_OK, &made->buffer)
                   ? QUID_OK
                   : QUID_NO_MEMORY;
    return status == QUID_OK ? print_page(run, "/events", quid_io_buffer_output(&made->buffer))
                             : write_mistakes(run, &made->buffer);
}

void site_make(SiteMade *made)
{
    Run *run = malloc(sizeof *run);
    made->status = QUID_NO_MEMORY;
    const int64_t begun = now_nanoseconds();
    if (run != NULL && open_run(run, made->options, made->deal->path, made->options->as_of)) {
        made->status = write_made(run, run_stages(run), made);
        watch_files(&made->files, run->context, made->deal->path, begun);
        close_run(run);
    }
    free(run);
}

bool site_keep(Site *site, SiteMade *made)
{
    SiteDeal *deal = made->deal;
    deal->is_making[made->kind] = false;
    forget_files(&deal->files);
    deal->files = made->files;
    made->files.count = 0;
    forget(&site->list);
    SiteBytes *bytes = hold_buffer(&made->buffer);
    if (made->status != QUID_OK)
        forget(&bytes);
    deal->made[made->kind] = bytes;
    return bytes != NULL;
}

SiteBytes *site_list(Site *site)
{
    if (site->list != NULL)
        return site->list;
    QuidIoBuffer list = {NULL, 0, 0, false};
    const QuidOutput output = quid_io_buffer_output(&list);
    bool is_good = add_text(&list, "[");
    for (uint32_t i = 0; is_good && i < site->deal_count; i++) {
        const SiteBytes *summary = site->deals[i].made[SITE_SUMMARY];
        is_good = (i == 0 || add_text(&list, ",")) &&
                  output.write(output.user, summary->bytes, summary->size);
    }
    (void)add_text(&list, "]"); // a failed buffer takes nothing more, and says so
    site->list = hold_buffer(&list);
    return site->list;
}
