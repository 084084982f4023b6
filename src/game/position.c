// Where the world stands in the game: histories weighed by the facts, the solved strategies and a
// prior.
#include "game_internal.h"
#include "maths.h"

#include <math.h>

// log of the evidence at each end of a history.
static void weigh_terminals(const QuidGame *game, const Evidence *evidence, double *log_weight)
{
    const QuidDealGameTables *deal = &game->deal_tables;
    const QuidGameTables *tree = &game->tables;
    for (uint32_t node = 0; node < tree->node_count; node++) {
        if (tree->terminal[node] == QUID_NO_INDEX)
            continue;
        const int16_t *slots = deal->slots + (size_t)tree->terminal[node] * deal->step_count;
        double weight = 1;
        for (uint32_t i = 0; i < deal->step_count; i++) {
            if (evidence->is_informative[i])
                weight *= evidence->factor[(size_t)i * evidence->width + (size_t)(slots[i] + 1)];
        }
        log_weight[node] = weight > 0 ? quid__log(weight) : -QUID_NEVER;
    }
}

static double edge_log(const QuidGameTables *tree, const double *log_probability, uint32_t belief,
                       uint32_t node)
{
    const uint32_t set = tree->set[tree->parent[node]];
    if (set < QUID_TERMINAL)
        return log_probability[tree->edge[node]];
    const double chance = tree->chance[(size_t)belief * tree->node_count + node];
    return chance > 0 ? quid__log(chance) : -QUID_NEVER;
}

// log of what stands below a node: the sum over its children, largest taken out first.
static double sum_below(const QuidGameTables *tree, const double *log_below, const double *log_edge,
                        uint32_t node)
{
    double largest = -QUID_NEVER;
    for (uint32_t child = node + 1; child < tree->end[node]; child = tree->end[child]) {
        const double weight = log_edge[child] + log_below[child];
        largest = weight > largest ? weight : largest;
    }
    if (largest <= -QUID_NEVER)
        return -QUID_NEVER;
    double sum = 0;
    for (uint32_t child = node + 1; child < tree->end[node]; child = tree->end[child])
        sum += quid__exp(log_edge[child] + log_below[child] - largest);
    return largest + quid__log(sum);
}

double quid__condition(const QuidGame *game, const double *log_probability, uint32_t belief,
                       const Evidence *evidence, double *log_below, double *reach, double *edge)
{
    const QuidGameTables *tree = &game->tables;
    weigh_terminals(game, evidence, log_below);
    edge[0] = 0;
    for (uint32_t node = 1; node < tree->node_count; node++)
        edge[node] = edge_log(tree, log_probability, belief, node);
    for (uint32_t node = tree->node_count; node-- > 0;) {
        if (tree->set[node] != QUID_TERMINAL)
            log_below[node] = sum_below(tree, log_below, edge, node);
    }
    reach[0] = 1;
    edge[0] = 1;
    for (uint32_t node = 1; node < tree->node_count; node++) {
        const double parent = log_below[tree->parent[node]];
        // Behind what the facts rule out there is nothing to weigh: the plain chances stand.
        edge[node] = parent <= -QUID_NEVER ? quid__exp(edge[node])
                                           : quid__exp(edge[node] + log_below[node] - parent);
        reach[node] = reach[tree->parent[node]] * edge[node];
    }
    return log_below[0];
}

// The first fact, in the order of dates, with which the facts have no chance. false: no memory.
static bool report_impossible(QuidContext *context, const QuidPosition *position,
                              const double *log_probability)
{
    const QuidDealTables *model = quid_deal_tables(position->game->deal);
    const QuidLedgerTables *facts = quid_ledger_tables(position->ledger);
    const size_t node_count = position->game->tables.node_count;
    QuidArena arena;
    quid__arena_init(&arena, context);
    double *room = quid__arena_push(&arena, 3 * node_count * sizeof(double));
    uint32_t fact = UINT32_MAX;
    for (uint32_t i = 0; room != NULL && i < facts->order_count; i++) {
        fact = facts->order[i];
        const uint8_t verb = model->facts[fact].verb;
        const EvidenceOptions options = {(double)facts->as_of + 1, 0, fact};
        Evidence evidence;
        if ((verb != QUID_VERB_OBSERVE && verb != QUID_VERB_CHOOSE) ||
            !quid__evidence(position->game, position->ledger, &options, &arena, &evidence))
            continue;
        if (quid__condition(position->game, log_probability, 0, &evidence, room, room + node_count,
                            room + 2 * node_count) <= -QUID_NEVER)
            break;
    }
    const bool has_failed = arena.has_failed;
    quid__arena_free(&arena);
    if (has_failed || fact == UINT32_MAX)
        return false;
    quid__report(context, QUID_E0854_IMPOSSIBLE_FACT,
                 quid_deal_fact_span(position->game->deal, &model->facts[fact]),
                 "by the deal this cannot have happened, given the facts before it");
    quid__report_hint(
        context, "correct the fact, or widen the deal: the event's window, the move's dates, or "
                 "the condition under which the move or option is open");
    return true;
}

QuidStatus quid__position_of(QuidContext *context, const QuidGame *game,
                             const double *log_probability, const QuidLedger *ledger,
                             QuidPosition **result)
{
    QUID_ASSERT(game->deal != NULL);
    QuidPosition *position = quid__allocate(context, sizeof *position);
    if (position == NULL)
        return QUID_NO_MEMORY;
    *position = (QuidPosition){.context = context, .game = game, .ledger = ledger};
    quid__arena_init(&position->arena, context);
    const size_t node_count = game->tables.node_count;
    const size_t belief_count = game->tables.belief_count;
    double *reach = quid__arena_push(&position->arena, node_count * belief_count * sizeof(double));
    double *edge = quid__arena_push(&position->arena, node_count * belief_count * sizeof(double));
    double *scratch = quid__arena_push(&position->arena, node_count * sizeof(double));
    const EvidenceOptions options = {(double)quid_ledger_tables(ledger)->as_of + 1, 0, UINT32_MAX};
    Evidence evidence;
    if (!quid__evidence(game, ledger, &options, &position->arena, &evidence)) {
        quid_position_free(position);
        return QUID_NO_MEMORY;
    }
    for (uint32_t belief = 0; belief < belief_count; belief++) {
        const double likelihood =
            quid__condition(game, log_probability, belief, &evidence, scratch,
                            reach + belief * node_count, edge + belief * node_count);
        if (belief == 0)
            position->tables.log_likelihood = likelihood;
    }
    position->tables.reach = reach;
    position->tables.edge = edge;
    if (!quid__course_plot(&position->course, game, edge, &position->arena)) {
        quid_position_free(position);
        return QUID_NO_MEMORY;
    }
    *result = position;
    return QUID_OK;
}

QuidStatus quid__position_checked(QuidContext *context, const QuidGame *game,
                                  const double *log_probability, const QuidLedger *ledger,
                                  bool is_quiet, QuidPosition **result)
{
    QuidPosition *position = NULL;
    const QuidStatus status = quid__position_of(context, game, log_probability, ledger, &position);
    if (status != QUID_OK)
        return status;
    if (position->tables.log_likelihood > -QUID_NEVER) {
        *result = position;
        return QUID_OK;
    }
    const bool is_told = is_quiet || report_impossible(context, position, log_probability);
    quid_position_free(position);
    return is_told ? QUID_INVALID : QUID_NO_MEMORY;
}

QuidStatus quid_position_create(QuidContext *context, const QuidGame *game,
                                const QuidSolution *solution, const QuidLedger *ledger,
                                QuidPosition **position)
{
    return quid__position_checked(context, game,
                                  quid_solution_tables(solution)->profile.log_probability, ledger,
                                  false, position);
}

void quid_position_free(QuidPosition *position)
{
    if (position == NULL)
        return;
    quid__arena_free(&position->arena);
    quid__release(position->context, position, sizeof *position);
}

const QuidPositionTables *quid_position_tables(const QuidPosition *position)
{
    return &position->tables;
}
