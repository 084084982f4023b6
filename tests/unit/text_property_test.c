// Properties of reading: whatever the words, nothing crashes, every diagnostic points into its
// file, and what can be read is the same after formatting, which settles at once. And the quick
// reading of common facts agrees with the reading by tokens.
#include "pipeline.h"

#include <stdio.h>

static uint32_t seed_state;

static uint32_t random_below(uint32_t bound)
{
    seed_state = seed_state * 1664525u + 1013904223u;
    return (seed_state >> 8) % bound;
}

typedef struct Text {
    char bytes[1 << 18];
    size_t size;
} Text;

static void add(Text *text, const char *bytes, size_t size)
{
    if (size < sizeof text->bytes - text->size) {
        memcpy(text->bytes + text->size, bytes, size);
        text->size += size;
    }
}

static bool write_text(void *user, const char *bytes, size_t size)
{
    add(user, bytes, size);
    return true;
}

// ---- What must hold of any text ---------------------------------------------

static void check_diagnostics(QuidContext *context)
{
    const QuidDiagnosticList list = quid_context_diagnostics(context);
    for (uint32_t i = 0; i < list.count; i++) {
        const QuidSpan span = list.items[i].span;
        assert_true(span.file.index < quid_context_file_count(context));
        const QuidString bytes = quid_context_bytes(context, span.file);
        assert_true(span.offset <= bytes.size && span.size <= bytes.size - span.offset);
        assert_true(list.items[i].message.size > 0);
        const QuidPlace place = quid_context_place(context, span);
        assert_true(span.file.index == 0 || (place.line >= 1 && place.column >= 1));
        for (uint32_t r = 0; r < list.items[i].related_count; r++) {
            const QuidSpan other = list.related[list.items[i].related_first + r].span;
            const QuidString there = quid_context_bytes(context, other.file);
            assert_true(other.offset <= there.size && other.size <= there.size - other.offset);
        }
    }
    Text printed = {.size = 0};
    assert_int_equal(quid_diagnostics_print(context, false, (QuidOutput){write_text, &printed}),
                     QUID_OK);
}

// The counts that formatting must keep.
typedef struct Shape {
    uint32_t statement_count;
    uint32_t clause_count;
    uint32_t fact_count;
    uint32_t node_count;
} Shape;

static Shape shape_of(const Pipeline *run)
{
    const QuidTextTables *tables = quid_text_tables(run->text);
    return (Shape){tables->statement_count, tables->clause_count, tables->fact_count,
                   tables->node_count};
}

static QuidStatus format(const Text *from, Text *to)
{
    QuidContext *context = quid_context_create(NULL);
    QuidFileId file;
    assert_non_null(context);
    to->size = 0;
    assert_int_equal(quid_context_add_file(context, string_of("test.quid"),
                                           (QuidString){from->bytes, (uint32_t)from->size}, &file),
                     QUID_OK);
    const QuidStatus status = quid_text_format(context, file, (QuidOutput){write_text, to});
    check_diagnostics(context);
    quid_context_free(context);
    return status;
}

static Pipeline run_text(const Text *text)
{
    Pipeline run = {.context = quid_context_create(NULL)};
    assert_non_null(run.context);
    assert_int_equal(quid_context_add_file(run.context, string_of("test.quid"),
                                           (QuidString){text->bytes, (uint32_t)text->size},
                                           &run.file),
                     QUID_OK);
    pipeline_settle(&run, NULL);
    return run;
}

// Returns whether the text could be formatted.
static bool check_text(const Text *text)
{
    static Text once;
    static Text twice;
    Pipeline run = run_text(text);
    assert_true(run.status == QUID_OK || run.status == QUID_INVALID);
    check_diagnostics(run.context);
    const QuidStatus formatted = format(text, &once);
    assert_true(formatted == QUID_OK || formatted == QUID_INVALID);
    if (formatted == QUID_OK) {
        assert_int_equal(format(&once, &twice), QUID_OK);
        assert_int_equal(once.size, twice.size);
        assert_memory_equal(once.bytes, twice.bytes, once.size);
        Pipeline again = run_text(&once);
        const Shape before = shape_of(&run);
        const Shape after = shape_of(&again);
        assert_memory_equal(&before, &after, sizeof before);
        assert_int_equal(run.status, again.status);
        pipeline_free(&again);
    }
    pipeline_free(&run);
    return formatted == QUID_OK;
}

// ---- Random words -----------------------------------------------------------

static const char *const words[] = {
    "deal",
    "party",
    "source",
    "pledge",
    "event",
    "secret",
    "let",
    "move",
    "milestone",
    "supply",
    "worth",
    "ask",
    "what-if",
    "include",
    "currency",
    "horizon",
    "from",
    "to",
    "amount",
    "in",
    "made",
    "due",
    "for",
    "lapses",
    "if",
    "committed",
    "at",
    "disbursed",
    "over",
    "on",
    "between",
    "and",
    "or",
    "not",
    "else",
    "when",
    "seen",
    "by",
    "of",
    "believes",
    "otherwise",
    "choose",
    "option",
    "every",
    "month",
    "until",
    "after",
    "blind",
    "needs",
    "takes",
    "once",
    "chance",
    "value",
    "choice",
    "break",
    "even",
    "set",
    "a",
    "year",
    "offer",
    "commit",
    "observe",
    "reach",
    "state",
    "public",
    "balance",
    "rate",
    "note",
    "reported",
    "about",
    "extend",
    "cancel",
    "A",
    "B",
    "p",
    "q",
    "go",
    "yes",
    "no",
    "USD",
    "JPY",
    "jobs",
    "bn",
    "m",
    "days",
    "business",
    "2026",
    "2026-02",
    "2026-02-11",
    "2026-02-30",
    "1",
    "2.5",
    "1_000",
    "55%",
    "999999999999999999",
    "0",
    "\"text\"",
    "\"a \\\" b\"",
    "\"",
    "@s",
    "@",
    "(",
    ")",
    "+",
    "-",
    "*",
    "/",
    "^",
    "=",
    "!=",
    "<",
    ">=",
    ",",
    ".",
    "#",
    "$",
    "€5",
    "pledged(p)",
    "min(1, 2)",
    "ruling.yes",
    "x-y",
    "x-",
    "é",
    "\xff",
    "\t",
    "\r",
    "\n",
    "\n",
    "\n  ",
    "\n  ",
    "\n  ",
    "\n2026-01-01 ",
    "\nlet x = ",
    "\npledge p\n  ",
    "\nevent go\n  yes ",
};

#define WORD_COUNT (sizeof words / sizeof words[0])

static void random_words_are_read_or_refused(void **state)
{
    (void)state;
    static Text text;
    uint32_t formatted = 0;
    for (uint32_t round = 0; round < 3000; round++) {
        seed_state = round * 2654435761u + 17;
        text.size = 0;
        const uint32_t count = 1 + random_below(round % 3 == 0 ? 8 : 80);
        for (uint32_t i = 0; i < count; i++) {
            const char *word = words[random_below(WORD_COUNT)];
            add(&text, word, strlen(word));
            if (random_below(8) != 0)
                add(&text, " ", 1);
        }
        formatted += check_text(&text);
    }
    assert_true(formatted > 10);
}

// ---- Good texts, damaged ----------------------------------------------------

static void load(const char *path, Text *text)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    text->size = fread(text->bytes, 1, sizeof text->bytes, file);
    assert_true(text->size > 0 && text->size < sizeof text->bytes);
    assert_int_equal(fclose(file), 0);
}

// Takes out, doubles, exchanges or puts in a few bytes or a whole line.
static void damage(const Text *good, Text *bad)
{
    const size_t at = random_below((uint32_t)good->size);
    size_t size = 1 + random_below(12);
    if (random_below(3) == 0) {
        const char *end = memchr(good->bytes + at, '\n', good->size - at);
        size = end == NULL ? 1 : (size_t)(end - good->bytes) - at + 1;
    }
    size = size > good->size - at ? good->size - at : size;
    bad->size = 0;
    add(bad, good->bytes, at);
    switch (random_below(4)) {
    case 0:
        break; // taken out
    case 1:
        add(bad, good->bytes + at, size);
        add(bad, good->bytes + at, size);
        break;
    case 2: {
        const size_t other = random_below((uint32_t)good->size);
        const size_t left = good->size - other;
        add(bad, good->bytes + other, size < left ? size : left);
        break;
    }
    default: {
        const char *word = words[random_below(WORD_COUNT)];
        add(bad, word, strlen(word));
        add(bad, good->bytes + at, size);
        break;
    }
    }
    add(bad, good->bytes + at + size, good->size - at - size);
}

static void damaged_deals_are_read_or_refused(void **state)
{
    (void)state;
    static const char *const paths[] = {"tests/golden/text/good/statements.quid",
                                        "tests/golden/deal/good/expressions.quid",
                                        "tests/golden/ledger/good/facts.quid",
                                        "deals/us-japan/deal.quid", "deals/us-japan/record.quid"};
    static Text good;
    static Text bad;
    uint32_t formatted = 0;
    uint32_t refused = 0;
    for (uint32_t round = 0; round < 3000; round++) {
        seed_state = round * 2246822519u + 3;
        load(paths[round % (sizeof paths / sizeof paths[0])], &good);
        damage(&good, &bad);
        for (uint32_t more = random_below(3); more > 0; more--) {
            good = bad;
            damage(&good, &bad);
        }
        if (check_text(&bad))
            formatted += 1;
        else
            refused += 1;
    }
    assert_true(formatted > 200 && refused > 200);
}

// ---- Quick facts ------------------------------------------------------------

static size_t random_fact(char *line, size_t size)
{
    static const char *const verbs[] = {"offer", "pledge", "commit", "disburse", "cancel", "amend"};
    static const char *const amounts[] = {"10 USD",
                                          "2.50 USD",
                                          "1_000 USD",
                                          "3 bn USD",
                                          "0.1 k JPY",
                                          "5 jobs",
                                          "007 USD",
                                          "12.345 m EUR",
                                          "-1 USD",
                                          "5 % USD",
                                          "5 USD5",
                                          "1.2.3 USD",
                                          "5 bn",
                                          "5",
                                          "2026 USD",
                                          "2026-02 USD",
                                          "1,000 USD",
                                          "5 reported",
                                          "5. USD",
                                          "9e9 USD",
                                          "999999999999999999 USD",
                                          "9999999999999999999 USD"};
    static const char *const subjects[] = {"p", "q-r", "p_1", "P2", "q-", "é", "3p", "p--q", "_p"};
    static const char *const tails[] = {
        "",    "@s",    " @s", "  @s-1", " @ s", " @s x", " reported 2026", " \"remark\"",
        "   ", " @s  ", " @é"};
    static const char *const dates[] = {"2026-02-11", "2026-02-11", "2026-02-12", "2026-02",
                                        "2026",       "2026-02-30", "0000-01-01", "2026-2-1"};
    return (size_t)snprintf(
        line, size, "%s%s%s %s%s%s%s", dates[random_below(8)], random_below(9) == 0 ? "   " : " ",
        verbs[random_below(6)], subjects[random_below(random_below(4) == 0 ? 9 : 4)],
        random_below(9) == 0 ? "  " : " ", amounts[random_below(random_below(3) == 0 ? 22 : 6)],
        tails[random_below(11)]);
}

static QuidString name_of(const Pipeline *run, uint32_t name)
{
    return quid_text_name(run->text, (QuidName){name});
}

static void check_names(const Pipeline *left, uint32_t a, const Pipeline *right, uint32_t b)
{
    const QuidString one = name_of(left, a);
    const QuidString other = name_of(right, b);
    assert_int_equal(one.size, other.size);
    assert_memory_equal(one.bytes, other.bytes, one.size);
}

// A comment behind a fact makes it uncommon: it is then read by tokens.
static void quick_facts_are_read_as_others_are(void **state)
{
    (void)state;
    uint32_t read = 0;
    for (uint32_t round = 0; round < 4000; round++) {
        seed_state = round * 3266489917u + 5;
        char line[256];
        const size_t size = random_fact(line, sizeof line - 3);
        Pipeline quick = pipeline_of_text(line, NULL);
        memcpy(line + size, " #", 3);
        Pipeline slow = pipeline_of_text(line, NULL);
        const QuidTextTables *one = quid_text_tables(quick.text);
        const QuidTextTables *other = quid_text_tables(slow.text);
        assert_int_equal(one->fact_count, other->fact_count);
        assert_int_equal(quid_context_diagnostics(quick.context).error_count,
                         quid_context_diagnostics(slow.context).error_count);
        if (one->fact_count == 1) {
            QuidFactSyntax left = one->facts[0];
            const QuidFactSyntax right = other->facts[0];
            check_names(&quick, left.subject, &slow, right.subject);
            check_names(&quick, left.unit, &slow, right.unit);
            check_names(&quick, left.source, &slow, right.source);
            left.subject = right.subject;
            left.unit = right.unit;
            left.source = right.source;
            assert_memory_equal(&left, &right, sizeof left);
            read += 1;
        }
        pipeline_free(&quick);
        pipeline_free(&slow);
    }
    assert_true(read > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_words_are_read_or_refused),
        cmocka_unit_test(damaged_deals_are_read_or_refused),
        cmocka_unit_test(quick_facts_are_read_as_others_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
