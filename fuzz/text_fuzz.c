// Any bytes as text: reading ends in a status, and what the formatter writes is read and written
// the same again, with as many statements, clauses and facts.
#include "fuzz.h"

typedef struct Reading {
    QuidIoBuffer formatted;
    uint32_t counts[4];
    bool is_formatted;
} Reading;

static Reading read_once(QuidString bytes)
{
    Reading reading = {.formatted = {NULL, 0, 0, false}};
    QuidContext *context = quid_context_create(NULL);
    QuidFileId file = {0};
    QuidText *text = NULL;
    if (context != NULL &&
        quid_context_add_file(context, QUID_FUZZ_NAME("fuzz.quid"), bytes, &file) == QUID_OK) {
        fuzz_check_status(context, quid_text_parse(context, file, &text));
        const QuidTextTables *tables = text == NULL ? NULL : quid_text_tables(text);
        if (tables != NULL) {
            reading.counts[0] = tables->statement_count;
            reading.counts[1] = tables->clause_count;
            reading.counts[2] = tables->fact_count;
            reading.counts[3] = tables->node_count;
        }
        reading.is_formatted =
            quid_text_format(context, file, quid_io_buffer_output(&reading.formatted)) == QUID_OK;
    }
    quid_text_free(text);
    quid_context_free(context);
    return reading;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reading once = read_once((QuidString){(const char *)data, (uint32_t)size});
    if (once.is_formatted) {
        const QuidString again = {once.formatted.bytes == NULL ? "" : once.formatted.bytes,
                                  (uint32_t)once.formatted.size};
        Reading twice = read_once(again);
        if (!twice.is_formatted || twice.formatted.size != again.size ||
            memcmp(once.counts, twice.counts, sizeof once.counts) != 0 ||
            (again.size > 0 && memcmp(again.bytes, twice.formatted.bytes, again.size) != 0))
            abort();
        free(twice.formatted.bytes);
    }
    free(once.formatted.bytes);
    return 0;
}
