// The derivatives of action values by logits, from one walk over the tree.
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

// ---- One walk

static double *weights_of(const Jacobian *jacobian, uint32_t node)
{
    const size_t level = jacobian->level[node];
    return jacobian->above_weight + (level > 0 ? level * (level - 1) / 2 : 0);
}

// Weights on the way to the node: how likely it is given each decision above it and the action
// taken there, by the mover's prior there.
static void step_weights(const Jacobian *jacobian, const Field *field, uint32_t node)
{
    const Play *play = jacobian->play;
    const uint32_t depth = jacobian->depth[node];
    const uint32_t parent = play->parent[node];
    const uint32_t edge = play->into[node];
    const uint32_t action = play->action[edge];
    double *weight = weights_of(jacobian, node);
    const uint32_t before = jacobian->depth[parent];
    const double *above = weights_of(jacobian, parent);
    const double probability = action == QUID_NO_INDEX ? 0 : field->probability[action];
    for (uint32_t k = 0; action != QUID_NO_INDEX && k < before; k++)
        weight[k] = above[k] * probability;
    for (uint32_t k = 0; action == QUID_NO_INDEX && k < before; k++)
        weight[k] = above[k] * jacobian->above_chance[k][edge];
    if (depth > before) {
        const uint32_t set = play->set[parent];
        jacobian->above_player[before] = play->set_player[set];
        jacobian->above_chance[before] =
            play->chance + (size_t)play->set_belief[set] * play->edge_count;
        weight[before] = field->belief[parent];
    }
}

// change[player][b]: p(b) (V(n,b) - V(n)); gain[b]: beta(n) (V(n,b) - v(h,b)) to the mover.
QUID_INLINE void fill_changes(const Jacobian *jacobian, const Field *field, uint32_t node,
                              uint32_t count, double *gain)
{
    const Play *play = jacobian->play;
    const uint32_t width = play->player_count;
    const uint32_t set = play->set[node];
    const uint32_t first = play->set_first[set];
    const double *value = field->value + (size_t)node * width;
    for (uint32_t b = 0; b < count; b++) {
        const double *below =
            field->value + (size_t)play->child[play->edge_first[node] + b] * width;
        for (uint32_t player = 0; player < width; player++)
            jacobian->change[(size_t)player * count + b] =
                field->probability[first + b] * (below[player] - value[player]);
        gain[b] =
            field->belief[node] * (below[play->set_player[set]] - field->action_value[first + b]);
    }
}

QUID_INLINE void add_counted(const Jacobian *jacobian, const Field *field, uint32_t node,
                             uint32_t count)
{
    const Play *play = jacobian->play;
    const uint32_t set = play->set[node];
    const uint32_t player = play->set_player[set];
    const uint32_t depth = jacobian->depth[node];
    double *gain = jacobian->change + (size_t)play->player_count * count;
    fill_changes(jacobian, field, node, count, gain);
    const double *weights = weights_of(jacobian, node);
    const uint32_t *slots = jacobian->slot + jacobian->slot_first[node];
    for (uint32_t k = 0; k < depth; k++) {
        const uint32_t mover = jacobian->above_player[k];
        const double weight = weights[k];
        const double *change = jacobian->change + (size_t)mover * count;
        double *down = jacobian->down + slots[k];
        for (uint32_t b = 0; b < count; b++)
            down[b] += weight * change[b];
        if (mover == player)
            continue;
        double *up = jacobian->up + slots[k];
        for (uint32_t b = 0; b < count; b++)
            up[b] += gain[b];
    }
}

// Most sets have two or three actions: loops over them unroll.
static void add_node(const Jacobian *jacobian, const Field *field, uint32_t node)
{
    const Play *play = jacobian->play;
    const uint32_t set = play->set[node];
    const uint32_t count = play->set_first[set + 1] - play->set_first[set];
    if (count == 2)
        add_counted(jacobian, field, node, 2);
    else if (count == 3)
        add_counted(jacobian, field, node, 3);
    else
        add_counted(jacobian, field, node, count);
}

static void walk(const Jacobian *jacobian, const Field *field)
{
    const Play *play = jacobian->play;
    for (uint32_t i = 0; i < jacobian->entry_count; i++) {
        jacobian->down[i] = 0;
        jacobian->up[i] = 0;
    }
    for (uint32_t node = 0; node < play->inner_count; node++) {
        if (node > 0 && jacobian->depth[node] > 0)
            step_weights(jacobian, field, node);
        const uint32_t set = play->set[node];
        if (set != QUID_CHANCE && !play->is_fixed[set] && jacobian->depth[node] > 0)
            add_node(jacobian, field, node);
    }
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

// Columns of the lower set's unknowns, rows of the upper's.
static void place_down(const Jacobian *jacobian, const Pair *pair, uint32_t relative, double lambda)
{
    const Play *play = jacobian->play;
    const uint32_t width = play->set_first[pair->lower + 1] - play->set_first[pair->lower];
    const uint32_t *action = jacobian->unknown_action;
    const double *down = jacobian->down + pair->offset;
    const double *reference =
        down + (size_t)(jacobian->reference[pair->upper] - play->set_first[pair->upper]) * width;
    for (uint32_t column = jacobian->unknown_first[pair->lower];
         column < jacobian->unknown_first[pair->lower + 1]; column++) {
        const uint32_t b = action[column] - play->set_first[pair->lower];
        const Target target = place_of(jacobian, column, relative, pair->upper);
        double *value = target.value + target.column + target.row;
        for (uint32_t row = jacobian->unknown_first[pair->upper];
             row < jacobian->unknown_first[pair->upper + 1]; row++) {
            const uint32_t c = action[row] - play->set_first[pair->upper];
            *value++ -= lambda * (down[(size_t)c * width + b] - reference[b]);
        }
    }
}

// Columns of the upper set's unknowns, rows of the lower's.
static void place_up(const Jacobian *jacobian, const Field *field, const Pair *pair,
                     uint32_t relative, double lambda)
{
    const Play *play = jacobian->play;
    const uint32_t first = play->set_first[pair->lower];
    const uint32_t width = play->set_first[pair->lower + 1] - first;
    const uint32_t height = play->set_first[pair->upper + 1] - play->set_first[pair->upper];
    const uint32_t *action = jacobian->unknown_action;
    const double *up = jacobian->up + pair->offset;
    double *total = jacobian->change;
    for (uint32_t b = 0; b < width; b++) {
        total[b] = 0;
        for (uint32_t c = 0; c < height; c++)
            total[b] += up[(size_t)c * width + b];
    }
    const uint32_t reference = jacobian->reference[pair->lower] - first;
    for (uint32_t column = jacobian->unknown_first[pair->upper];
         column < jacobian->unknown_first[pair->upper + 1]; column++) {
        const double *sum = up + (size_t)(action[column] - play->set_first[pair->upper]) * width;
        const double probability = field->probability[action[column]];
        const double of_reference = sum[reference] - probability * total[reference];
        const Target target = place_of(jacobian, column, relative, pair->lower);
        double *value = target.value + target.column + target.row;
        for (uint32_t row = jacobian->unknown_first[pair->lower];
             row < jacobian->unknown_first[pair->lower + 1]; row++) {
            const uint32_t b = action[row] - first;
            *value++ -= lambda * (sum[b] - probability * total[b] - of_reference);
        }
    }
}

static void place_diagonal(const Jacobian *jacobian, double diagonal)
{
    for (uint32_t set = 0; set < jacobian->play->set_count; set++) {
        const uint32_t first = jacobian->unknown_first[set];
        for (uint32_t column = first; column < jacobian->unknown_first[set + 1]; column++) {
            const Target target =
                place_of(jacobian, column, jacobian->is_dense ? 0 : jacobian->diagonal[set], set);
            target.value[target.column + target.row + (column - first)] += diagonal;
        }
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

bool quid__jacobian_factorise(Jacobian *jacobian, const Field *field, double lambda,
                              const bool *support)
{
    walk(jacobian, field);
    double *value = jacobian->is_dense ? jacobian->dense.value : jacobian->matrix.value;
    const size_t count = jacobian->is_dense
                             ? (size_t)jacobian->unknown_count * jacobian->unknown_count
                             : jacobian->matrix.first[jacobian->unknown_count];
    for (size_t i = 0; i < count; i++)
        value[i] = 0;
    for (uint32_t i = 0; i < jacobian->pair_count; i++) {
        const Pair *pair = &jacobian->pairs[i];
        place_down(jacobian, pair, jacobian->is_dense ? 0 : jacobian->pair_row[i], lambda);
        if (pair->has_up)
            place_up(jacobian, field, pair, jacobian->is_dense ? 0 : jacobian->pair_back[i],
                     lambda);
    }
    place_diagonal(jacobian, support == NULL ? 1 : 0);
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
