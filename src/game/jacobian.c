// The derivatives of action values by logits, by parts of the lower sets: from each of their nodes
// the way up to the root is walked once.
//
// Write x(g,b) for the logit of b at set g, beta(n) for the belief in a node of its set, V(n) for a
// node's value to the player in question. For a set h of player i and an action a:
//   below h: dv(h,a)/dx(g,b) = sum over nodes n of h and n' of g below n through a of
//            beta(n) P(n' | n,a) p(b) (V(n',b) - V(n'));
//   above h, for g of another player: beliefs move. With S(c,a) the sum over nodes n' of h below g
//   through c of
//            beta(n') (V(n',a) - v(h,a)), dv(h,a)/dx(g,c) = S(c,a) - p(c) sum over d of S(d,a).
// The player's own sets above h drop out: by perfect recall all nodes of h follow the same own
// actions.
#include "jacobian.h"

#include "bits.h"

#include <string.h>

// ---- Sums over the nodes of a set

// A thread's room.
typedef struct Sums {
    double *change; // [player * count + b]: p(b) (V(n,b) - V(n))
    double *gain;   // by b: beta(n) (V(n,b) - v(h,b)) to the mover
    double *total;  // by b
    double *chance; // by prior: of what chance did on the way
    double *rows;   // of the pairs of the part's sets
} Sums;

static Sums sums_of(const Jacobian *jacobian, uint32_t worker)
{
    const Play *play = jacobian->play;
    Sums sums;
    sums.change = jacobian->scratch + worker * jacobian->scratch_size;
    sums.gain = sums.change + (size_t)play->player_count * jacobian->widest;
    sums.total = sums.gain + jacobian->widest;
    sums.chance = sums.total + jacobian->widest;
    sums.rows = sums.chance + play->belief_count;
    return sums;
}

QUID_INLINE void fill_changes(const Play *play, const Field *field, uint32_t node, uint32_t count,
                              double *change, double *gain)
{
    const uint32_t width = play->player_count;
    const uint32_t set = play->set[node];
    const uint32_t player = play->set_player[set];
    const double *probability = field->probability + play->set_first[set];
    const double *of_action = field->action_value + play->set_first[set];
    const uint32_t *child = play->child + play->edge_first[node];
    const double *value = field->value + (size_t)node * width;
    const double belief = field->belief[node];
    for (uint32_t b = 0; b < count; b++) {
        const double *below = field->value + (size_t)child[b] * width;
        for (uint32_t i = 0; i < width; i++)
            change[(size_t)i * count + b] = probability[b] * (below[i] - value[i]);
        gain[b] = belief * (below[player] - of_action[b]);
    }
}

// The way up from a node: to each decision there, given the action taken, the node counts with how
// likely it is from there on, by the prior of who decides. Rows of up are of no use where that is
// the mover at the node. is_common: there is one prior.
QUID_INLINE void add_counted(const Jacobian *jacobian, const Field *field, uint32_t node,
                             uint32_t count, bool is_common, const Sums *sums)
{
    const Play *play = jacobian->play;
    const uint32_t *first = jacobian->slot + jacobian->slot_first[node];
    const uint32_t *slot = jacobian->slot + jacobian->slot_first[node + 1];
    double few[3];
    double *gain = count <= 3 ? few : sums->gain;
    double product = 1; // of what was chosen on the way
    fill_changes(play, field, node, count, sums->change, gain);
    for (uint32_t belief = 0; !is_common && belief < play->belief_count; belief++)
        sums->chance[belief] = 1;
    for (const Ascent *ascent = &jacobian->ascent[node]; slot > first;
         ascent = &jacobian->ascent[ascent->parent]) {
        if (ascent->player < QUID_NO_INDEX) {
            const uint32_t mover = ascent->player;
            const double likely =
                is_common ? product : product * sums->chance[play->player_belief[mover]];
            const double weight = likely * field->belief[ascent->parent];
            const double *change = sums->change + (size_t)mover * count;
            double *row = sums->rows + *--slot;
            for (uint32_t b = 0; b < count; b++)
                row[b] += weight * change[b];
            for (uint32_t b = 0; b < count; b++)
                row[count + b] += gain[b];
        }
        if (ascent->action != QUID_NO_INDEX)
            product *= field->probability[ascent->action];
        else if (is_common)
            product *= play->chance[ascent->edge];
        for (uint32_t belief = 0;
             ascent->action == QUID_NO_INDEX && !is_common && belief < play->belief_count; belief++)
            sums->chance[belief] *= play->chance[(size_t)belief * play->edge_count + ascent->edge];
    }
}

// Most sets have two or three actions, and most games one prior: loops over them unroll.
static void add_node(const Jacobian *jacobian, const Field *field, uint32_t node, const Sums *sums)
{
    const Play *play = jacobian->play;
    const uint32_t *first = play->set_first + play->set[node];
    const uint32_t count = first[1] - first[0];
    const bool is_common = play->belief_count == 1;
    if (is_common && count == 2)
        add_counted(jacobian, field, node, 2, true, sums);
    else if (is_common && count == 3)
        add_counted(jacobian, field, node, 3, true, sums);
    else
        add_counted(jacobian, field, node, count, is_common, sums);
}

// ---- From sums to equations

typedef struct Target {
    double *value; // of the matrix
    size_t column; // where the column begins
    uint32_t row;  // where in it the set's rows begin
} Target;

static Target place_of(const Jacobian *jacobian, uint32_t column, uint32_t relative,
                       uint32_t row_set)
{
    if (jacobian->is_dense)
        return (Target){jacobian->dense.value, (size_t)column * jacobian->unknown_count,
                        jacobian->unknown_first[row_set]};
    return (Target){jacobian->matrix.value, jacobian->matrix.first[column], relative};
}

// Columns of the lower set's unknowns, rows of the upper's. height and width: actions of the upper
// set and of the lower one.
QUID_INLINE void place_down(const Jacobian *jacobian, const Pair *pair, uint32_t height,
                            uint32_t width, uint32_t relative, double lambda, const Sums *sums)
{
    const uint32_t upper_first = jacobian->play->set_first[pair->upper];
    const uint32_t lower_first = jacobian->play->set_first[pair->lower];
    const uint32_t *row_action = jacobian->unknown_action + jacobian->unknown_first[pair->upper];
    const uint32_t first = jacobian->unknown_first[pair->lower];
    const double *down = sums->rows + pair->offset;
    const double *reference =
        down + (size_t)(jacobian->reference[pair->upper] - upper_first) * 2 * width;
    for (uint32_t k = 0; k + 1 < width; k++) {
        const uint32_t b = jacobian->unknown_action[first + k] - lower_first;
        const Target target = place_of(jacobian, first + k, relative, pair->upper);
        double *value = target.value + target.column + target.row;
        for (uint32_t row = 0; row + 1 < height; row++) {
            const uint32_t c = row_action[row] - upper_first;
            const double kept = jacobian->has_mirrors ? value[row] : 0;
            value[row] = kept - lambda * (down[(size_t)c * 2 * width + b] - reference[b]);
        }
    }
}

// Columns of the upper set's unknowns, rows of the lower's.
QUID_INLINE void place_up(const Jacobian *jacobian, const Field *field, const Pair *pair,
                          uint32_t height, uint32_t width, uint32_t relative, double lambda,
                          const Sums *sums)
{
    const uint32_t upper_first = jacobian->play->set_first[pair->upper];
    const uint32_t lower_first = jacobian->play->set_first[pair->lower];
    const uint32_t *row_action = jacobian->unknown_action + jacobian->unknown_first[pair->lower];
    const uint32_t first = jacobian->unknown_first[pair->upper];
    const double *up = sums->rows + pair->offset + width;
    double *total = sums->total;
    for (uint32_t b = 0; b < width; b++) {
        total[b] = 0;
        for (uint32_t c = 0; c < height; c++)
            total[b] += up[(size_t)c * 2 * width + b];
    }
    const uint32_t reference = jacobian->reference[pair->lower] - lower_first;
    for (uint32_t k = 0; k + 1 < height; k++) {
        const uint32_t action = jacobian->unknown_action[first + k];
        const double *sum = up + (size_t)(action - upper_first) * 2 * width;
        const double probability = field->probability[action];
        const double of_reference = sum[reference] - probability * total[reference];
        const Target target = place_of(jacobian, first + k, relative, pair->lower);
        double *value = target.value + target.column + target.row;
        for (uint32_t row = 0; row + 1 < width; row++) {
            const uint32_t b = row_action[row] - lower_first;
            const double kept = jacobian->has_mirrors ? value[row] : 0;
            value[row] = kept - lambda * (sum[b] - probability * total[b] - of_reference);
        }
    }
}

// Most sets have two actions: what is written of them unrolls.
static void place_pair(const Jacobian *jacobian, const Field *field, uint32_t number, double lambda,
                       const Sums *sums)
{
    const Pair *pair = &jacobian->pairs[number];
    const uint32_t *set_first = jacobian->play->set_first;
    const uint32_t height = set_first[pair->upper + 1] - set_first[pair->upper];
    const uint32_t width = set_first[pair->lower + 1] - set_first[pair->lower];
    const uint32_t row = jacobian->is_dense ? 0 : jacobian->pair_row[number];
    const uint32_t back = jacobian->is_dense ? 0 : jacobian->pair_back[number];
    if (height == 2 && width == 2) {
        place_down(jacobian, pair, 2, 2, row, lambda, sums);
        if (pair->has_up)
            place_up(jacobian, field, pair, 2, 2, back, lambda, sums);
        return;
    }
    place_down(jacobian, pair, height, width, row, lambda, sums);
    if (pair->has_up)
        place_up(jacobian, field, pair, height, width, back, lambda, sums);
}

static void place_diagonal(const Jacobian *jacobian, uint32_t set, double diagonal)
{
    const uint32_t first = jacobian->unknown_first[set];
    for (uint32_t column = first; column < jacobian->unknown_first[set + 1]; column++) {
        const Target target = place_of(jacobian, column, 0, set);
        target.value[target.column + target.row + (column - first)] = diagonal;
    }
}

// Rows of actions out of support become "their logit stays".
static void keep_unsupported(const Jacobian *jacobian, const bool *support)
{
    const uint32_t count = jacobian->unknown_count;
    for (uint32_t column = 0; column < count; column++) {
        const size_t first =
            jacobian->is_dense ? (size_t)column * count : jacobian->matrix.first[column];
        const size_t end = jacobian->is_dense ? first + count : jacobian->matrix.first[column + 1];
        double *value = jacobian->is_dense ? jacobian->dense.value : jacobian->matrix.value;
        for (size_t i = first; i < end; i++) {
            const uint32_t row =
                jacobian->is_dense ? (uint32_t)(i - first) : jacobian->matrix.row[i];
            if (!support[jacobian->unknown_action[row]])
                value[i] = row == column ? 1 : 0;
        }
    }
}

// Where a pair's rows end.
static size_t end_of(const Play *play, const Pair *pair)
{
    const uint32_t height = play->set_first[pair->upper + 1] - play->set_first[pair->upper];
    const uint32_t width = play->set_first[pair->lower + 1] - play->set_first[pair->lower];
    return pair->offset + (size_t)height * 2 * width;
}

typedef struct Filling {
    const Jacobian *jacobian;
    const Field *field;
    double lambda;
    double diagonal;
} Filling;

// Every place of the matrix belongs to one pair, unless there are mirrors, or to one set's own
// rows.
static void fill_part(void *user, uint32_t part, uint32_t worker)
{
    const Filling *filling = user;
    const Jacobian *jacobian = filling->jacobian;
    const Play *play = jacobian->play;
    const Span sets = play->set_parts[part];
    const Sums sums = sums_of(jacobian, worker);
    const uint32_t end = jacobian->pair_first[sets.end];
    for (uint32_t set = sets.first; set < sets.end; set++)
        place_diagonal(jacobian, set, filling->diagonal);
    if (jacobian->pair_first[sets.first] == end)
        return;
    memset(sums.rows, 0, end_of(play, &jacobian->pairs[end - 1]) * sizeof(double));
    for (uint32_t i = play->part_node_first[part]; i < play->part_node_first[part + 1]; i++) {
        const uint32_t *slot = jacobian->slot_first + play->part_nodes[i];
        if (slot[0] < slot[1])
            add_node(jacobian, filling->field, play->part_nodes[i], &sums);
    }
    for (uint32_t i = jacobian->pair_first[sets.first]; i < end; i++)
        place_pair(jacobian, filling->field, i, filling->lambda, &sums);
}

// Entries of the matrix that no pair and no diagonal writes are 0, and stay so where it is sparse.
static void fill_matrix(const Jacobian *jacobian, const Field *field, double lambda,
                        double diagonal)
{
    Filling filling = {jacobian, field, lambda, diagonal};
    if (jacobian->is_dense)
        memset(jacobian->dense.value, 0,
               (size_t)jacobian->unknown_count * jacobian->unknown_count * sizeof(double));
    else if (jacobian->has_mirrors)
        memset(jacobian->matrix.value, 0,
               jacobian->matrix.first[jacobian->unknown_count] * sizeof(double));
    quid__pool_run(jacobian->has_mirrors ? NULL : jacobian->pool, jacobian->play->set_part_count,
                   fill_part, &filling);
}

bool quid__jacobian_factorise(Jacobian *jacobian, const Field *field, double lambda,
                              const bool *support)
{
    fill_matrix(jacobian, field, lambda, support == NULL ? 1 : 0);
    if (support != NULL)
        keep_unsupported(jacobian, support);
    if (jacobian->is_dense) {
        quid__dense_compute(&jacobian->dense);
        return true;
    }
    // Without its diagonal the matrix has small pivots by nature.
    const bool is_strict = jacobian->is_strict || support != NULL;
    jacobian->factor.has_pattern =
        jacobian->factor.has_pattern && jacobian->factor.is_strict == is_strict;
    jacobian->factor.is_strict = is_strict;
    return quid__factor_compute(&jacobian->factor, &jacobian->matrix);
}

bool quid__jacobian_be_strict(Jacobian *jacobian)
{
    if (jacobian->is_dense || jacobian->is_strict)
        return false;
    jacobian->is_strict = true;
    return true;
}

void quid__jacobian_solve(const Jacobian *jacobian, double *right, double *scratch)
{
    for (uint32_t i = 0; i < jacobian->unknown_count; i++)
        scratch[i] = right[jacobian->unknown_action[i]];
    if (jacobian->is_dense)
        quid__dense_solve(&jacobian->dense, scratch);
    else
        quid__factor_solve(&jacobian->factor, scratch);
    for (uint32_t i = 0; i < jacobian->unknown_count; i++)
        right[jacobian->unknown_action[i]] = scratch[i];
}

int32_t quid__jacobian_sign(const Jacobian *jacobian)
{
    return jacobian->is_dense ? jacobian->dense.sign : jacobian->factor.sign;
}

void quid__jacobian_choose_references(Jacobian *jacobian, const Field *field, double *logit,
                                      double *tangent)
{
    const Play *play = jacobian->play;
    for (uint32_t set = 0; set < play->set_count; set++) {
        if (play->is_fixed[set])
            continue;
        const uint32_t first = play->set_first[set];
        const uint32_t end = play->set_first[set + 1];
        uint32_t best = jacobian->reference[set];
        const double kept = field->probability[best];
        for (uint32_t i = first; i < end; i++)
            best = field->probability[i] > field->probability[best] ? i : best;
        if (field->probability[best] <= 4 * kept)
            continue;
        const double logit_shift = logit[best];
        const double tangent_shift = tangent[best];
        uint32_t unknown = jacobian->unknown_first[set];
        for (uint32_t i = first; i < end; i++) {
            logit[i] = i == best ? 0 : logit[i] - logit_shift;
            tangent[i] = i == best ? 0 : tangent[i] - tangent_shift;
            if (i != best)
                jacobian->unknown_action[unknown++] = i;
        }
        jacobian->reference[set] = best;
    }
}
