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

#include "bits.h"
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
#define STALLED_COUNT 12u    // sweeps in which the change must have fallen by half

#define BLOCK_SIZE 1024u  // sets or nodes of a step that are passed in one go
#define PLAIN_LEAST 1e-73 // below, a probability is taken from its log

// ---- Beliefs

static void pass_reach(const Sweep *sweep, const Trail *trail)
{
    if (trail->branch_count == 0)
        return;
    trail->reach[0] = 1;
    trail->exponent[0] = 0;
    for (uint32_t i = 1; i < trail->branch_count; i++) {
        double mantissa = trail->reach[trail->parent[i]];
        int64_t exponent = trail->exponent[trail->parent[i]];
        const uint32_t slot = trail->slot[i];
        if (slot == QUID_NO_INDEX && trail->chance[i] > 0) {
            mantissa *= trail->chance[i];
        } else if (slot == QUID_NO_INDEX) {
            exponent -= QUID_TREMBLE_BITS;
        } else if (sweep->probability[slot] > PLAIN_LEAST) {
            mantissa *= sweep->probability[slot];
        } else {
            double factor;
            int64_t bits;
            const double sum = sweep->set_sum[sweep->layout.set_of_slot[slot]];
            quid__split_probability(sweep->shifted[slot] - quid__log(sum), &factor, &bits);
            mantissa *= factor;
            exponent += bits;
        }
        quid__lift_mantissa(&mantissa, &exponent);
        trail->reach[i] = mantissa;
        trail->exponent[i] = exponent;
    }
}

static void share_beliefs(const Sweep *sweep, const Trail *trail)
{
    for (uint32_t set = 0; set < trail->set_count; set++) {
        const uint32_t *branch = trail->branch + trail->set_first[set];
        const uint32_t count = trail->set_first[set + 1] - trail->set_first[set];
        double *belief = sweep->belief + trail->set_row[set];
        int64_t largest = trail->exponent[branch[0]];
        for (uint32_t i = 1; i < count; i++)
            largest = trail->exponent[branch[i]] > largest ? trail->exponent[branch[i]] : largest;
        double sum = 0;
        for (uint32_t i = 0; i < count; i++) {
            const int64_t below = trail->exponent[branch[i]] - largest;
            belief[i] = below == 0 ? trail->reach[branch[i]]
                                   : quid__scale_by_bits(trail->reach[branch[i]], below);
            sum += belief[i];
        }
        const double inverse = 1 / sum;
        for (uint32_t i = 0; i < count; i++)
            belief[i] *= inverse;
    }
}

// ---- Choices

// New logits of free sets. Returns their largest change, relative.
static double take_logits(const Sweep *sweep, uint32_t first_set, uint32_t end, double lambda)
{
    const Layout *layout = &sweep->layout;
    double change = 0;
    for (uint32_t set = first_set; set < end; set++) {
        const uint32_t first = layout->set_slot[set];
        const double *value = sweep->action_value;
        for (uint32_t i = first + 1; i < layout->set_slot[set + 1]; i++) {
            const double next = lambda * (value[i] - value[first]);
            const double size = 1 + fabs(next);
            const double move = fabs(next - sweep->logit[i]);
            change = move > change * size ? move / size : change;
            sweep->logit[i] = next;
        }
    }
    return change;
}

// Probabilities of free sets that follow each other from their logits.
static void respond(const Sweep *sweep, uint32_t first, uint32_t end)
{
    const Layout *layout = &sweep->layout;
    for (uint32_t set = first; set < end; set++) {
        double largest = sweep->logit[layout->set_slot[set]];
        for (uint32_t i = layout->set_slot[set] + 1; i < layout->set_slot[set + 1]; i++)
            largest = sweep->logit[i] > largest ? sweep->logit[i] : largest;
        for (uint32_t i = layout->set_slot[set]; i < layout->set_slot[set + 1]; i++)
            sweep->shifted[i] = sweep->logit[i] - largest;
    }
    const uint32_t slot = layout->set_slot[first];
    quid__exp_block(sweep->shifted + slot, sweep->probability + slot, layout->set_slot[end] - slot);
    for (uint32_t set = first; set < end; set++) {
        double sum = 0;
        for (uint32_t i = layout->set_slot[set]; i < layout->set_slot[set + 1]; i++)
            sum += sweep->probability[i];
        const double inverse = 1 / sum;
        for (uint32_t i = layout->set_slot[set]; i < layout->set_slot[set + 1]; i++)
            sweep->probability[i] *= inverse;
        sweep->set_sum[set] = sum;
    }
}

static void respond_all(const Sweep *sweep)
{
    for (uint32_t step = 0; step < sweep->layout.step_count; step++)
        respond(sweep, sweep->layout.step_set[step], sweep->layout.step_free[step]);
}

// ---- Values

static void value_actions(const Sweep *sweep, uint32_t set)
{
    const Layout *layout = &sweep->layout;
    const double *value = layout->value + layout->player[set];
    const uint32_t first = layout->set_slot[set];
    const uint32_t count = layout->set_slot[set + 1] - first;
    double *action_value = sweep->action_value + first;
    const uint32_t first_row = layout->set_row[set];
    const uint32_t *child = layout->child + layout->edge_first[first_row];
    for (uint32_t i = 0; i < count; i++)
        action_value[i] = sweep->belief[first_row] * value[child[i]];
    for (uint32_t row = first_row + 1; row < layout->set_row_end[set]; row++) {
        child = layout->child + layout->edge_first[row];
        for (uint32_t i = 0; i < count; i++)
            action_value[i] += sweep->belief[row] * value[child[i]];
    }
}

// width is the number of players; called with constants, so that its loops unroll.
QUID_INLINE void value_decision(const Sweep *sweep, uint32_t set, uint32_t width)
{
    const Layout *layout = &sweep->layout;
    const uint32_t first = layout->set_slot[set];
    const uint32_t count = layout->set_slot[set + 1] - first;
    for (uint32_t row = layout->set_row[set]; row < layout->set_row_end[set]; row++) {
        const uint32_t *child = layout->child + layout->edge_first[row];
        double *value = layout->value + (size_t)row * width;
        for (uint32_t i = 0; i < width; i++)
            value[i] = 0;
        for (uint32_t n = 0; n < count; n++) {
            const double *below = layout->value + child[n];
            for (uint32_t i = 0; i < width; i++)
                value[i] += sweep->probability[first + n] * below[i];
        }
    }
}

QUID_INLINE void value_chance(const Layout *layout, uint32_t row, uint32_t width)
{
    const double *weight = layout->weight + layout->weight_first[row];
    double *value = layout->value + (size_t)row * width;
    for (uint32_t i = 0; i < width; i++)
        value[i] = 0;
    for (uint32_t edge = layout->edge_first[row]; edge < layout->edge_first[row + 1]; edge++) {
        const double *below = layout->value + layout->child[edge];
        for (uint32_t i = 0; i < width; i++)
            value[i] += weight[i] * below[i];
        weight += width;
    }
}

// ---- One sweep

// The sets of a step do not see each other, nor do its nodes of chance: blocks of them are passed
// side by side, each the same whoever does it.
typedef struct Pass {
    const Sweep *sweep;
    double lambda;
    uint32_t step;
    uint32_t set_block_count; // those of chance follow
} Pass;

static uint32_t blocks_of(uint32_t count)
{
    return (count + BLOCK_SIZE - 1) / BLOCK_SIZE;
}

static uint32_t lesser(uint32_t left, uint32_t right)
{
    return left < right ? left : right;
}

QUID_INLINE void pass_sets(const Pass *pass, uint32_t block, uint32_t width)
{
    const Sweep *sweep = pass->sweep;
    const Layout *layout = &sweep->layout;
    const uint32_t first = layout->step_set[pass->step] + block * BLOCK_SIZE;
    const uint32_t end = lesser(first + BLOCK_SIZE, layout->step_set[pass->step + 1]);
    const uint32_t free_end = lesser(end, layout->step_free[pass->step]);
    for (uint32_t set = first; set < free_end; set++)
        value_actions(sweep, set);
    if (first < free_end) {
        sweep->change[block] = take_logits(sweep, first, free_end, pass->lambda);
        respond(sweep, first, free_end);
    }
    for (uint32_t set = first; set < end; set++)
        value_decision(sweep, set, width);
}

QUID_INLINE void pass_any(const Pass *pass, uint32_t block, uint32_t width)
{
    const Layout *layout = &pass->sweep->layout;
    if (block < pass->set_block_count) {
        pass_sets(pass, block, width);
        return;
    }
    const uint32_t first =
        layout->step_chance[pass->step] + (block - pass->set_block_count) * BLOCK_SIZE;
    const uint32_t end = lesser(first + BLOCK_SIZE, layout->step_end[pass->step]);
    for (uint32_t row = first; row < end; row++)
        value_chance(layout, row, width);
}

static void pass_block(void *user, uint32_t block, uint32_t worker)
{
    const Pass *pass = user;
    (void)worker;
    switch (pass->sweep->play->player_count) {
    case 2:
        pass_any(pass, block, 2);
        break;
    case 3:
        pass_any(pass, block, 3);
        break;
    case 4:
        pass_any(pass, block, 4);
        break;
    default:
        pass_any(pass, block, pass->sweep->play->player_count);
    }
}

static void believe(void *user, uint32_t block, uint32_t worker)
{
    const Pass *pass = user;
    (void)worker;
    pass_reach(pass->sweep, &pass->sweep->layout.trails[block]);
    share_beliefs(pass->sweep, &pass->sweep->layout.trails[block]);
}

// Returns the largest change of a logit, relative.
static double sweep_once(const Sweep *sweep, double lambda)
{
    const Layout *layout = &sweep->layout;
    double change = 0;
    Pass pass = {.sweep = sweep, .lambda = lambda};
    quid__pool_run(sweep->pool, sweep->play->belief_count, believe, &pass);
    for (pass.step = 0; pass.step < layout->step_count; pass.step++) {
        const uint32_t set_count = layout->step_set[pass.step + 1] - layout->step_set[pass.step];
        pass.set_block_count = blocks_of(set_count);
        for (uint32_t i = 0; i < pass.set_block_count; i++)
            sweep->change[i] = 0;
        const uint32_t block_count =
            pass.set_block_count +
            blocks_of(layout->step_end[pass.step] - layout->step_chance[pass.step]);
        quid__pool_run(block_count > 1 ? sweep->pool : NULL, block_count, pass_block, &pass);
        for (uint32_t i = 0; i < pass.set_block_count; i++)
            change = sweep->change[i] > change ? sweep->change[i] : change;
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
    for (uint32_t i = 0; i < sweep->play->action_count; i++) {
        const double own = fabs(sweep->probability[i] - sweep->before[i]);
        move = own > move ? own : move;
    }
    return move;
}

static void take_fixed(const Sweep *sweep)
{
    const Layout *layout = &sweep->layout;
    for (uint32_t step = 0; step < layout->step_count; step++) {
        for (uint32_t set = layout->step_free[step]; set < layout->step_set[step + 1]; set++) {
            sweep->set_sum[set] = 1;
            for (uint32_t i = layout->set_slot[set]; i < layout->set_slot[set + 1]; i++) {
                sweep->shifted[i] = sweep->play->fixed_log_probability[layout->action[i]];
                sweep->probability[i] = quid__exp(sweep->shifted[i]);
            }
        }
    }
}

bool quid__sweep_begin(Sweep *sweep, const Play *play, Field *field, QuidPool *pool,
                       QuidArena *arena)
{
    if (play->game->deal == NULL || play->action_count == 0)
        return false;
    const size_t size = ((size_t)play->action_count + 1) * sizeof(double);
    *sweep = (Sweep){
        .play = play,
        .field = field,
        .factor = FACTOR_MAX,
        .belief = quid__arena_push(arena, ((size_t)play->inner_count + 1) * sizeof(double)),
        .set_sum = quid__arena_push(arena, ((size_t)play->set_count + 1) * sizeof(double)),
        .change = quid__arena_push(arena, (blocks_of(play->set_count) + 1) * sizeof(double)),
        .pool = pool,
        .logit = quid__arena_push(arena, size),
        .shifted = quid__arena_push(arena, size),
        .probability = quid__arena_push(arena, size),
        .action_value = quid__arena_push(arena, size),
        .logit_before = quid__arena_push(arena, size),
        .before = quid__arena_push(arena, size),
        .logit_of_action = quid__arena_push(arena, size)};
    if (arena->has_failed || !quid__layout_create(&sweep->layout, play, arena))
        return false;
    for (uint32_t i = 0; i < play->inner_count; i++)
        sweep->belief[i] = 1;
    take_fixed(sweep);
    respond_all(sweep); // uniformly
    return true;
}

static void fill_field(const Sweep *sweep)
{
    for (uint32_t i = 0; i < sweep->play->action_count; i++)
        sweep->logit_of_action[sweep->layout.action[i]] = sweep->logit[i];
    quid__field_evaluate(sweep->play, sweep->logit_of_action, sweep->field);
}

bool quid__sweep_to(Sweep *sweep, double lambda)
{
    const size_t size = sweep->play->action_count * sizeof(double);
    while (sweep->lambda < lambda) {
        const double next = sweep->lambda > 0 ? sweep->lambda * sweep->factor : LAMBDA_FIRST;
        const double at = next < lambda ? next : lambda;
        memcpy(sweep->logit_before, sweep->logit, size);
        memcpy(sweep->before, sweep->probability, size);
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
        respond_all(sweep);
    }
    if (!settle(sweep, lambda, FINE))
        return false;
    fill_field(sweep);
    return true;
}
