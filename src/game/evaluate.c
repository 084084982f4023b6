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

static void split_all(const Play *play, Field *field)
{
    for (uint32_t i = 0; i < play->action_count; i++) {
        if (field->log_probability[i] > -170 && field->probability[i] > 0) {
            field->mantissa[i] = field->probability[i];
            field->exponent[i] = 0;
        } else {
            quid__split_probability(field->log_probability[i], &field->mantissa[i],
                                    &field->exponent[i]);
        }
    }
}

// Reach by one prior, from the root down.
static void spread_reach(const Play *play, uint32_t belief, Field *field)
{
    double *reach = field->reach + (size_t)belief * play->inner_count;
    int64_t *exponent = field->reach_exponent + (size_t)belief * play->inner_count;
    const double *chance = play->chance + (size_t)belief * play->edge_count;
    if (play->inner_count == 0)
        return;
    reach[0] = 1;
    exponent[0] = 0;
    for (uint32_t node = 1; node < play->inner_count; node++) {
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
}

static void fill_beliefs(const Play *play, Field *field)
{
    for (uint32_t set = 0; set < play->set_count; set++) {
        const size_t offset = (size_t)play->set_belief[set] * play->inner_count;
        const double *reach = field->reach + offset;
        const int64_t *exponent = field->reach_exponent + offset;
        const uint32_t *nodes = play->set_nodes;
        const uint32_t first = play->set_node_first[set];
        const uint32_t end = play->set_node_first[set + 1];
        int64_t largest = exponent[nodes[first]];
        bool is_even = true;
        for (uint32_t i = first + 1; i < end; i++) {
            const int64_t other = exponent[nodes[i]];
            is_even = is_even && other == largest;
            largest = other > largest ? other : largest;
        }
        double sum = 0;
        for (uint32_t i = first; i < end; i++) {
            const uint32_t node = nodes[i];
            const double share =
                is_even ? reach[node] : quid__scale_by_bits(reach[node], exponent[node] - largest);
            field->belief[node] = share;
            sum += share;
        }
        const double inverse = 1 / sum;
        for (uint32_t i = first; i < end; i++)
            field->belief[nodes[i]] *= inverse;
        field->set_exponent[set] = largest;
        field->set_reach[set] = sum;
    }
}

// Adds a decision node's values to its set's, and gives the node the mean over its edges.
static inline void lift_decision(const Play *play, const Field *field, uint32_t node,
                                 uint32_t width)
{
    const uint32_t set = play->set[node];
    const uint32_t player = play->set_player[set];
    const double belief = field->belief[node];
    double *value = field->value + (size_t)node * width;
    uint32_t action = play->set_first[set];
    for (uint32_t edge = play->edge_first[node]; edge < play->edge_first[node + 1];
         edge++, action++) {
        const double *below = field->value + (size_t)play->child[edge] * width;
        const double probability = field->probability[action];
        for (uint32_t i = 0; i < width; i++)
            value[i] += probability * below[i];
        field->action_value[action] += belief * below[player];
    }
}

static inline void lift_chance(const Play *play, const Field *field, uint32_t node, uint32_t width)
{
    double *value = field->value + (size_t)node * width;
    for (uint32_t edge = play->edge_first[node]; edge < play->edge_first[node + 1]; edge++) {
        const double *below = field->value + (size_t)play->child[edge] * width;
        for (uint32_t i = 0; i < width; i++)
            value[i] +=
                play->chance[(size_t)play->player_belief[i] * play->edge_count + edge] * below[i];
    }
}

// Values from the end up. width is the number of players; called with constants so that its loops
// unroll.
static inline void lift_values(const Play *play, const Field *field, uint32_t width)
{
    for (uint32_t node = play->inner_count; node-- > 0;) {
        for (uint32_t i = 0; i < width; i++)
            field->value[(size_t)node * width + i] = 0;
        if (play->set[node] == QUID_CHANCE)
            lift_chance(play, field, node, width);
        else
            lift_decision(play, field, node, width);
    }
}

static void fill_set_values(const Play *play, Field *field)
{
    for (uint32_t set = 0; set < play->set_count; set++) {
        double sum = 0;
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++)
            sum += field->probability[i] * field->action_value[i];
        field->set_value[set] = sum;
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

void quid__field_spread(const Play *play, Field *field)
{
    split_all(play, field);
    for (uint32_t belief = 0; belief < play->belief_count; belief++)
        spread_reach(play, belief, field);
    fill_beliefs(play, field);
    for (uint32_t i = 0; i < play->action_count; i++)
        field->action_value[i] = 0;
    if (play->player_count == 2)
        lift_values(play, field, 2);
    else if (play->player_count == 3)
        lift_values(play, field, 3);
    else
        lift_values(play, field, play->player_count);
    fill_set_values(play, field);
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

// The same for all sets at once: exponentials and logarithms in blocks, with the same bits.
static void choose_all(const Play *play, const double *logit, Field *field)
{
    double *probability = field->probability;
    for (uint32_t set = 0; set < play->set_count; set++) {
        const uint32_t end = play->set_first[set + 1];
        const double *source = play->is_fixed[set] ? play->fixed_log_probability : logit;
        double largest = play->is_fixed[set] ? 0 : source[play->set_first[set]];
        for (uint32_t i = play->set_first[set]; !play->is_fixed[set] && i < end; i++)
            largest = source[i] > largest ? source[i] : largest;
        for (uint32_t i = play->set_first[set]; i < end; i++)
            field->log_probability[i] = source[i] - largest;
    }
    quid__exp_block(field->log_probability, probability, play->action_count);
    for (uint32_t set = 0; set < play->set_count; set++) {
        double sum = 0;
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++)
            sum += probability[i];
        field->set_value[set] = play->is_fixed[set] ? 1 : sum;
    }
    double *log_sum = field->set_reach;
    quid__log_block(field->set_value, log_sum, play->set_count);
    for (uint32_t set = 0; set < play->set_count; set++) {
        const double inverse = 1 / field->set_value[set];
        for (uint32_t i = play->set_first[set];
             !play->is_fixed[set] && i < play->set_first[set + 1]; i++) {
            field->log_probability[i] -= log_sum[set];
            probability[i] *= inverse;
        }
    }
}

void quid__field_evaluate(const Play *play, const double *logit, Field *field)
{
    choose_all(play, logit, field);
    quid__field_spread(play, field);
}
