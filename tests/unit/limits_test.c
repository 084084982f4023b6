// Every limit of reading, on both sides. Built against its own copy of base and text, in which the
// three largest limits are small (see tests/meson.build): the code is the same.
#include "quid/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static QuidString string_of(const char *text)
{
    return (QuidString){text, (uint32_t)strlen(text)};
}

// A loader without files: what it "reads" follows from the path alone.
typedef struct Fabric {
    const char *kind;
    uint32_t number; // of the kind: a depth, a count, a size
} Fabric;

static size_t fabricate(const Fabric *fabric, const char *path, char *text, size_t size)
{
    const unsigned long at = strtoul(path, NULL, 10);
    if (strcmp(fabric->kind, "csv") == 0 && at == 0)
        return (size_t)snprintf(text, size, "include \"1.csv\"\n");
    if (strcmp(fabric->kind, "csv") == 0) {
        // One record of exactly so many bytes.
        const size_t head = (size_t)snprintf(text, size, "date,verb,text\n");
        const size_t begin = (size_t)snprintf(text + head, size - head, "2026-01-01,note,");
        memset(text + head + begin, 'x', fabric->number - begin);
        text[head + fabric->number] = '\n';
        return head + fabric->number + 1;
    }
    if (strcmp(fabric->kind, "deep") == 0 && at < fabric->number)
        return (size_t)snprintf(text, size, "include \"%lu.quid\"\n", at + 1);
    if (strcmp(fabric->kind, "deep") == 0 || at > 0)
        return (size_t)snprintf(text, size, "# the end\n");
    size_t used = 0;
    for (uint32_t i = 1; i <= fabric->number; i++)
        used += (size_t)snprintf(text + used, size - used, "include \"%u.quid\"\n", i);
    return used;
}

static QuidStatus load(void *user, QuidContext *context, const char *path, char **bytes,
                       size_t *size, const char **reason)
{
    const Fabric *fabric = user;
    const size_t room = 1 << 16;
    *reason = "";
    char *text = quid_context_allocate(context, room);
    assert_non_null(text);
    *size =
        strcmp(fabric->kind, "size") == 0 ? fabric->number : fabricate(fabric, path, text, room);
    *bytes = quid_context_allocate(context, *size);
    assert_non_null(*bytes);
    if (strcmp(fabric->kind, "size") == 0)
        memset(*bytes, '\n', *size);
    else
        memcpy(*bytes, text, *size);
    quid_context_release(context, text, room);
    return QUID_OK;
}

// What reading a deal came to.
typedef struct Reading {
    QuidStatus status;
    QuidCode code; // of the first diagnostic
    uint32_t error_count;
    uint32_t listed_count;
    uint32_t dropped_count;
    uint32_t fact_count;
} Reading;

static Reading read_file(QuidContext *context, QuidFileId file)
{
    QuidText *text = NULL;
    Reading reading = {.status = quid_text_parse(context, file, &text)};
    const QuidDiagnosticList list = quid_context_diagnostics(context);
    reading.code = list.count == 0 ? QUID_CODE_NONE : list.items[0].code;
    reading.error_count = list.error_count;
    reading.listed_count = list.count;
    reading.dropped_count = list.dropped_count;
    reading.fact_count = text == NULL ? 0 : quid_text_tables(text)->fact_count;
    quid_text_free(text);
    quid_context_free(context);
    return reading;
}

static Reading read_fabric(const char *kind, uint32_t number)
{
    Fabric fabric = {kind, number};
    const QuidContextOptions options = {.loader = {load, &fabric}};
    QuidContext *context = quid_context_create(&options);
    QuidFileId file;
    const char *reason = NULL;
    const QuidStatus loaded = quid_context_load_file(context, string_of("0.quid"), &file, &reason);
    if (loaded == QUID_OK)
        return read_file(context, file);
    quid_context_free(context);
    return (Reading){.status = loaded};
}

static Reading read_text(const char *text)
{
    QuidContext *context = quid_context_create(NULL);
    QuidFileId file;
    assert_int_equal(quid_context_add_file(context, string_of("t.quid"), string_of(text), &file),
                     QUID_OK);
    return read_file(context, file);
}

// ---- Files ------------------------------------------------------------------

static void a_file_is_as_large_as_it_may_be(void **state)
{
    (void)state;
    assert_int_equal(read_fabric("size", QUID_FILE_SIZE_MAX).status, QUID_OK);
    assert_int_equal(read_fabric("size", QUID_FILE_SIZE_MAX + 1).status, QUID_LIMIT);
    static char bytes[QUID_FILE_SIZE_MAX + 1];
    memset(bytes, '\n', sizeof bytes);
    for (uint32_t over = 0; over < 2; over++) {
        QuidContext *context = quid_context_create(NULL);
        QuidFileId file;
        assert_int_equal(quid_context_add_file(context, string_of("t.quid"),
                                               (QuidString){bytes, QUID_FILE_SIZE_MAX + over},
                                               &file),
                         over == 0 ? QUID_OK : QUID_LIMIT);
        quid_context_free(context);
    }
}

static void a_deal_has_so_many_files(void **state)
{
    (void)state;
    assert_int_equal(read_fabric("many", QUID_FILE_COUNT_MAX - 1).status, QUID_OK);
    const Reading over = read_fabric("many", QUID_FILE_COUNT_MAX);
    assert_int_equal(over.status, QUID_INVALID);
    assert_int_equal(over.code, QUID_E0101_CANNOT_READ);
    assert_int_equal(over.error_count, 1);
}

static void includes_are_so_deep(void **state)
{
    (void)state;
    assert_int_equal(read_fabric("deep", QUID_NESTING_MAX).status, QUID_OK);
    const Reading over = read_fabric("deep", QUID_NESTING_MAX + 1);
    assert_int_equal(over.status, QUID_INVALID);
    assert_int_equal(over.code, QUID_E0105_INCLUDES_TOO_DEEP);
    assert_int_equal(over.error_count, 1);
}

// ---- Counts -----------------------------------------------------------------

static char *repeat(const char *head, const char *line, uint32_t count, const char *tail)
{
    const size_t size = strlen(head) + (strlen(line) + 12) * count + strlen(tail) + 1;
    char *text = malloc(size);
    assert_non_null(text);
    size_t used = (size_t)snprintf(text, size, "%s", head);
    for (uint32_t i = 0; i < count; i++) {
        const char *mark = strchr(line, '#');
        if (mark == NULL)
            used += (size_t)snprintf(text + used, size - used, "%s", line);
        else
            used += (size_t)snprintf(text + used, size - used, "%.*s%u%s", (int)(mark - line), line,
                                     i, mark + 1);
    }
    (void)snprintf(text + used, size - used, "%s", tail);
    return text;
}

static Reading read_repeated(const char *head, const char *line, uint32_t count, const char *tail)
{
    char *text = repeat(head, line, count, tail);
    const Reading reading = read_text(text);
    free(text);
    return reading;
}

// Whether facts are read quickly or by tokens, the limit is the same, and is reported once.
static void a_deal_has_so_many_facts(void **state)
{
    (void)state;
    static const char *const lines[] = {"2026-01-01 commit p 1 USD\n", "2026-01-01 commit p\n"};
    for (uint32_t i = 0; i < 2; i++) {
        const Reading within = read_repeated("", lines[i], QUID_FACT_COUNT_MAX, "");
        assert_int_equal(within.status, QUID_OK);
        assert_int_equal(within.fact_count, QUID_FACT_COUNT_MAX);
        const Reading over = read_repeated("", lines[i], QUID_FACT_COUNT_MAX + 5, "");
        assert_int_equal(over.status, QUID_INVALID);
        assert_int_equal(over.code, QUID_E0217_TOO_MANY_FACTS);
        assert_int_equal(over.error_count, 1);
        assert_int_equal(over.fact_count, QUID_FACT_COUNT_MAX);
    }
}

static void a_deal_has_so_many_names(void **state)
{
    (void)state;
    // `party` is a word of the file too.
    assert_int_equal(read_repeated("", "party n#\n", QUID_NAME_COUNT_MAX - 1, "").status, QUID_OK);
    assert_int_equal(read_repeated("", "party n#\n", QUID_NAME_COUNT_MAX, "").status, QUID_LIMIT);
}

static void diagnostics_beyond_the_limit_are_counted(void **state)
{
    (void)state;
    const Reading within = read_repeated("", "partei n\n", QUID_DIAGNOSTIC_COUNT_MAX, "");
    assert_int_equal(within.listed_count, QUID_DIAGNOSTIC_COUNT_MAX);
    assert_int_equal(within.dropped_count, 0);
    const Reading over = read_repeated("", "partei n\n", QUID_DIAGNOSTIC_COUNT_MAX + 1, "");
    assert_int_equal(over.listed_count, QUID_DIAGNOSTIC_COUNT_MAX);
    assert_int_equal(over.dropped_count, 1);
    assert_int_equal(over.error_count, QUID_DIAGNOSTIC_COUNT_MAX + 1);
}

// ---- Lines and expressions --------------------------------------------------

static void a_line_is_so_long(void **state)
{
    (void)state;
    assert_int_equal(read_repeated("#", "x", QUID_LINE_SIZE_MAX - 1, "\n").status, QUID_OK);
    const Reading over = read_repeated("#", "x", QUID_LINE_SIZE_MAX, "\n");
    assert_int_equal(over.code, QUID_E0104_LINE_TOO_LONG);
    // A fact that begins commonly and does not end: the quick reading gives up on it.
    const Reading fact = read_repeated("2026-01-01 commit p 1 USD", " ", QUID_LINE_SIZE_MAX, "\n");
    assert_int_equal(fact.code, QUID_E0104_LINE_TOO_LONG);
}

static void a_csv_record_is_so_long(void **state)
{
    (void)state;
    const Reading within = read_fabric("csv", QUID_LINE_SIZE_MAX);
    assert_int_equal(within.status, QUID_OK);
    assert_int_equal(within.fact_count, 1);
    const Reading over = read_fabric("csv", QUID_LINE_SIZE_MAX + 1);
    assert_int_equal(over.status, QUID_INVALID);
    assert_int_equal(over.code, QUID_E0104_LINE_TOO_LONG);
    assert_int_equal(over.error_count, 1);
}

static void a_name_is_so_long(void **state)
{
    (void)state;
    assert_int_equal(read_repeated("party ", "n", QUID_NAME_SIZE_MAX, "\n").status, QUID_OK);
    assert_int_equal(read_repeated("party ", "n", QUID_NAME_SIZE_MAX + 1, "\n").code,
                     QUID_E0214_BAD_NAME);
    static const char fact[] = "2026-01-01 commit ";
    assert_int_equal(read_repeated(fact, "n", QUID_NAME_SIZE_MAX, " 1 USD\n").status, QUID_OK);
    assert_int_equal(read_repeated(fact, "n", QUID_NAME_SIZE_MAX + 1, " 1 USD\n").code,
                     QUID_E0214_BAD_NAME);
}

static void expressions_nest_so_deep(void **state)
{
    (void)state;
    // Parentheses: the expression itself is the first level.
    char *close = repeat("1", ")", QUID_NESTING_MAX, "\n");
    assert_int_equal(read_repeated("let x = ", "(", QUID_NESTING_MAX - 1, close).status,
                     QUID_INVALID); // one ) too many
    char *fit = repeat("1", ")", QUID_NESTING_MAX - 1, "\n");
    assert_int_equal(read_repeated("let x = ", "(", QUID_NESTING_MAX - 1, fit).status, QUID_OK);
    const Reading over = read_repeated("let x = ", "(", QUID_NESTING_MAX, close);
    assert_int_equal(over.code, QUID_E0215_TOO_NESTED);
    assert_int_equal(over.error_count, 1);
    free(close);
    free(fit);
    // Operators in a row.
    assert_int_equal(read_repeated("let x = 1", " + 1", QUID_NESTING_MAX, "\n").status, QUID_OK);
    assert_int_equal(read_repeated("let x = 1", " + 1", QUID_NESTING_MAX + 1, "\n").code,
                     QUID_E0215_TOO_NESTED);
    // Rows upon rows: parentheses are no height, operators are.
    char *row = repeat("(1", " + 1", QUID_NESTING_MAX, ")");
    char *head = repeat("let x = ", row, 1, "");
    const uint32_t left = QUID_HEIGHT_MAX - QUID_NESTING_MAX - 1;
    assert_int_equal(read_repeated(head, " + 1", left, "\n").status, QUID_OK);
    assert_int_equal(read_repeated(head, " + 1", left + 1, "\n").code, QUID_E0215_TOO_NESTED);
    free(row);
    free(head);
    // Signs, powers and negations, far beyond: refused, not recursed into.
    assert_int_equal(read_repeated("let x = ", "- ", 50000 / 2, "1\n").code, QUID_E0215_TOO_NESTED);
    assert_int_equal(read_repeated("let x = ", "not ", 12000, "1\n").code, QUID_E0215_TOO_NESTED);
    assert_int_equal(read_repeated("let x = 1", " ^ 1", 12000, "\n").code, QUID_E0215_TOO_NESTED);
    assert_int_equal(read_repeated("let x = ", "min(", 10000, "1\n").code, QUID_E0215_TOO_NESTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_as_large_as_it_may_be),
        cmocka_unit_test(a_deal_has_so_many_files),
        cmocka_unit_test(includes_are_so_deep),
        cmocka_unit_test(a_deal_has_so_many_facts),
        cmocka_unit_test(a_deal_has_so_many_names),
        cmocka_unit_test(diagnostics_beyond_the_limit_are_counted),
        cmocka_unit_test(a_line_is_so_long),
        cmocka_unit_test(a_csv_record_is_so_long),
        cmocka_unit_test(a_name_is_so_long),
        cmocka_unit_test(expressions_nest_so_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
