// Fills the page's template. What belongs to the deal is data there, never markup: text with the
// five special characters written as entities, JSON packed.
#include "page.h"

#include "model.h"
#include "pack.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#define MARKER 1 // before the letter of what is to stand there

typedef struct Writer {
    const QuidPage *page;
    QuidOutput output;
    bool is_in_string; // of JSON
    bool is_escaped;
} Writer;

static bool write_all(const Writer *writer, const char *text)
{
    return writer->output.write(writer->output.user, text, strlen(text));
}

// ---- Escapes

// JSON without the white space between its parts.
static bool write_json(void *user, const char *bytes, size_t size)
{
    Writer *writer = user;
    size_t begin = 0;
    for (size_t i = 0; i < size; i++) {
        const char c = bytes[i];
        if (!writer->is_in_string && (c == ' ' || c == '\n' || c == '\t')) {
            if (!writer->output.write(writer->output.user, bytes + begin, i - begin))
                return false;
            begin = i + 1;
        }
        if (c == '"' && !writer->is_escaped)
            writer->is_in_string = !writer->is_in_string;
        writer->is_escaped = c == '\\' && !writer->is_escaped;
    }
    return writer->output.write(writer->output.user, bytes + begin, size - begin);
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static bool write_markup(void *user, const char *bytes, size_t size)
{
    const Writer *writer = user;
    size_t begin = 0;
    for (size_t i = 0; i < size; i++) {
        const char *escaped = entity(bytes[i]);
        if (escaped == NULL)
            continue;
        if (!writer->output.write(writer->output.user, bytes + begin, i - begin) ||
            !write_all(writer, escaped))
            return false;
        begin = i + 1;
    }
    return writer->output.write(writer->output.user, bytes + begin, size - begin);
}

// ---- Parts

static QuidStatus write_item(Writer *writer, cJSON *item)
{
    char *text = item == NULL ? NULL : cJSON_PrintUnformatted(item);
    cJSON_Delete(item);
    if (text == NULL)
        return QUID_NO_MEMORY;
    const bool is_written = write_json(writer, text, strlen(text));
    cJSON_free(text);
    return is_written ? QUID_OK : QUID_IO;
}

static cJSON *text_list(const char *const *texts, uint32_t count)
{
    cJSON *list = cJSON_CreateArray();
    for (uint32_t i = 0; i < count; i++)
        (void)cJSON_AddItemToArray(list, cJSON_CreateString(texts[i]));
    if (list != NULL && cJSON_GetArraySize(list) == (int)count)
        return list;
    cJSON_Delete(list);
    return NULL;
}

static bool add(cJSON *object, const char *key, cJSON *item)
{
    if (item != NULL && cJSON_AddItemToObject(object, key, item))
        return true;
    cJSON_Delete(item);
    return false;
}

static QuidStatus write_request(Writer *writer)
{
    const QuidPage *page = writer->page;
    char seed[24];
    char as_of[11] = "";
    (void)snprintf(seed, sizeof seed, "%llu", (unsigned long long)page->seed);
    if (page->as_of != QUID_NO_DATE)
        quid_date_text(page->as_of, as_of);
    cJSON *object = cJSON_CreateObject();
    const bool is_whole =
        add(object, "seed", cJSON_CreateString(seed)) &&
        add(object, "scenarios", cJSON_CreateNumber((double)page->scenario_count)) &&
        add(object, "min_trust", cJSON_CreateNumber(page->min_trust)) &&
        add(object, "precision", cJSON_CreateNumber(page->precision)) &&
        add(object, "as_of", as_of[0] == '\0' ? cJSON_CreateNull() : cJSON_CreateString(as_of)) &&
        add(object, "settings", text_list(page->settings, page->setting_count)) &&
        add(object, "what_ifs", text_list(page->what_ifs, page->what_if_count));
    if (is_whole)
        return write_item(writer, object);
    cJSON_Delete(object);
    return QUID_NO_MEMORY;
}

// A text as JSON writes it. cJSON wants it NUL-terminated, which files are not.
static bool write_string(Writer *writer, QuidString text)
{
    static const char hexadecimal[] = "0123456789abcdef";
    bool is_good = write_json(writer, "\"", 1);
    for (uint32_t i = 0; is_good && i < text.size; i++) {
        const unsigned char c = (unsigned char)text.bytes[i];
        char escaped[7] = {'\\', 'u', '0', '0', hexadecimal[c >> 4], hexadecimal[c & 15], '\0'};
        if (c == '"' || c == '\\')
            is_good = write_json(writer, (const char[]){'\\', (char)c}, 2);
        else if (c < 0x20)
            is_good = write_json(writer, c == '\n' ? "\\n" : escaped, c == '\n' ? 2 : 6);
        else
            is_good = write_json(writer, &text.bytes[i], 1);
    }
    return is_good && write_json(writer, "\"", 1);
}

// The files as pairs of path and text, the deal's first one first; not the command line's settings.
static QuidStatus write_files(Writer *writer)
{
    QuidContext *context = writer->page->context;
    bool is_good = write_json(writer, "[", 1);
    bool is_first = true;
    for (uint32_t i = 1; i < quid_context_file_count(context); i++) {
        const QuidString path = quid_context_path(context, (QuidFileId){i});
        if (path.size == 5 && memcmp(path.bytes, "--set", 5) == 0)
            continue;
        is_good = is_good && (is_first || write_json(writer, ",", 1)) &&
                  write_json(writer, "[", 1) && write_string(writer, path) &&
                  write_json(writer, ",", 1) &&
                  write_string(writer, quid_context_bytes(context, (QuidFileId){i})) &&
                  write_json(writer, "]", 1);
        is_first = false;
    }
    return is_good && write_json(writer, "]", 1) ? QUID_OK : QUID_IO;
}

static QuidStatus write_brief(Writer *writer, bool is_json)
{
    QuidBriefOptions options = quid_brief_options();
    options.is_json = is_json;
    options.outlook = writer->page->outlook;
    options.sensitivity = writer->page->sensitivity;
    return quid_brief_write(writer->page->context, writer->page->ledger, writer->page->deal,
                            &options, (QuidOutput){is_json ? write_json : write_markup, writer});
}

static QuidStatus write_title(Writer *writer)
{
    const QuidString title = quid_deal_tables(writer->page->deal)->title;
    const QuidString path = quid_context_path(writer->page->context, (QuidFileId){1});
    const QuidString text = title.size > 0 ? title : path;
    return write_markup(writer, text.bytes, text.size) ? QUID_OK : QUID_IO;
}

static QuidStatus write_live(Writer *writer)
{
    const char *events = writer->page->events;
    if (events == NULL)
        return QUID_OK;
    const bool is_good = write_all(writer, " data-live=\"") &&
                         write_markup(writer, events, strlen(events)) && write_all(writer, "\"");
    return is_good ? QUID_OK : QUID_IO;
}

static QuidStatus write_document(Writer *writer, unsigned char letter)
{
    switch (letter) {
    case 'Q':
        return write_request(writer);
    case 'F':
        return write_files(writer);
    case 'M':
        return quid_web_model(writer->page->context, writer->page->deal, writer->page->ledger,
                              (QuidOutput){write_json, writer});
    default:
        return write_brief(writer, true);
    }
}

static QuidStatus write_packed(const Writer *writer, unsigned char letter)
{
    QuidPack pack;
    const QuidStatus begun = quid_pack_begin(&pack, writer->output);
    if (begun != QUID_OK)
        return begun;
    Writer inner = {.page = writer->page, .output = quid_pack_output(&pack)};
    const QuidStatus status = write_document(&inner, letter);
    const QuidStatus ended = quid_pack_end(&pack);
    return status == QUID_OK ? ended : status;
}

static QuidStatus write_part(Writer *writer, unsigned char letter)
{
    switch (letter) {
    case 'L':
        return write_live(writer);
    case 'C': // whom the page may ask
        return write_all(writer, writer->page->events == NULL ? "'none'" : "'self'") ? QUID_OK
                                                                                     : QUID_IO;
    case 'T':
        return write_title(writer);
    case 'X':
        return write_brief(writer, false);
    default:
        return write_packed(writer, letter);
    }
}

QuidStatus quid_page_write(const QuidPage *page, QuidOutput output)
{
    Writer writer = {.page = page, .output = output};
    const char *bytes = (const char *)quid_page_template;
    size_t begin = 0;
    while (begin < quid_page_template_size) {
        const size_t rest = quid_page_template_size - begin;
        const char *marker = memchr(bytes + begin, MARKER, rest);
        const size_t size = marker == NULL ? rest : (size_t)(marker - bytes) - begin;
        if (!output.write(output.user, bytes + begin, size))
            return QUID_IO;
        if (marker == NULL)
            break;
        const QuidStatus status = write_part(&writer, (unsigned char)marker[1]);
        if (status != QUID_OK)
            return status;
        begin += size + 2;
    }
    return QUID_OK;
}
