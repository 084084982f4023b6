// A whole run over a deal held in memory or on disk, for the tests.
#ifndef QUID_TESTS_PIPELINE_H
#define QUID_TESTS_PIPELINE_H

#include "io.h"
#include "quid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct Pipeline {
    QuidContext *context;
    QuidFileId file;
    QuidText *text;
    QuidDeal *deal;
    QuidLedger *ledger;
    QuidStatus status;
} Pipeline;

static inline QuidString string_of(const char *text)
{
    return (QuidString){text, (uint32_t)strlen(text)};
}

static inline void pipeline_settle(Pipeline *run, const char *as_of)
{
    QuidLedgerOptions options = quid_ledger_options();
    QuidDateRange range;
    if (as_of != NULL && quid_date_parse(string_of(as_of), &range))
        options.as_of = range.last;
    run->status = quid_text_parse(run->context, run->file, &run->text);
    if (run->status == QUID_OK || run->status == QUID_INVALID)
        run->status = quid_deal_check(run->context, run->text, &run->deal);
    if (run->status == QUID_OK)
        run->status = quid_ledger_settle(run->context, run->deal, &options, &run->ledger);
}

static inline Pipeline pipeline_of_text(const char *text, const char *as_of)
{
    Pipeline run = {.context = quid_context_create(NULL)};
    assert_non_null(run.context);
    assert_int_equal(
        quid_context_add_file(run.context, string_of("test.quid"), string_of(text), &run.file),
        QUID_OK);
    pipeline_settle(&run, as_of);
    return run;
}

static inline Pipeline pipeline_of_file(const char *path, const char *as_of)
{
    const QuidContextOptions options = {.loader = quid_io_loader()};
    Pipeline run = {.context = quid_context_create(&options)};
    const char *reason = "";
    assert_non_null(run.context);
    assert_int_equal(quid_context_load_file(run.context, string_of(path), &run.file, &reason),
                     QUID_OK);
    pipeline_settle(&run, as_of);
    return run;
}

static inline void pipeline_free(Pipeline *run)
{
    quid_ledger_free(run->ledger);
    quid_deal_free(run->deal);
    quid_text_free(run->text);
    quid_context_free(run->context);
}

static inline const QuidPledgeBalance *pledge_of(const Pipeline *run, const char *id)
{
    const QuidThing thing = quid_deal_find(run->deal, string_of(id));
    assert_int_equal(thing.kind, QUID_THING_PLEDGE);
    return &quid_ledger_tables(run->ledger)->pledges[thing.index];
}

static inline QuidDate day(const char *text)
{
    QuidDateRange range;
    assert_true(quid_date_parse(string_of(text), &range));
    return range.first;
}

#endif
