// Where the world stands in the game: histories weighed by the facts, the solved strategies and a
// prior.
#include "evaluate.h"
#include "game_internal.h"
#include "maths.h"

#include <math.h>

// ---- Weighing

bool quid__scales_open(Scales *scales, const QuidGame *game, const double *log_probability,
                       QuidArena *arena)
{
    const QuidGameTables *tree = &game->tables;
    const size_t action_count = (size_t)tree->action_count + 1;
    *scales = (Scales){.game = game,
                       .odds = quid__arena_push(arena, action_count * sizeof(double)),
                       .odds_bits = quid__arena_push(arena, action_count * sizeof(int64_t)),
                       .below = quid__arena_push(arena, tree->node_count * sizeof(double)),
                       .below_bits = quid__arena_push(arena, tree->node_count * sizeof(int64_t))};
    if (arena->has_failed)
        return false;
    for (uint32_t i = 0; i < tree->action_count; i++) {
        if (log_probability[i] > -QUID_NEVER)
            quid__split_probability(log_probability[i], &scales->odds[i], &scales->odds_bits[i]);
    }
    return true;
}

// The probability of the step into a node: mantissa, and into bits its exponent.
static double odds_into(const Scales *scales, uint32_t belief, uint32_t node, int64_t *bits)
{
    const QuidGameTables *tree = &scales->game->tables;
    if (tree->set[tree->parent[node]] < QUID_TERMINAL) {
        *bits = scales->odds_bits[tree->edge[node]];
        return scales->odds[tree->edge[node]];
    }
    *bits = 0;
    return tree->chance[(size_t)belief * tree->node_count + node];
}

// The evidence at each end of a history.
static void weigh_ends(const Scales *scales, const Evidence *evidence)
{
    const QuidDealGameTables *deal = &scales->game->deal_tables;
    const QuidGameTables *tree = &scales->game->tables;
    for (uint32_t node = 0; node < tree->node_count; node++) {
        if (tree->terminal[node] == QUID_NO_INDEX)
            continue;
        const int16_t *slots = deal->slots + (size_t)tree->terminal[node] * deal->step_count;
        double weight = 1;
        for (uint32_t i = 0; i < evidence->informative_count; i++) {
            const uint32_t step = evidence->informative[i];
            weight *= evidence->factor[(size_t)step * evidence->width + (size_t)(slots[step] + 1)];
        }
        scales->below[node] = weight;
        scales->below_bits[node] = 0;
    }
}

// What stands below a node: the sum over its children, counted by the largest exponent.
static void weigh_children(const Scales *scales, uint32_t belief, uint32_t node)
{
    const QuidGameTables *tree = &scales->game->tables;
    double sum = 0;
    int64_t sum_bits = 0;
    for (uint32_t child = node + 1; child < tree->end[node]; child = tree->end[child]) {
        int64_t bits = 0;
        const double weight = odds_into(scales, belief, child, &bits) * scales->below[child];
        bits += scales->below_bits[child];
        if (!(weight > 0))
            continue;
        if (sum > 0 && bits > sum_bits)
            sum = quid__scale_by_bits(sum, sum_bits - bits);
        sum_bits = sum > 0 && bits < sum_bits ? sum_bits : bits;
        sum += bits == sum_bits ? weight : quid__scale_by_bits(weight, bits - sum_bits);
    }
    if (sum > 0)
        quid__lift_mantissa(&sum, &sum_bits);
    scales->below[node] = sum;
    scales->below_bits[node] = sum_bits;
}

double quid__condition(const Scales *scales, uint32_t belief, const Evidence *evidence,
                       double *reach, double *edge)
{
    const QuidGameTables *tree = &scales->game->tables;
    weigh_ends(scales, evidence);
    for (uint32_t node = tree->node_count; node-- > 0;) {
        if (tree->set[node] != QUID_TERMINAL)
            weigh_children(scales, belief, node);
    }
    reach[0] = 1;
    edge[0] = 1;
    for (uint32_t node = 1; node < tree->node_count; node++) {
        const uint32_t parent = tree->parent[node];
        int64_t bits = 0;
        double odds = odds_into(scales, belief, node, &bits);
        // Behind what the facts rule out there is nothing to weigh: the plain chances stand.
        if (scales->below[parent] > 0) {
            odds = odds * scales->below[node] / scales->below[parent];
            bits += scales->below_bits[node] - scales->below_bits[parent];
        }
        edge[node] = bits == 0 ? odds : quid__scale_by_bits(odds, bits);
        reach[node] = reach[parent] * edge[node];
    }
    const double log_two = 0.693147180559945309417;
    return scales->below[0] > 0
               ? quid__log(scales->below[0]) + (double)scales->below_bits[0] * log_two
               : -QUID_NEVER;
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
    double *room = quid__arena_push(&arena, 2 * node_count * sizeof(double));
    Scales scales;
    const bool is_open = quid__scales_open(&scales, position->game, log_probability, &arena);
    uint32_t fact = UINT32_MAX;
    for (uint32_t i = 0; is_open && i < facts->order_count; i++) {
        fact = facts->order[i];
        const uint8_t verb = model->facts[fact].verb;
        const EvidenceOptions options = {(double)facts->as_of + 1, 0, fact};
        Evidence evidence;
        if ((verb != QUID_VERB_OBSERVE && verb != QUID_VERB_CHOOSE) ||
            !quid__evidence(position->game, position->ledger, &options, &arena, &evidence))
            continue;
        if (quid__condition(&scales, 0, &evidence, room, room + node_count) <= -QUID_NEVER)
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
    const EvidenceOptions options = {(double)quid_ledger_tables(ledger)->as_of + 1, 0, UINT32_MAX};
    Scales scales;
    Evidence evidence;
    if (!quid__scales_open(&scales, game, log_probability, &position->arena) ||
        !quid__evidence(game, ledger, &options, &position->arena, &evidence)) {
        quid_position_free(position);
        return QUID_NO_MEMORY;
    }
    for (uint32_t belief = 0; belief < belief_count; belief++) {
        const double likelihood = quid__condition(
            &scales, belief, &evidence, reach + belief * node_count, edge + belief * node_count);
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
