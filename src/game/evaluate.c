// The passes over the tree that a profile's meaning takes: reach down, beliefs by set, values up.
//
// Reach is kept as mantissa and exponent, so that products of thousands of probabilities, each
// perhaps 1e-3000, lose nothing: beliefs are the ratios of reaches within a set, and those are of
// any size whatever the reach.
#include "evaluate.h"

#include "maths.h"

#include <math.h>

static double power_of_two(int64_t exponent)
{
    union {
        uint64_t bits;
        double value;
    } number = {(uint64_t)(exponent + 1023) << 52};
    return number.value;
}

double quid__scale_by_bits(double value, int64_t exponent)
{
    if (exponent < -1900)
        return 0;
    for (; exponent < -1000; exponent += 500)
        value *= 0x1p-500;
    for (; exponent > 1000; exponent -= 500)
        value *= 0x1p500;
    return value * power_of_two(exponent);
}

void quid__split_probability(double logarithm, double *mantissa, int64_t *exponent)
{
    if (logarithm > -170) { // above 2^-256
        *mantissa = quid__exp(logarithm);
        *exponent = 0;
        return;
    }
    if (!(logarithm > -2e13)) { // a tremble; also what vanishes faster than one
        *mantissa = 1;
        *exponent = -QUID_TREMBLE_BITS;
        return;
    }
    const double log_two = 0.693147180559945309417;
    const double bits = (double)(int64_t)(logarithm / log_two);
    *exponent = (int64_t)bits;
    // log_two in two parts, so that bits times the first is exact for |bits| < 2^21 and more.
    const double high = 0x1.62e42fee00000p-1;
    const double low = 0x1.a39ef35793c76p-33;
    *mantissa = quid__exp((logarithm - bits * high) - bits * low);
}

// Probabilities of a free set from its logits; the largest logit is subtracted first.
static void fill_free_set(const Play *play, uint32_t set, const double *logit, Field *field)
{
    const uint32_t first = play->set_first[set];
    const uint32_t end = play->set_first[set + 1];
    double largest = logit[first];
    for (uint32_t i = first + 1; i < end; i++)
        largest = logit[i] > largest ? logit[i] : largest;
    double sum = 0;
    for (uint32_t i = first; i < end; i++) {
        const double shifted = logit[i] - largest;
        field->probability[i] = quid__exp(shifted);
        sum += field->probability[i];
    }
    const double log_sum = quid__log(sum);
    const double inverse = 1 / sum;
    for (uint32_t i = first; i < end; i++) {
        field->log_probability[i] = logit[i] - largest - log_sum;
        field->probability[i] *= inverse;
    }
}

static void split(const Play *play, Span sets, Field *field)
{
    for (uint32_t i = play->set_first[sets.first]; i < play->set_first[sets.end]; i++) {
        if (field->log_probability[i] > -170 && field->probability[i] > 0) {
            field->mantissa[i] = field->probability[i];
            field->exponent[i] = 0;
        } else {
            quid__split_probability(field->log_probability[i], &field->mantissa[i],
                                    &field->exponent[i]);
        }
    }
}

// ---- Passes over the tree

// The reach of a node by one prior, from its parent's.
QUID_INLINE void spread_node(const Play *play, uint32_t belief, Field *field, uint32_t node)
{
    double *reach = field->reach + (size_t)belief * play->inner_count;
    int64_t *exponent = field->reach_exponent + (size_t)belief * play->inner_count;
    const double *chance = play->chance + (size_t)belief * play->edge_count;
    if (node == 0) {
        reach[0] = 1;
        exponent[0] = 0;
        return;
    }
    const uint32_t edge = play->into[node];
    const uint32_t parent = play->parent[node];
    const uint32_t action = play->action[edge];
    double mantissa = reach[parent];
    int64_t bits = exponent[parent];
    if (action != QUID_NO_INDEX) {
        mantissa *= field->mantissa[action];
        bits += field->exponent[action];
    } else if (chance[edge] > 0) {
        mantissa *= chance[edge];
    } else {
        bits -= QUID_TREMBLE_BITS;
    }
    quid__lift_mantissa(&mantissa, &bits);
    reach[node] = mantissa;
    exponent[node] = bits;
}

// The mean of a node's values over its edges. width is the number of players; called with constants
// so that its loops unroll.
QUID_INLINE void lift_node(const Play *play, const Field *field, uint32_t node, uint32_t width)
{
    const uint32_t set = play->set[node];
    double few[3]; // in registers
    double *sum = width <= 3 ? few : field->value + (size_t)node * width;
    for (uint32_t i = 0; i < width; i++)
        sum[i] = 0;
    const double *probability =
        set == QUID_CHANCE ? NULL : field->probability + play->set_first[set];
    for (uint32_t edge = play->edge_first[node]; edge < play->edge_first[node + 1]; edge++) {
        const double *below = field->value + (size_t)play->child[edge] * width;
        if (probability != NULL) {
            for (uint32_t i = 0; i < width; i++)
                sum[i] += *probability * below[i];
            probability += 1;
            continue;
        }
        for (uint32_t i = 0; i < width; i++)
            sum[i] +=
                play->chance[(size_t)play->player_belief[i] * play->edge_count + edge] * below[i];
    }
    for (uint32_t i = 0; sum == few && i < width; i++)
        field->value[(size_t)node * width + i] = sum[i];
}

// The top of the tree or, where top is NULL, the nodes from first on.
static void spread_nodes(const Play *play, Field *field, const uint32_t *top, uint32_t first,
                         uint32_t count)
{
    for (uint32_t belief = 0; belief < play->belief_count; belief++) {
        for (uint32_t i = 0; i < count; i++)
            spread_node(play, belief, field, top == NULL ? first + i : top[i]);
    }
}

static void lift_nodes(const Play *play, const Field *field, const uint32_t *top, uint32_t first,
                       uint32_t count)
{
    if (play->player_count == 2) {
        for (uint32_t i = count; i-- > 0;)
            lift_node(play, field, top == NULL ? first + i : top[i], 2);
    } else if (play->player_count == 3) {
        for (uint32_t i = count; i-- > 0;)
            lift_node(play, field, top == NULL ? first + i : top[i], 3);
    } else {
        for (uint32_t i = count; i-- > 0;)
            lift_node(play, field, top == NULL ? first + i : top[i], play->player_count);
    }
}

// ---- What the passes mean to sets

// The largest exponent among each set's nodes; the sums by set are emptied.
static void begin_sets(const Play *play, Span sets, const uint32_t *nodes, const uint32_t *end,
                       Field *field)
{
    for (uint32_t set = sets.first; set < sets.end; set++) {
        field->set_exponent[set] = INT64_MIN;
        field->set_reach[set] = 0;
    }
    for (uint32_t i = play->set_first[sets.first]; i < play->set_first[sets.end]; i++)
        field->action_value[i] = 0;
    for (const uint32_t *node = nodes; node < end; node++) {
        const uint32_t set = play->set[*node];
        const size_t at = (size_t)play->set_belief[set] * play->inner_count + *node;
        if (field->reach_exponent[at] > field->set_exponent[set])
            field->set_exponent[set] = field->reach_exponent[at];
    }
}

// A node's share in its set's reach, and what its actions' values are worth by it.
static void add_share(const Play *play, uint32_t node, Field *field)
{
    const uint32_t set = play->set[node];
    const size_t at = (size_t)play->set_belief[set] * play->inner_count + node;
    const int64_t below = field->reach_exponent[at] - field->set_exponent[set];
    const double reach = field->reach[at];
    const double share = below == 0 ? reach : quid__scale_by_bits(reach, below);
    const double *value = field->value + play->set_player[set];
    const uint32_t width = play->player_count;
    double *sum = field->action_value + play->set_first[set];
    field->belief[node] = share;
    field->set_reach[set] += share;
    for (uint32_t edge = play->edge_first[node]; edge < play->edge_first[node + 1]; edge++)
        *sum++ += share * value[(size_t)play->child[edge] * width];
}

// Beliefs in the sets' nodes, and the values of actions by them.
static void judge(const Play *play, Span sets, const uint32_t *nodes, const uint32_t *end,
                  Field *field)
{
    begin_sets(play, sets, nodes, end, field);
    for (const uint32_t *node = nodes; node < end; node++)
        add_share(play, *node, field);
    double *inverse = field->set_value; // for a while
    for (uint32_t set = sets.first; set < sets.end; set++)
        inverse[set] = 1 / field->set_reach[set];
    for (const uint32_t *node = nodes; node < end; node++)
        field->belief[*node] *= inverse[play->set[*node]];
    for (uint32_t set = sets.first; set < sets.end; set++) {
        double mean = 0;
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++) {
            field->action_value[i] *= inverse[set];
            mean += field->probability[i] * field->action_value[i];
        }
        field->set_value[set] = mean;
    }
}

double quid__field_log_reach(const Play *play, const Field *field, uint32_t set)
{
    const uint32_t first = play->set_node_first[set];
    const uint32_t end = play->set_node_first[set + 1];
    int64_t largest = field->reach_exponent[play->set_nodes[first]];
    for (uint32_t i = first + 1; i < end; i++) {
        const int64_t other = field->reach_exponent[play->set_nodes[i]];
        largest = other > largest ? other : largest;
    }
    if (largest <= -QUID_TREMBLE_BITS / 2)
        return -HUGE_VAL;
    double sum = 0;
    for (uint32_t i = first; i < end; i++) {
        const uint32_t node = play->set_nodes[i];
        sum += quid__scale_by_bits(field->reach[node], field->reach_exponent[node] - largest);
    }
    return quid__log(sum) + (double)largest * 0.693147180559945309417;
}

void quid__field_choose(const Play *play, uint32_t set, const double *logit, Field *field)
{
    if (!play->is_fixed[set]) {
        fill_free_set(play, set, logit, field);
        return;
    }
    for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++) {
        field->log_probability[i] = play->fixed_log_probability[i];
        field->probability[i] = quid__exp(field->log_probability[i]);
    }
}

// The same for many sets at once: exponentials and logarithms in blocks, with the same bits.
static void choose(const Play *play, Span sets, const double *logit, Field *field)
{
    double *probability = field->probability;
    for (uint32_t set = sets.first; set < sets.end; set++) {
        const uint32_t end = play->set_first[set + 1];
        const double *source = play->is_fixed[set] ? play->fixed_log_probability : logit;
        double largest = play->is_fixed[set] ? 0 : source[play->set_first[set]];
        for (uint32_t i = play->set_first[set]; !play->is_fixed[set] && i < end; i++)
            largest = source[i] > largest ? source[i] : largest;
        for (uint32_t i = play->set_first[set]; i < end; i++)
            field->log_probability[i] = source[i] - largest;
    }
    const uint32_t first = play->set_first[sets.first];
    quid__exp_block(field->log_probability + first, probability + first,
                    play->set_first[sets.end] - first);
    for (uint32_t set = sets.first; set < sets.end; set++) {
        double sum = 0;
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++)
            sum += probability[i];
        field->set_value[set] = play->is_fixed[set] ? 1 : sum;
    }
    double *log_sum = field->set_reach;
    quid__log_block(field->set_value + sets.first, log_sum + sets.first, sets.end - sets.first);
    for (uint32_t set = sets.first; set < sets.end; set++) {
        const double inverse = 1 / field->set_value[set];
        for (uint32_t i = play->set_first[set];
             !play->is_fixed[set] && i < play->set_first[set + 1]; i++) {
            field->log_probability[i] -= log_sum[set];
            probability[i] *= inverse;
        }
    }
}

// ---- All of it, shared

typedef struct Pass {
    const Play *play;
    const double *logit; // NULL: probabilities are there
    Field *field;
} Pass;

static void choose_part(void *user, uint32_t part, uint32_t worker)
{
    const Pass *pass = user;
    const Span sets = pass->play->set_parts[part];
    (void)worker;
    if (pass->logit != NULL)
        choose(pass->play, sets, pass->logit, pass->field);
    split(pass->play, sets, pass->field);
}

// Reach down and values up: neither waits for the other.
static void pass_part(void *user, uint32_t part, uint32_t worker)
{
    const Pass *pass = user;
    const Span nodes = pass->play->parts[part];
    (void)worker;
    spread_nodes(pass->play, pass->field, NULL, nodes.first, nodes.end - nodes.first);
    lift_nodes(pass->play, pass->field, NULL, nodes.first, nodes.end - nodes.first);
}

static void judge_part(void *user, uint32_t part, uint32_t worker)
{
    const Pass *pass = user;
    const Span sets = pass->play->set_parts[part];
    (void)worker;
    const uint32_t *nodes = pass->play->part_nodes;
    const uint32_t *first = pass->play->part_node_first + part;
    judge(pass->play, sets, nodes + first[0], nodes + first[1], pass->field);
}

static void fill(const Play *play, const double *logit, Field *field)
{
    Pass pass = {play, logit, field};
    quid__pool_run(play->pool, play->set_part_count, choose_part, &pass);
    spread_nodes(play, field, play->top, 0, play->top_count);
    quid__pool_run(play->pool, play->part_count, pass_part, &pass);
    lift_nodes(play, field, play->top, 0, play->top_count);
    quid__pool_run(play->pool, play->set_part_count, judge_part, &pass);
}

void quid__field_spread(const Play *play, Field *field)
{
    fill(play, NULL, field);
}

void quid__field_evaluate(const Play *play, const double *logit, Field *field)
{
    fill(play, logit, field);
}
