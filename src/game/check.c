// What can be wrong with a deal as a game, found without solving it.
#include "game_internal.h"
#include "maths.h"

// A party without a worth line has nothing to choose by: at every precision it plays at random.
static void warn_stakes(QuidContext *context, const QuidDealTables *model)
{
    for (uint32_t i = 1; i < model->move_count; i++) {
        const QuidMove *move = &model->moves[i];
        bool has_stakes = false;
        for (uint32_t n = 0; n < model->worth_count; n++)
            has_stakes = has_stakes || model->worths[n].party.index == move->party.index;
        bool is_first = true;
        for (uint32_t n = 1; n < i; n++)
            is_first = is_first && model->moves[n].party.index != move->party.index;
        if (has_stakes || !is_first)
            continue;
        const QuidString party = model->partys[move->party.index].id;
        quid__report(
            context, QUID_W0855_NO_STAKES, move->origin.span,
            "`%.*s` chooses here, but nothing is worth anything to it: each of its options "
            "counts as equally likely",
            QUID_PRINT(party));
        quid__report_hint(context, "add `worth %.*s` with what the outcomes are worth to it",
                          QUID_PRINT(party));
    }
}

// Every action equally likely: what is possible at all is possible then.
static double *uniform_logs(QuidContext *context, const QuidGameTables *tree)
{
    double *logs = quid__allocate(context, ((size_t)tree->action_count + 1) * sizeof(double));
    for (uint32_t set = 0; logs != NULL && set < tree->set_count; set++) {
        const uint32_t end = tree->set_action_first[set + 1];
        for (uint32_t i = tree->set_action_first[set]; i < end; i++)
            logs[i] = -quid__log((double)(end - tree->set_action_first[set]));
    }
    return logs;
}

QuidStatus quid_game_check(QuidContext *context, const QuidDeal *deal, const QuidLedger *ledger)
{
    const QuidGameOptions options = quid_game_options();
    QuidGame *game = NULL;
    QuidPosition *position = NULL;
    QuidStatus status = quid_game_compile(context, deal, ledger, &options, &game);
    if (status != QUID_OK)
        return status;
    warn_stakes(context, quid_deal_tables(deal));
    const QuidGameTables *tree = quid_game_tables(game);
    double *logs = uniform_logs(context, tree);
    status = logs == NULL ? QUID_NO_MEMORY
                          : quid__position_checked(context, game, logs, ledger, false, &position);
    quid__release(context, logs, ((size_t)tree->action_count + 1) * sizeof(double));
    quid_position_free(position);
    quid_game_free(game);
    return status;
}
