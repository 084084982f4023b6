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

// ---- Looking ahead, in little time: few scenarios, small games, patience that ends

#define QUID_FUZZ_NODE_COUNT_MAX 3000u // tools/fuzz compiles no larger games

static inline bool fuzz_be_patient(void *user, double lambda, double regret)
{
    uint32_t *left = user;
    (void)lambda;
    (void)regret;
    *left -= *left > 0 ? 1 : 0;
    return *left > 0;
}

// Whether the deal makes a game, and one that is small enough.
static inline QuidStatus fuzz_measure(QuidContext *context, const QuidDeal *deal,
                                      const QuidLedger *ledger, uint32_t *node_count)
{
    const QuidGameOptions options = quid_game_options();
    QuidGame *game = NULL;
    const QuidStatus status = quid_game_compile(context, deal, ledger, &options, &game);
    *node_count = status == QUID_OK ? quid_game_tables(game)->node_count : 0;
    quid_game_free(game);
    return status;
}

static inline QuidOutlookOptions fuzz_outlook_options(uint32_t *left, uint32_t node_count)
{
    QuidOutlookOptions options = quid_outlook_options();
    *left = 200;
    options.answer.game.point_count = 8;
    options.answer.solve.progress = (QuidProgress){fuzz_be_patient, left};
    options.answer.has_values = node_count < 100;
    options.answer.has_break_evens = node_count < 30;
    options.forecast.scenario_count = 64;
    options.forecast.replicate_count = 2;
    options.forecast.fan_scenario_count = 64;
    return options;
}

static inline QuidStatus fuzz_look_ahead(QuidContext *context, const QuidDeal *deal,
                                         const QuidLedger *ledger, const QuidSetting *settings,
                                         uint32_t setting_count, QuidOutlook **outlook)
{
    uint32_t left;
    uint32_t node_count;
    const QuidStatus status = fuzz_measure(context, deal, ledger, &node_count);
    if (status != QUID_OK || node_count > QUID_FUZZ_NODE_COUNT_MAX)
        return status;
    QuidOutlookOptions options = fuzz_outlook_options(&left, node_count);
    options.settings = settings;
    options.setting_count = setting_count;
    return quid_outlook_create(context, deal, ledger, &options, outlook);
}

// ---- A deal through every stage and answer, from the file on

static inline QuidStatus fuzz_print(QuidContext *context, const QuidLedger *ledger,
                                    const QuidDeal *deal, const QuidOutlook *outlook)
{
    const QuidOutput output = {fuzz_discard, NULL};
    QuidBriefOptions how = quid_brief_options();
    how.outlook = outlook;
    how.width = outlook == NULL ? 60 : 100;
    how.is_coloured = outlook == NULL;
    QuidStatus status = quid_brief_write(context, ledger, deal, &how, output);
    how.is_json = true;
    if (status == QUID_OK)
        status = quid_brief_write(context, ledger, deal, &how, output);
    return status;
}

typedef struct FuzzRun {
    QuidContext *context;
    QuidText *text;
    QuidDeal *deal;
    QuidLedger *ledger;
    QuidStatus status;
} FuzzRun;

// Reads, checks and settles a file of the context.
static inline FuzzRun fuzz_open(QuidContext *context, QuidFileId file, QuidFileId settings)
{
    FuzzRun run = {.context = context};
    const QuidLedgerOptions options = quid_ledger_options();
    run.status = quid_text_parse_with(context, file, &settings, settings.index != 0, &run.text);
    if (run.status == QUID_OK || run.status == QUID_INVALID)
        run.status = quid_deal_check(context, run.text, &run.deal);
    if (run.status == QUID_OK)
        run.status = quid_ledger_settle(context, run.deal, &options, &run.ledger);
    return run;
}

static inline void fuzz_close(FuzzRun *run)
{
    fuzz_check_status(run->context, run->status);
    quid_ledger_free(run->ledger);
    quid_deal_free(run->deal);
    quid_text_free(run->text);
}

static inline void fuzz_dump(const FuzzRun *run)
{
    const QuidOutput output = {fuzz_discard, NULL};
    if (quid_text_dump(run->text, output) != QUID_OK ||
        quid_deal_dump(run->deal, output) != QUID_OK ||
        quid_ledger_dump(run->ledger, output) != QUID_OK)
        abort();
}

static inline void fuzz_run(QuidContext *context, QuidFileId file, QuidFileId settings)
{
    QuidOutlook *outlook = NULL;
    FuzzRun run = fuzz_open(context, file, settings);
    if (run.status == QUID_OK) {
        run.status = fuzz_print(context, run.ledger, run.deal, NULL);
        fuzz_dump(&run);
    }
    if (run.status == QUID_OK) {
        const QuidDealTables *tables = quid_deal_tables(run.deal);
        const QuidWhatIf *last = tables->setting_count == 0 || settings.index == 0
                                     ? NULL
                                     : &tables->what_ifs[tables->what_if_count - 1];
        run.status = fuzz_look_ahead(context, run.deal, run.ledger,
                                     last == NULL ? NULL : tables->settings + last->setting_first,
                                     last == NULL ? 0 : last->setting_count, &outlook);
    }
    if (run.status == QUID_OK && outlook != NULL)
        run.status = fuzz_print(context, run.ledger, run.deal, outlook);
    quid_outlook_free(outlook);
    fuzz_close(&run);
}

#endif
