// Solving at one lambda by sweeps, for games whose steps have an order: beliefs from the strategies
// at hand, then, from the last step to the first, every set's logit choice against what follows it,
// which is already settled. Only beliefs lag, so games with little to signal settle in a few
// sweeps, where the trace factors a matrix.
//
// lambda grows from near 0, each point starting from the one before. The branch that begins with
// uniform play is followed, not left, where each point's sweeps contract and no probability moves
// far from point to point: where it does, the steps are made smaller, and where small steps do not
// help (a fold, a branch that repels) nothing is claimed, and the trace takes over.
#include "sweep.h"

#include "maths.h"

#include <math.h>
#include <string.h>

#define LAMBDA_FIRST 0.25    // inside: what is at stake moves odds by a quarter at most
#define FACTOR_MAX 4.0       // from one lambda to the next …
#define FACTOR_MIN 1.05      // … and where smaller steps are given up
#define MOVE_MAX 0.3         // of a probability, from one lambda to the next
#define SWEEP_COUNT_MAX 120u // at one lambda
#define ROUGH 1e-2           // largest change of a logit, relative, on the way
#define FINE 1e-14           // and at the end
#define LOG_NEEDED                                                                                 \
    (-160.0)              // logits below the largest: where a probability's log is needed for reach
#define STALLED_COUNT 12u // sweeps in which the change must have fallen by half

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
    sweep->shifted = quid__arena_push(arena, ((size_t)play->action_count + 1) * sizeof(double));
    sweep->exponential = quid__arena_push(arena, ((size_t)play->action_count + 1) * sizeof(double));
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
    for (uint32_t edge = play->edge_first[node]; edge < play->edge_first[node + 1];
         edge++, action++)
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
            value[i] +=
                (action != QUID_NO_INDEX
                     ? sweep->field->probability[action]
                     : play->chance[(size_t)play->player_belief[i] * play->edge_count + edge]) *
                below[i];
    }
}

// New logits of a set, less their largest, into `shifted`. Returns their largest change, relative.
static double shift_logits(const Sweep *sweep, uint32_t set, double lambda, double *shifted)
{
    const uint32_t first = sweep->play->set_first[set];
    const uint32_t count = sweep->play->set_first[set + 1] - first;
    const double *value = sweep->field->action_value + first;
    double *logit = sweep->logit + first;
    double largest = 0;
    double change = 0;
    for (uint32_t i = 1; i < count; i++) {
        const double next = lambda * (value[i] - value[0]);
        change = fmax(change, fabs(next - logit[i]) / (1 + fabs(next)));
        logit[i] = next;
        largest = next > largest ? next : largest;
    }
    logit[0] = 0;
    for (uint32_t i = 0; i < count; i++)
        shifted[i] = logit[i] - largest;
    return change;
}

// Probabilities from the exponentials of shifted logits. The log of their sum is taken only where a
// probability is so small that reach needs its log; elsewhere the shifted logits stand for it.
static void normalise(const Sweep *sweep, uint32_t set, const double *shifted,
                      const double *exponential)
{
    Field *field = sweep->field;
    const uint32_t first = sweep->play->set_first[set];
    const uint32_t count = sweep->play->set_first[set + 1] - first;
    double sum = 0;
    double least = 0;
    for (uint32_t i = 0; i < count; i++) {
        sum += exponential[i];
        least = shifted[i] < least ? shifted[i] : least;
    }
    const double log_sum = least < LOG_NEEDED && sum > 1 ? quid__log(sum) : 0;
    const double inverse = 1 / sum;
    for (uint32_t i = 0; i < count; i++) {
        field->probability[first + i] = exponential[i] * inverse;
        field->log_probability[first + i] = shifted[i] - log_sum;
    }
}

// The sets of a step choose, side by side. Returns the largest change of a logit, relative.
static double choose(const Sweep *sweep, uint32_t step, double lambda)
{
    const Play *play = sweep->play;
    const uint32_t *sets = sweep->step_sets + sweep->set_first[step];
    const uint32_t set_count = sweep->set_first[step + 1] - sweep->set_first[step];
    double change = 0;
    uint32_t used = 0;
    for (uint32_t i = 0; i < set_count; i++) {
        if (play->is_fixed[sets[i]])
            continue;
        change = fmax(change, shift_logits(sweep, sets[i], lambda, sweep->shifted + used));
        used += play->set_first[sets[i] + 1] - play->set_first[sets[i]];
    }
    quid__exp_block(sweep->shifted, sweep->exponential, used);
    used = 0;
    for (uint32_t i = 0; i < set_count; i++) {
        if (play->is_fixed[sets[i]])
            continue;
        normalise(sweep, sets[i], sweep->shifted + used, sweep->exponential + used);
        used += play->set_first[sets[i] + 1] - play->set_first[sets[i]];
    }
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
        change = fmax(change, choose(sweep, step, lambda));
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

static double largest_move(const Sweep *sweep)
{
    double move = 0;
    for (uint32_t i = 0; i < sweep->play->action_count; i++)
        move = fmax(move, fabs(sweep->field->probability[i] - sweep->before[i]));
    return move;
}

bool quid__sweep_begin(Sweep *sweep, const Play *play, Field *field, QuidArena *arena)
{
    if (play->game->deal == NULL || play->action_count == 0)
        return false;
    const size_t size = ((size_t)play->action_count + 1) * sizeof(double);
    *sweep = (Sweep){.play = play,
                     .field = field,
                     .logit = quid__arena_push(arena, size),
                     .logit_before = quid__arena_push(arena, size),
                     .before = quid__arena_push(arena, size),
                     .step_count = play->game->deal_tables.step_count,
                     .factor = FACTOR_MAX};
    if (arena->has_failed || !list_order(sweep, arena))
        return false;
    quid__field_evaluate(play, sweep->logit, field); // uniform
    return true;
}

bool quid__sweep_to(Sweep *sweep, double lambda)
{
    const size_t size = sweep->play->action_count * sizeof(double);
    while (sweep->lambda < lambda) {
        const double next = sweep->lambda > 0 ? sweep->lambda * sweep->factor : LAMBDA_FIRST;
        const double at = next < lambda ? next : lambda;
        memcpy(sweep->logit_before, sweep->logit, size);
        memcpy(sweep->before, sweep->field->probability, size);
        const bool is_settled = settle(sweep, at, ROUGH);
        const double move = largest_move(sweep);
        if (is_settled && move <= MOVE_MAX) {
            sweep->lambda = at;
            const double wider = sweep->factor * sweep->factor;
            if (move < MOVE_MAX / 3)
                sweep->factor = wider < FACTOR_MAX ? wider : FACTOR_MAX;
            continue;
        }
        sweep->factor = sqrt(sweep->factor);
        if (sweep->factor < FACTOR_MIN || !(sweep->lambda > 0))
            return false;
        memcpy(sweep->logit, sweep->logit_before, size);
        quid__field_evaluate(sweep->play, sweep->logit, sweep->field);
    }
    if (!settle(sweep, lambda, FINE))
        return false;
    quid__field_evaluate(sweep->play, sweep->logit, sweep->field);
    return true;
}
