// What the fuzz entries share: the host side of a run, and what must hold of any answer.
#ifndef QUID_FUZZ_H
#define QUID_FUZZ_H

#include "io.h"
#include "quid.h"

#include <stdlib.h>
#include <string.h>

#define QUID_FUZZ_NAME(literal) ((QuidString){literal, sizeof(literal) - 1})

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline bool fuzz_discard(void *user, const char *bytes, size_t size)
{
    (void)user;
    (void)bytes;
    return size < SIZE_MAX;
}

// What is invalid says why, and the printing of it ends well.
static inline void fuzz_check_status(QuidContext *context, QuidStatus status)
{
    const QuidOutput output = {fuzz_discard, NULL};
    if (status == QUID_INVALID && quid_context_diagnostics(context).error_count == 0)
        abort();
    if (quid_diagnostics_print(context, true, output) != QUID_OK)
        abort();
}

// A deal through every stage and answer, from the file on.
static inline void fuzz_run(QuidContext *context, QuidFileId file)
{
    QuidText *text = NULL;
    QuidDeal *deal = NULL;
    QuidLedger *ledger = NULL;
    const QuidOutput output = {fuzz_discard, NULL};
    QuidStatus status = quid_text_parse(context, file, &text);
    if (status == QUID_OK || status == QUID_INVALID)
        status = quid_deal_check(context, text, &deal);
    const QuidLedgerOptions options = quid_ledger_options();
    if (status == QUID_OK)
        status = quid_ledger_settle(context, deal, &options, &ledger);
    QuidBriefOptions how = quid_brief_options();
    if (status == QUID_OK)
        status = quid_brief_write(context, ledger, deal, &how, output);
#ifndef QUID_WITHOUT_JSON
    how.is_json = true;
#endif
    if (status == QUID_OK)
        status = quid_brief_write(context, ledger, deal, &how, output);
    if (status == QUID_OK &&
        (quid_text_dump(text, output) != QUID_OK || quid_deal_dump(deal, output) != QUID_OK ||
         quid_ledger_dump(ledger, output) != QUID_OK))
        abort();
    fuzz_check_status(context, status);
    quid_ledger_free(ledger);
    quid_deal_free(deal);
    quid_text_free(text);
}

#endif
