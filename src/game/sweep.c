// Solving at one lambda by sweeps, for games whose steps have an order: beliefs from the strategies at
// hand, then, from the last step to the first, every set's logit choice against what follows it, which
// is already settled. Only beliefs lag, so games with little to signal settle in a few sweeps, where
// the trace factors a matrix.
//
// lambda grows from near 0 to its value by halves of what is left in log, each point starting from the
// one before: while the sweeps contract all along, they stay on the branch that begins with uniform
// play. Where they do not (simultaneous moves at a high lambda, a fold), nothing is claimed and the
// trace takes over.
#include "sweep.h"

#include <math.h>

#define SCHEDULE_COUNT 8u    // doublings of lambda
#define SWEEP_COUNT_MAX 120u // at one lambda
#define ROUGH 1e-3           // largest change of a logit, relative, on the way
#define FINE 1e-14           // and at the end
#define STALLED_COUNT 12u    // sweeps in which the change must have fallen by half

typedef struct Sweep {
    const Play *play;
    Field *field;
    double *logit;
    uint32_t *order;      // inner nodes by step, the last step first
    uint32_t *step_first; // step_count + 1, into order
    uint32_t *step_sets;  // sets in the same order
    uint32_t *set_first;  // step_count + 1, into step_sets
    uint32_t step_count;
} Sweep;

// ---- The order of steps

static uint32_t step_of(const Sweep *sweep, uint32_t inner)
{
    const QuidDealGameTables *deal = &sweep->play->game->deal_tables;
    return sweep->step_count - 1 - deal->node_step[sweep->play->node[inner]];
}

static bool list_order(Sweep *sweep, QuidArena *arena)
{
    const Play *play = sweep->play;
    const size_t step_count = sweep->step_count;
    sweep->order = quid__arena_push(arena, ((size_t)play->inner_count + 1) * sizeof(uint32_t));
    sweep->step_first = quid__arena_push(arena, (step_count + 2) * sizeof(uint32_t));
    sweep->step_sets = quid__arena_push(arena, ((size_t)play->set_count + 1) * sizeof(uint32_t));
    sweep->set_first = quid__arena_push(arena, (step_count + 2) * sizeof(uint32_t));
    if (arena->has_failed)
        return false;
    // Counted one place further on, added up, and moved back while placing.
    for (uint32_t i = 0; i < play->inner_count; i++)
        sweep->step_first[step_of(sweep, i) + 2] += 1;
    for (uint32_t set = 0; set < play->set_count; set++)
        sweep->set_first[step_of(sweep, play->set_nodes[play->set_node_first[set]]) + 2] += 1;
    for (size_t step = 2; step < step_count + 2; step++) {
        sweep->step_first[step] += sweep->step_first[step - 1];
        sweep->set_first[step] += sweep->set_first[step - 1];
    }
    for (uint32_t i = 0; i < play->inner_count; i++)
        sweep->order[sweep->step_first[step_of(sweep, i) + 1]++] = i;
    for (uint32_t set = 0; set < play->set_count; set++) {
        const uint32_t step = step_of(sweep, play->set_nodes[play->set_node_first[set]]);
        sweep->step_sets[sweep->set_first[step + 1]++] = set;
    }
    return true;
}

// ---- One sweep

static void add_action_values(const Sweep *sweep, uint32_t node)
{
    const Play *play = sweep->play;
    const uint32_t set = play->set[node];
    const uint32_t player = play->set_player[set];
    uint32_t action = play->set_first[set];
    for (uint32_t edge = play->edge_first[node]; edge < play->edge_first[node + 1]; edge++, action++)
        sweep->field->action_value[action] +=
            sweep->field->belief[node] *
            sweep->field->value[(size_t)play->child[edge] * play->player_count + player];
}

static void fill_node_value(const Sweep *sweep, uint32_t node)
{
    const Play *play = sweep->play;
    const uint32_t width = play->player_count;
    double *value = sweep->field->value + (size_t)node * width;
    for (uint32_t i = 0; i < width; i++)
        value[i] = 0;
    for (uint32_t edge = play->edge_first[node]; edge < play->edge_first[node + 1]; edge++) {
        const double *below = sweep->field->value + (size_t)play->child[edge] * width;
        const uint32_t action = play->action[edge];
        for (uint32_t i = 0; i < width; i++)
            value[i] += (action != QUID_NO_INDEX
                             ? sweep->field->probability[action]
                             : play->chance[(size_t)play->player_belief[i] * play->edge_count + edge]) *
                        below[i];
    }
}

// The largest change of the set's logits, relative.
static double choose(const Sweep *sweep, uint32_t set, double lambda)
{
    const Play *play = sweep->play;
    const uint32_t first = play->set_first[set];
    double change = 0;
    if (play->is_fixed[set])
        return 0;
    for (uint32_t i = first + 1; i < play->set_first[set + 1]; i++) {
        const double logit =
            lambda * (sweep->field->action_value[i] - sweep->field->action_value[first]);
        change = fmax(change, fabs(logit - sweep->logit[i]) / (1 + fabs(logit)));
        sweep->logit[i] = logit;
    }
    sweep->logit[first] = 0;
    quid__field_choose(play, set, sweep->logit, sweep->field);
    return change;
}

static double sweep_once(const Sweep *sweep, double lambda)
{
    const Play *play = sweep->play;
    double change = 0;
    quid__field_believe(play, sweep->field);
    for (uint32_t i = 0; i < play->action_count; i++)
        sweep->field->action_value[i] = 0;
    for (uint32_t step = 0; step < sweep->step_count; step++) {
        const uint32_t first = sweep->step_first[step];
        const uint32_t end = sweep->step_first[step + 1];
        for (uint32_t i = first; i < end; i++) {
            if (play->set[sweep->order[i]] != QUID_CHANCE)
                add_action_values(sweep, sweep->order[i]);
        }
        for (uint32_t i = sweep->set_first[step]; i < sweep->set_first[step + 1]; i++)
            change = fmax(change, choose(sweep, sweep->step_sets[i], lambda));
        for (uint32_t i = first; i < end; i++)
            fill_node_value(sweep, sweep->order[i]);
    }
    return change;
}

// ---- To a lambda

static bool settle(const Sweep *sweep, double lambda, double tolerance)
{
    double mark = INFINITY;
    for (uint32_t i = 0; i < SWEEP_COUNT_MAX; i++) {
        const double change = sweep_once(sweep, lambda);
        if (change <= tolerance)
            return true;
        if (i % STALLED_COUNT != STALLED_COUNT - 1)
            continue;
        if (change > mark / 2)
            return change <= tolerance * 100; // as far as rounding lets it
        mark = change;
    }
    return false;
}

bool quid__sweep(const Play *play, Field *field, double lambda, QuidArena *arena, double *logit)
{
    if (play->game->deal == NULL || play->action_count == 0 || !(lambda > 0))
        return false;
    Sweep sweep = {.play = play,
                   .field = field,
                   .logit = logit,
                   .step_count = play->game->deal_tables.step_count};
    if (!list_order(&sweep, arena))
        return false;
    quid__field_evaluate(play, logit, field); // uniform
    for (uint32_t i = 0; i < SCHEDULE_COUNT; i++) {
        const bool is_last = i + 1 == SCHEDULE_COUNT;
        const double share = is_last ? 1 : 1.0 / (double)(1u << (SCHEDULE_COUNT - 1 - i));
        if (!settle(&sweep, lambda * share, is_last ? FINE : ROUGH))
            return false;
    }
    quid__field_evaluate(play, logit, field);
    return true;
}
