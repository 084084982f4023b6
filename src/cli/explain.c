// quid explain: finds the question that is meant.
#include "run.h"

#include <stdlib.h>
#include <string.h>

static bool contains(QuidString text, const char *part)
{
    const size_t size = strlen(part);
    for (size_t i = 0; i + size <= text.size; i++) {
        if (memcmp(text.bytes + i, part, size) == 0)
            return true;
    }
    return false;
}

static bool equals(QuidString text, const char *whole)
{
    return text.size == strlen(whole) && memcmp(text.bytes, whole, text.size) == 0;
}

// By its number, by its whole text, or by a part of its text that no other has. UINT32_MAX: said on
// stderr.
static uint32_t find_question(const Run *run)
{
    const QuidDealTables *tables = quid_deal_tables(run->deal);
    const char *wanted = run->options->question;
    char *end = NULL;
    const unsigned long number = strtoul(wanted, &end, 10);
    if (*end == '\0' && number >= 1 && number <= tables->ask_count)
        return (uint32_t)number - 1;
    uint32_t found = UINT32_MAX;
    uint32_t count = 0;
    for (uint32_t i = 0; i < tables->ask_count; i++) {
        if (equals(tables->asks[i].question, wanted))
            return i;
    }
    for (uint32_t i = 0; i < tables->ask_count; i++) {
        if (contains(tables->asks[i].question, wanted)) {
            found = i;
            count += 1;
        }
    }
    if (count == 1)
        return found;
    fprintf(stderr, "quid: `%s` %s; the questions are:\n", wanted,
            count == 0 ? "is in no question" : "is in several questions");
    for (uint32_t i = 0; i < tables->ask_count; i++)
        fprintf(stderr, "  %u  %.*s\n", i + 1, (int)tables->asks[i].question.size,
                tables->asks[i].question.bytes);
    return UINT32_MAX;
}

QuidStatus explain(Run *run)
{
    const uint32_t question = find_question(run);
    if (question == UINT32_MAX)
        return QUID_INVALID;
    const QuidBriefOptions how = brief_options(run);
    return quid_brief_explain(run->context, run->ledger, run->deal, question, &how,
                              quid_io_output(&run->output));
}
