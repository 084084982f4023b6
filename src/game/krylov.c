// GMRES with restarts on the bordered system.
#include "krylov.h"

#include <math.h>
#include <string.h>

// ---- The derivative in a direction

// How logarithms of probabilities change as logits do.
static void fill_slopes(Krylov *krylov, const Field *field, const double *x)
{
    const Play *play = krylov->play;
    for (uint32_t set = 0; set < play->set_count; set++) {
        double mean = 0;
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++)
            mean += field->probability[i] * x[i];
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++)
            krylov->slope[i] = play->is_fixed[set] ? 0 : x[i] - mean;
    }
}

// How log reach changes, node by node, less its mean over each set by the mover's beliefs.
static void fill_drifts(Krylov *krylov, const Field *field)
{
    const Play *play = krylov->play;
    for (uint32_t set = 0; set < play->set_count; set++)
        krylov->mean[set] = 0;
    for (uint32_t node = 0; node < play->inner_count; node++) {
        double drift = 0;
        if (node > 0) {
            const uint32_t action = play->action[play->into[node]];
            drift = krylov->drift[play->parent[node]];
            drift += action != QUID_NO_INDEX ? krylov->slope[action] : 0;
        }
        krylov->drift[node] = drift;
        if (play->set[node] != QUID_CHANCE)
            krylov->mean[play->set[node]] += field->belief[node] * drift;
    }
}

static inline void lift_decision(const Krylov *krylov, const Field *field, uint32_t node,
                                 uint32_t width)
{
    const Play *play = krylov->play;
    const uint32_t set = play->set[node];
    const uint32_t player = play->set_player[set];
    const double belief = field->belief[node];
    const double drift = krylov->drift[node] - krylov->mean[set];
    double *change = krylov->change + (size_t)node * width;
    uint32_t action = play->set_first[set];
    for (uint32_t edge = play->edge_first[node]; edge < play->edge_first[node + 1];
         edge++, action++) {
        const uint32_t row = play->child[edge];
        const double *value = field->value + (size_t)row * width;
        const double probability = field->probability[action];
        const double slope = probability * krylov->slope[action];
        double moved = drift * value[player];
        if (row < play->inner_count) {
            const double *below = krylov->change + (size_t)row * width;
            for (uint32_t i = 0; i < width; i++)
                change[i] += probability * below[i] + slope * value[i];
            moved += below[player];
        } else {
            for (uint32_t i = 0; i < width; i++)
                change[i] += slope * value[i];
        }
        krylov->action_change[action] += belief * moved;
    }
}

static inline void lift_changes(const Krylov *krylov, const Field *field, uint32_t width)
{
    const Play *play = krylov->play;
    for (uint32_t node = play->inner_count; node-- > 0;) {
        double *change = krylov->change + (size_t)node * width;
        for (uint32_t i = 0; i < width; i++)
            change[i] = 0;
        if (play->set[node] != QUID_CHANCE) {
            lift_decision(krylov, field, node, width);
            continue;
        }
        for (uint32_t edge = play->edge_first[node]; edge < play->edge_first[node + 1]; edge++) {
            if (play->child[edge] >= play->inner_count)
                continue;
            const double *below = krylov->change + (size_t)play->child[edge] * width;
            for (uint32_t i = 0; i < width; i++)
                change[i] +=
                    play->chance[(size_t)play->player_belief[i] * play->edge_count + edge] *
                    below[i];
        }
    }
}

// target = J x, by action.
static void apply(Krylov *krylov, const Field *field, double lambda, const double *x,
                  double *target)
{
    const Play *play = krylov->play;
    fill_slopes(krylov, field, x);
    fill_drifts(krylov, field);
    for (uint32_t i = 0; i < play->action_count; i++)
        krylov->action_change[i] = 0;
    if (play->player_count == 2)
        lift_changes(krylov, field, 2);
    else if (play->player_count == 3)
        lift_changes(krylov, field, 3);
    else
        lift_changes(krylov, field, play->player_count);
    for (uint32_t set = 0; set < play->set_count; set++) {
        const uint32_t reference = krylov->reference[set];
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++)
            target[i] =
                play->is_fixed[set] || i == reference
                    ? 0
                    : x[i] - lambda * (krylov->action_change[i] - krylov->action_change[reference]);
    }
}

// ---- The bordered system, scaled

// target = A x for scaled x; both with their last part apart.
static double apply_bordered(Krylov *krylov, const Field *field, const Border *border,
                             const double *x, double y, double *unscaled, double *target)
{
    const uint32_t count = krylov->play->action_count;
    double sum = border->direction == NULL ? y : border->direction_at * y;
    for (uint32_t i = 0; i < count; i++)
        unscaled[i] = x[i] / krylov->weight[i];
    for (uint32_t i = 0; border->direction != NULL && i < count; i++)
        sum += border->direction[i] * unscaled[i];
    apply(krylov, field, border->lambda, unscaled, target);
    for (uint32_t i = 0; i < count; i++)
        target[i] = krylov->weight[i] * (target[i] + border->change[i] * y);
    return sum;
}

static double dot(const double *left, const double *right, uint32_t count)
{
    double sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += left[i] * right[i];
    return sum;
}

// The small least-squares problem of one cycle: columns rotated to a triangle as they come.
typedef struct Cycle {
    double triangle[KRYLOV_COUNT][KRYLOV_COUNT + 1];
    double cosine[KRYLOV_COUNT];
    double sine[KRYLOV_COUNT];
    double right[KRYLOV_COUNT + 1];
} Cycle;

// Column k of the triangle is there; turns it, and the right side. Returns what is left.
static double rotate(Cycle *cycle, uint32_t k)
{
    double *column = cycle->triangle[k];
    for (uint32_t i = 0; i < k; i++) {
        const double upper = column[i];
        column[i] = cycle->cosine[i] * upper + cycle->sine[i] * column[i + 1];
        column[i + 1] = cycle->cosine[i] * column[i + 1] - cycle->sine[i] * upper;
    }
    const double length = sqrt(column[k] * column[k] + column[k + 1] * column[k + 1]);
    cycle->cosine[k] = length > 0 ? column[k] / length : 1;
    cycle->sine[k] = length > 0 ? column[k + 1] / length : 0;
    column[k] = length;
    cycle->right[k + 1] = -cycle->sine[k] * cycle->right[k];
    cycle->right[k] *= cycle->cosine[k];
    return fabs(cycle->right[k + 1]);
}

// The next direction: orthogonal to those before, by modified Gram and Schmidt.
static double extend(Krylov *krylov, Cycle *cycle, uint32_t k)
{
    const uint32_t count = krylov->play->action_count;
    double *next = krylov->basis[k + 1];
    for (uint32_t i = 0; i <= k; i++) {
        const double share =
            dot(next, krylov->basis[i], count) + krylov->basis_at[k + 1] * krylov->basis_at[i];
        cycle->triangle[k][i] = share;
        for (uint32_t j = 0; j < count; j++)
            next[j] -= share * krylov->basis[i][j];
        krylov->basis_at[k + 1] -= share * krylov->basis_at[i];
    }
    const double length =
        sqrt(dot(next, next, count) + krylov->basis_at[k + 1] * krylov->basis_at[k + 1]);
    cycle->triangle[k][k + 1] = length;
    const double inverse = length > 0 ? 1 / length : 0;
    for (uint32_t j = 0; j < count; j++)
        next[j] *= inverse;
    krylov->basis_at[k + 1] *= inverse;
    return length;
}

// x and y, unscaled, move by the combination of directions that the triangle gives.
static void combine(const Krylov *krylov, const Cycle *cycle, uint32_t used, double *x, double *y)
{
    double share[KRYLOV_COUNT];
    for (uint32_t k = used; k-- > 0;) {
        double sum = cycle->right[k];
        for (uint32_t j = k + 1; j < used; j++)
            sum -= cycle->triangle[j][k] * share[j];
        share[k] = cycle->triangle[k][k] > 0 ? sum / cycle->triangle[k][k] : 0;
    }
    for (uint32_t k = 0; k < used; k++) {
        const double *basis = krylov->basis[k];
        for (uint32_t i = 0; i < krylov->play->action_count; i++)
            // cppcheck-suppress uninitvar ; all below used were written above
            x[i] += share[k] * basis[i] / krylov->weight[i];
        *y += share[k] * krylov->basis_at[k];
    }
}

// One cycle from x and y. Returns what is left, absolutely.
static double run_cycle(Krylov *krylov, const Field *field, const Border *border,
                        const double *right, double right_at, double *x, double *y, double goal,
                        uint32_t limit)
{
    const uint32_t count = krylov->play->action_count;
    Cycle cycle;
    double *first = krylov->basis[0];
    for (uint32_t i = 0; i < count; i++)
        first[i] = x[i] * krylov->weight[i];
    krylov->basis_at[0] = right_at - apply_bordered(krylov, field, border, first, *y,
                                                    krylov->scratch, krylov->basis[1]);
    for (uint32_t i = 0; i < count; i++)
        first[i] = krylov->weight[i] * right[i] - krylov->basis[1][i];
    double left = sqrt(dot(first, first, count) + krylov->basis_at[0] * krylov->basis_at[0]);
    if (left <= goal || !(left > 0))
        return left;
    for (uint32_t i = 0; i < count; i++)
        first[i] /= left;
    krylov->basis_at[0] /= left;
    cycle.right[0] = left;
    uint32_t used = 0;
    while (used < limit && left > goal) {
        krylov->basis_at[used + 1] =
            apply_bordered(krylov, field, border, krylov->basis[used], krylov->basis_at[used],
                           krylov->scratch, krylov->basis[used + 1]);
        const double length = extend(krylov, &cycle, used);
        left = rotate(&cycle, used);
        used += 1;
        krylov->iteration_count += 1;
        if (!(length > 0))
            break;
    }
    combine(krylov, &cycle, used, x, y);
    return left;
}

double quid__krylov_solve(Krylov *krylov, const Field *field, const double *logit,
                          const Border *border, const double *right, double right_at, double *x,
                          double *y, double tolerance, uint32_t iteration_limit)
{
    const uint32_t count = krylov->play->action_count;
    double size = right_at * right_at;
    for (uint32_t i = 0; i < count; i++) {
        krylov->weight[i] = 1 / (1 + fabs(logit[i]));
        const double part = krylov->weight[i] * right[i];
        size += part * part;
    }
    size = sqrt(size);
    const uint32_t end = krylov->iteration_count + iteration_limit;
    double left = size;
    while (size > 0 && krylov->iteration_count < end) {
        const uint32_t rest = end - krylov->iteration_count;
        const uint32_t before = krylov->iteration_count;
        left = run_cycle(krylov, field, border, right, right_at, x, y, tolerance * size,
                         rest < KRYLOV_COUNT ? rest : KRYLOV_COUNT);
        if (left <= tolerance * size || krylov->iteration_count == before)
            break;
    }
    return size > 0 ? left / size : 0;
}

bool quid__krylov_create(const Play *play, const uint32_t *reference, QuidArena *arena,
                         Krylov *krylov)
{
    const size_t size = ((size_t)play->action_count + 1) * sizeof(double);
    *krylov = (Krylov){.play = play, .reference = reference};
    for (uint32_t k = 0; k <= KRYLOV_COUNT; k++)
        krylov->basis[k] = quid__arena_push(arena, size);
    krylov->weight = quid__arena_push(arena, size);
    krylov->scratch = quid__arena_push(arena, size);
    krylov->slope = quid__arena_push(arena, size);
    krylov->action_change = quid__arena_push(arena, size);
    krylov->drift = quid__arena_push(arena, play->inner_count * sizeof(double));
    krylov->mean = quid__arena_push(arena, play->set_count * sizeof(double));
    krylov->change =
        quid__arena_push(arena, (size_t)play->inner_count * play->player_count * sizeof(double));
    return !arena->has_failed;
}
