// Any bytes as a deal: parse, check, settle and brief must end in a status, and what the formatter
// writes must be read and written the same again.
#include "io.h"
#include "quid.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool discard(void *user, const char *bytes, size_t size)
{
    (void)user;
    (void)bytes;
    return size < SIZE_MAX;
}

static bool format(QuidContext *context, QuidString text, QuidIoBuffer *buffer)
{
    QuidFileId file;
    const QuidString path = {"fuzz.quid", 9};
    return quid_context_add_file(context, path, text, &file) == QUID_OK &&
           quid_text_format(context, file, quid_io_buffer_output(buffer)) == QUID_OK;
}

static void format_twice(QuidString text)
{
    QuidContext *context = quid_context_create(NULL);
    QuidIoBuffer once = {NULL, 0, 0, false};
    QuidIoBuffer twice = {NULL, 0, 0, false};
    if (context != NULL && format(context, text, &once)) {
        const QuidString again = {once.bytes == NULL ? "" : once.bytes, (uint32_t)once.size};
        if (!format(context, again, &twice) || twice.size != once.size ||
            (once.size > 0 && memcmp(once.bytes, twice.bytes, once.size) != 0))
            abort();
    }
    free(once.bytes);
    free(twice.bytes);
    quid_context_free(context);
}

// The first byte says whether the rest is a deal or a CSV file that a small deal includes.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const bool is_csv = data[0] == 'C';
    const QuidString bytes = {(const char *)data + is_csv, (uint32_t)(size - is_csv)};
    static const char deal[] =
        "deal \"x\"\nparty A\nparty B\npledge p\n  from A to B\n  amount 10 bn USD\n"
        "  made 2025-01-01\nevent e\n  yes 40%\n  no otherwise\nmove m by A\n  choose a, b\n"
        "  on 2025-03-01\ninclude \"fuzz.csv\"\n";
    QuidContext *context = quid_context_create(NULL);
    QuidFileId file = {0};
    QuidFileId csv = {0};
    QuidText *text = NULL;
    QuidDeal *checked = NULL;
    QuidLedger *ledger = NULL;
    const QuidString whole = is_csv ? (QuidString){deal, sizeof deal - 1} : bytes;
    QuidStatus status = quid_context_add_file(context, (QuidString){"fuzz.quid", 9}, whole, &file);
    if (status == QUID_OK && is_csv)
        status = quid_context_add_file(context, (QuidString){"fuzz.csv", 8}, bytes, &csv);
    if (status == QUID_OK)
        status = quid_text_parse(context, file, &text);
    if (status == QUID_OK || status == QUID_INVALID)
        status = quid_deal_check(context, text, &checked);
    const QuidLedgerOptions options = quid_ledger_options();
    if (status == QUID_OK)
        status = quid_ledger_settle(context, checked, &options, &ledger);
    const QuidOutput output = {discard, NULL};
    QuidBriefOptions how = quid_brief_options();
    if (status == QUID_OK)
        status = quid_brief_write(context, ledger, checked, &how, output);
    how.is_json = true;
    if (status == QUID_OK)
        status = quid_brief_write(context, ledger, checked, &how, output);
    // What is invalid says why.
    if (status == QUID_INVALID && quid_context_diagnostics(context).error_count == 0)
        abort();
    if (quid_diagnostics_print(context, true, output) != QUID_OK)
        abort();
    quid_ledger_free(ledger);
    quid_deal_free(checked);
    quid_text_free(text);
    quid_context_free(context);
    if (!is_csv)
        format_twice(bytes);
    return 0;
}
