// Sparse factors: column by column, looking left, with threshold pivoting (Gilbert and Peierls
// 1988). The first factorisation finds the pattern; later ones reuse it while every pivot stays
// large beside its column, and take steps with the same rows below together (supernodes: Demmel,
// Eisenstat, Gilbert, Li and Liu 1999).
#include "linear.h"

#include "evaluate.h"

#include <math.h>
#include <string.h>

// A pivot is the diagonal's entry where that is at least a part of the largest of its column, and
// is kept from the last time where it still is at least another part. Other pivots fill the factors
// many times over, far up the branch most of all: so small ones are taken until a branch cannot be
// followed with them.
#define DIAGONAL_LOOSE 1e-6
#define HEALTHY_LOOSE 1e-8
#define DIAGONAL_STRICT 0.05
#define HEALTHY_STRICT 1e-3
#define SINGULAR_PIVOT 1e-14 // of a row whose largest entry was 1: stands for 0
#define GROUP_COUNT_MAX 4u   // steps of a block taken together
#define PART_COUNT_MAX 64u
#define SHARED_WORK_MIN 100000u // multiplications of a factorisation that is shared: some 50 us
#define LATE_COUNT 4u           // late steps begun together

// A column has some twenty entries: counting them one by one takes a tenth of the time.
#if defined(__GNUC__) && !defined(__clang__)
#define UNROLLED _Pragma("GCC unroll 4")
#else
#define UNROLLED
#endif

bool quid__factor_create(QuidPool *pool, QuidArena *arena, uint32_t count, const uint32_t *order,
                         Factor *factor)
{
    QuidContext *context = arena->context;
    const size_t size = (size_t)count * sizeof(uint32_t);
    *factor = (Factor){
        .pool = pool,
        .count = count,
        .order = order,
        .pivot_row = quid__arena_push(arena, size),
        .step_of_row = quid__arena_push(arena, size),
        .scale = quid__arena_push(arena, count * sizeof(double)),
        .lower_first = quid__arena_push(arena, size + sizeof(uint32_t)),
        .upper_first = quid__arena_push(arena, size + sizeof(uint32_t)),
        .block_end = quid__arena_push(arena, size),
        .diagonal = quid__arena_push(arena, count * sizeof(double)),
        .part = quid__arena_push(arena, size),
        .tree_work = quid__arena_push(arena, count * sizeof(uint64_t)),
        .part_first = quid__arena_push(arena, (PART_COUNT_MAX + 2) * sizeof(uint32_t)),
        .part_steps = quid__arena_push(arena, size),
        .is_part_healthy = quid__arena_push(arena, PART_COUNT_MAX * sizeof(bool)),
        .work = quid__arena_push(arena, quid__pool_thread_count(pool) * count * sizeof(double)),
        .stack = quid__arena_push(arena, size),
        .place = quid__arena_push(arena, size),
        .found = quid__arena_push(arena, size),
        .mark = quid__arena_push(arena, size),
    };
    quid__vector_init(&factor->lower_row, context, sizeof(uint32_t));
    quid__vector_init(&factor->lower, context, sizeof(double));
    quid__vector_init(&factor->upper_step, context, sizeof(uint32_t));
    quid__vector_init(&factor->upper, context, sizeof(double));
    quid__vector_init(&factor->sorted_index, context, sizeof(uint32_t));
    quid__vector_init(&factor->sorted, context, sizeof(double));
    return !arena->has_failed;
}

void quid__factor_free(Factor *factor)
{
    if (factor->lower.context == NULL)
        return;
    quid__vector_free(&factor->lower_row);
    quid__vector_free(&factor->lower);
    quid__vector_free(&factor->upper_step);
    quid__vector_free(&factor->upper);
    quid__vector_free(&factor->sorted_index);
    quid__vector_free(&factor->sorted);
}

static bool has_failed(const Factor *factor)
{
    return factor->lower_row.has_failed || factor->lower.has_failed ||
           factor->upper_step.has_failed || factor->upper.has_failed;
}

// Rows are brought to a largest entry of 1, by powers of two so that nothing is rounded.
static void fill_scale(Factor *factor, const Matrix *matrix)
{
    for (uint32_t row = 0; row < factor->count; row++)
        factor->scale[row] = 0;
    for (uint32_t i = 0; i < matrix->first[factor->count]; i++) {
        const double size = fabs(matrix->value[i]);
        double *scale = &factor->scale[matrix->row[i]];
        *scale = size > *scale ? size : *scale;
    }
    for (uint32_t row = 0; row < factor->count; row++) {
        int exponent = 0;
        (void)frexp(factor->scale[row], &exponent);
        factor->scale[row] = factor->scale[row] > 0 ? quid__scale_by_bits(1, -exponent) : 1;
    }
}

// Rows that column `step` of the factors can touch, in an order in which the pivots among them come
// before what they change: depth first through the columns of L. Returns where found begins.
static uint32_t find_reach(Factor *factor, const Matrix *matrix, uint32_t step)
{
    const uint32_t column = factor->order[step];
    const uint32_t *lower_row = factor->lower_row.items;
    uint32_t top = factor->count;
    for (uint32_t i = matrix->first[column]; i < matrix->first[column + 1]; i++) {
        if (factor->mark[matrix->row[i]] == step + 1)
            continue;
        uint32_t depth = 0;
        factor->stack[0] = matrix->row[i];
        factor->mark[matrix->row[i]] = step + 1;
        const uint32_t first = factor->step_of_row[matrix->row[i]];
        factor->place[0] = first == QUID_NO_INDEX ? 0 : factor->lower_first[first];
        for (;;) {
            const uint32_t pivot = factor->step_of_row[factor->stack[depth]];
            const uint32_t end = pivot == QUID_NO_INDEX ? 0 : factor->lower_first[pivot + 1];
            uint32_t at = factor->place[depth];
            while (at < end && factor->mark[lower_row[at]] == step + 1)
                at += 1;
            if (at < end) {
                const uint32_t next = lower_row[at];
                const uint32_t next_pivot = factor->step_of_row[next];
                factor->place[depth] = at + 1;
                factor->mark[next] = step + 1;
                factor->stack[++depth] = next;
                factor->place[depth] =
                    next_pivot == QUID_NO_INDEX ? 0 : factor->lower_first[next_pivot];
                continue;
            }
            factor->found[--top] = factor->stack[depth];
            if (depth-- == 0)
                break;
        }
    }
    return top;
}

static void subtract_column(const Factor *factor, uint32_t pivot, double times)
{
    const uint32_t *row = factor->lower_row.items;
    const double *lower = factor->lower.items;
    const uint32_t end = factor->lower_first[pivot + 1];
    for (uint32_t i = factor->lower_first[pivot]; i < end; i++)
        factor->work[row[i]] -= lower[i] * times;
}

static void scatter(Factor *factor, const Matrix *matrix, uint32_t column)
{
    for (uint32_t i = matrix->first[column]; i < matrix->first[column + 1]; i++)
        factor->work[matrix->row[i]] = matrix->value[i] * factor->scale[matrix->row[i]];
}

static void push_entry(QuidVector *indices, QuidVector *values, uint32_t index, double value)
{
    uint32_t *kept_index = quid__vector_push(indices);
    double *kept_value = quid__vector_push(values);
    if (kept_index == NULL || kept_value == NULL)
        return;
    *kept_index = index;
    *kept_value = value;
}

static uint32_t choose_pivot(const Factor *factor, uint32_t top, uint32_t column)
{
    uint32_t best = QUID_NO_INDEX;
    double largest = -1;
    bool has_diagonal = false;
    for (uint32_t i = top; i < factor->count; i++) {
        const uint32_t row = factor->found[i];
        if (factor->step_of_row[row] != QUID_NO_INDEX)
            continue;
        has_diagonal = has_diagonal || row == column;
        const double size = fabs(factor->work[row]);
        if (size > largest || (size >= largest && row < best)) {
            largest = size;
            best = row;
        }
    }
    if (has_diagonal && fabs(factor->work[column]) >=
                            (factor->is_strict ? DIAGONAL_STRICT : DIAGONAL_LOOSE) * largest)
        return column;
    return best;
}

static double safe_pivot(Factor *factor, double pivot)
{
    if (fabs(pivot) >= SINGULAR_PIVOT * 1e-2)
        return pivot;
    factor->is_singular = true;
    return pivot < 0 ? -SINGULAR_PIVOT : SINGULAR_PIVOT;
}

// One column of the factors, its pattern unknown. false: no row is left for a pivot, or no memory.
static bool compute_column(Factor *factor, const Matrix *matrix, uint32_t step)
{
    const uint32_t column = factor->order[step];
    const uint32_t top = find_reach(factor, matrix, step);
    for (uint32_t i = top; i < factor->count; i++)
        factor->work[factor->found[i]] = 0;
    scatter(factor, matrix, column);
    for (uint32_t i = top; i < factor->count; i++) {
        const uint32_t row = factor->found[i];
        const uint32_t pivot = factor->step_of_row[row];
        if (pivot == QUID_NO_INDEX)
            continue;
        push_entry(&factor->upper_step, &factor->upper, pivot, factor->work[row]);
        subtract_column(factor, pivot, factor->work[row]);
    }
    uint32_t row = choose_pivot(factor, top, column);
    // A structurally empty rest: any free row will do, with a pivot that stands for 0.
    for (uint32_t i = 0; row == QUID_NO_INDEX && i < factor->count; i++) {
        if (factor->step_of_row[i] == QUID_NO_INDEX) {
            row = i;
            factor->work[i] = 0;
        }
    }
    const double pivot = safe_pivot(factor, factor->work[row]);
    factor->diagonal[step] = pivot;
    factor->pivot_row[step] = row;
    factor->step_of_row[row] = step;
    for (uint32_t i = top; i < factor->count; i++) {
        const uint32_t below = factor->found[i];
        if (factor->step_of_row[below] == QUID_NO_INDEX)
            push_entry(&factor->lower_row, &factor->lower, below, factor->work[below] / pivot);
    }
    factor->lower_first[step + 1] = factor->lower_row.count;
    factor->upper_first[step + 1] = factor->upper_step.count;
    return !has_failed(factor);
}

// Signs of both permutations, by counting their cycles' lengths.
static int32_t permutation_sign(const uint32_t *permutation, uint32_t count, uint32_t *mark)
{
    int32_t sign = 1;
    for (uint32_t i = 0; i < count; i++)
        mark[i] = 0;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t at = permutation[i]; mark[i] == 0 && at != i; at = permutation[at]) {
            mark[at] = 1;
            sign = -sign;
        }
    }
    return sign;
}

static void fill_sign(Factor *factor)
{
    int32_t sign = permutation_sign(factor->pivot_row, factor->count, factor->mark) *
                   permutation_sign(factor->order, factor->count, factor->mark);
    for (uint32_t step = 0; step < factor->count; step++)
        sign = factor->diagonal[step] < 0 ? -sign : sign;
    factor->sign = sign;
    memset(factor->mark, 0, factor->count * sizeof *factor->mark);
}

// ---- The pattern, once it is known

// Brings the entries of each column into ascending order of their indices: by index, then back by
// column. place: count + 1 … of room.
static void sort_columns(Factor *factor, const uint32_t *first, uint32_t *index, double *value)
{
    const uint32_t count = factor->count;
    const uint32_t entry_count = first[count];
    uint32_t *column = factor->sorted_index.items;
    double *kept = factor->sorted.items;
    uint32_t *place = factor->place;
    memset(place, 0, count * sizeof *place);
    for (uint32_t i = 0; i < entry_count; i++)
        place[index[i]] += 1;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t next = sum + place[i];
        place[i] = sum;
        sum = next;
    }
    for (uint32_t step = 0; step < count; step++) {
        for (uint32_t i = first[step]; i < first[step + 1]; i++) {
            column[place[index[i]]] = step;
            kept[place[index[i]]++] = value[i];
        }
    }
    // place[i] is now where index i ends; stack runs through the columns.
    memcpy(factor->stack, first, count * sizeof *first);
    uint32_t entry = 0;
    for (uint32_t i = 0; i < count; i++) {
        for (; entry < place[i]; entry++) {
            const uint32_t at = factor->stack[column[entry]]++;
            index[at] = i;
            value[at] = kept[entry];
        }
    }
}

// A step is of the block of the one before where its rows are those, less itself.
static bool is_of_block(const Factor *factor, uint32_t step)
{
    const uint32_t *row = factor->lower_row.items;
    const uint32_t *before = row + factor->lower_first[step - 1];
    const uint32_t *own = row + factor->lower_first[step];
    const uint32_t count = factor->lower_first[step + 1] - factor->lower_first[step];
    return factor->lower_first[step] - factor->lower_first[step - 1] == count + 1 &&
           before[0] == step && memcmp(before + 1, own, count * sizeof *own) == 0;
}

// The multiplications of each step. Returns their sum.
static uint64_t count_work(Factor *factor)
{
    const uint32_t *upper_step = factor->upper_step.items;
    const uint32_t *first = factor->lower_first;
    uint64_t total = 0;
    for (uint32_t step = 0; step < factor->count; step++) {
        uint64_t sum = first[step + 1] - first[step] + 1;
        for (uint32_t i = factor->upper_first[step]; i < factor->upper_first[step + 1]; i++)
            sum += first[upper_step[i] + 1] - first[upper_step[i]];
        factor->tree_work[step] = sum;
        total += sum;
    }
    return total;
}

// Subtrees of the elimination tree, where a step's parent is the first row below it, are put
// together to parts of about the same work; what stands above them is late.
static void cut_parts(Factor *factor)
{
    const uint32_t *row = factor->lower_row.items;
    const uint32_t *first = factor->lower_first;
    const uint64_t total = count_work(factor);
    const uint64_t most = total < SHARED_WORK_MIN ? 0 : total / (PART_COUNT_MAX / 2);
    uint64_t sum = 0;
    for (uint32_t step = 0; step < factor->count; step++) {
        if (first[step] < first[step + 1])
            factor->tree_work[row[first[step]]] += factor->tree_work[step];
    }
    factor->part_count = 0;
    for (uint32_t step = factor->count; step-- > 0;) {
        const uint32_t parent = first[step] < first[step + 1] ? row[first[step]] : step;
        const uint64_t work = factor->tree_work[step];
        factor->part[step] = parent > step ? factor->part[parent] : QUID_NO_INDEX;
        if (factor->part[step] != QUID_NO_INDEX || work > most)
            continue;
        if (factor->part_count == 0 || (sum + work > most && factor->part_count < PART_COUNT_MAX)) {
            factor->part_count += 1;
            sum = 0;
        }
        sum += work;
        factor->part[step] = factor->part_count - 1;
    }
}

// Pivots beside the diagonal break the tree's rules: what waits for another part is late too.
static void sort_parts(Factor *factor)
{
    const uint32_t *upper_step = factor->upper_step.items;
    const uint32_t late = factor->part_count;
    uint32_t *first = factor->part_first;
    uint32_t place[PART_COUNT_MAX + 1];
    memset(first, 0, (PART_COUNT_MAX + 2) * sizeof *first);
    for (uint32_t step = 0; step < factor->count; step++) {
        uint32_t part = factor->part[step] == QUID_NO_INDEX ? late : factor->part[step];
        for (uint32_t i = factor->upper_first[step]; i < factor->upper_first[step + 1]; i++)
            part = factor->part[upper_step[i]] == part ? part : late;
        factor->part[step] = part;
        first[part + 1] += 1;
    }
    for (uint32_t part = 0; part <= late; part++)
        first[part + 1] += first[part];
    memcpy(place, first, (late + 1) * sizeof *first);
    for (uint32_t step = 0; step < factor->count; step++)
        factor->part_steps[place[factor->part[step]]++] = step;
}

static bool settle_pattern(Factor *factor)
{
    const uint32_t largest = factor->lower_row.count > factor->upper_step.count
                                 ? factor->lower_row.count
                                 : factor->upper_step.count;
    // Where nothing couples there are no entries; what points at them needs a place all the same.
    if (!quid__vector_reserve(&factor->sorted_index, largest + 1) ||
        !quid__vector_reserve(&factor->sorted, largest + 1) ||
        !quid__vector_reserve(&factor->lower_row, 1) || !quid__vector_reserve(&factor->lower, 1) ||
        !quid__vector_reserve(&factor->upper_step, 1) || !quid__vector_reserve(&factor->upper, 1))
        return false;
    uint32_t *lower_row = factor->lower_row.items;
    for (uint32_t i = 0; i < factor->lower_row.count; i++)
        lower_row[i] = factor->step_of_row[lower_row[i]];
    sort_columns(factor, factor->lower_first, lower_row, factor->lower.items);
    sort_columns(factor, factor->upper_first, factor->upper_step.items, factor->upper.items);
    for (uint32_t step = factor->count; step-- > 0;) {
        const bool goes_on = step + 1 < factor->count && is_of_block(factor, step + 1);
        factor->block_end[step] = goes_on ? factor->block_end[step + 1] : step + 1;
    }
    for (uint32_t i = 0; i < factor->count; i++)
        factor->work[i] = 0;
    cut_parts(factor);
    sort_parts(factor);
    factor->has_pattern = true;
    return true;
}

static bool compute_anew(Factor *factor, const Matrix *matrix)
{
    factor->lower_row.count = 0;
    factor->lower.count = 0;
    factor->upper_step.count = 0;
    factor->upper.count = 0;
    factor->is_singular = false;
    factor->has_pattern = false;
    for (uint32_t i = 0; i < factor->count; i++) {
        factor->step_of_row[i] = QUID_NO_INDEX;
        factor->mark[i] = 0;
    }
    factor->lower_first[0] = 0;
    factor->upper_first[0] = 0;
    for (uint32_t step = 0; step < factor->count; step++) {
        if (!compute_column(factor, matrix, step))
            return false;
    }
    return settle_pattern(factor);
}

// ---- On the known pattern

// Takes count steps of one block, from `step` on, out of the column in work, whose entries there
// become part of U.
static void subtract_group(const Factor *factor, uint32_t step, uint32_t count, double *upper,
                           double *work)
{
    const uint32_t *first = factor->lower_first + step;
    const double *lowers = factor->lower.items;
    const double *column[GROUP_COUNT_MAX] = {lowers, lowers, lowers, lowers};
    double times[GROUP_COUNT_MAX] = {0};
    for (uint32_t t = 0; t < count; t++) {
        const double *lower = lowers + first[t];
        times[t] = work[step + t];
        upper[t] = times[t];
        work[step + t] = 0;
        for (uint32_t below = t + 1; below < count; below++)
            work[step + below] -= lower[below - t - 1] * times[t];
        column[t] = lower + (count - 1 - t);
    }
    const uint32_t *row = (const uint32_t *)factor->lower_row.items + first[count - 1];
    const uint32_t row_count = first[count] - first[count - 1];
    switch (count) {
    case 1:
        UNROLLED
        for (uint32_t i = 0; i < row_count; i++)
            work[row[i]] -= column[0][i] * times[0];
        break;
    case 2:
        UNROLLED
        for (uint32_t i = 0; i < row_count; i++)
            work[row[i]] -= column[0][i] * times[0] + column[1][i] * times[1];
        break;
    case 3:
        UNROLLED
        for (uint32_t i = 0; i < row_count; i++)
            work[row[i]] -=
                column[0][i] * times[0] + column[1][i] * times[1] + column[2][i] * times[2];
        break;
    default:
        UNROLLED
        for (uint32_t i = 0; i < row_count; i++)
            work[row[i]] -= (column[0][i] * times[0] + column[1][i] * times[1]) +
                            (column[2][i] * times[2] + column[3][i] * times[3]);
        break;
    }
}

static void scatter_column(const Factor *factor, const Matrix *matrix, uint32_t step, double *work)
{
    const uint32_t column = factor->order[step];
    for (uint32_t i = matrix->first[column]; i < matrix->first[column + 1]; i++)
        work[factor->step_of_row[matrix->row[i]]] =
            matrix->value[i] * factor->scale[matrix->row[i]];
}

// Takes out of the column in work the steps of U's entries from first to end, less one.
static void subtract_steps(Factor *factor, uint32_t step, uint32_t first, uint32_t end,
                           double *work)
{
    const uint32_t *upper_step = factor->upper_step.items;
    double *upper = factor->upper.items;
    // A column that has a step's entry has those of the rest of its block, up to its own.
    for (uint32_t i = first; i < end;) {
        const uint32_t block_end = factor->block_end[upper_step[i]];
        const uint32_t in_block = (block_end < step ? block_end : step) - upper_step[i];
        const uint32_t left = in_block < end - i ? in_block : end - i;
        const uint32_t count = left < GROUP_COUNT_MAX ? left : GROUP_COUNT_MAX;
        subtract_group(factor, upper_step[i], count, upper + i, work);
        i += count;
    }
}

// What is left in work becomes a column of L. false: its pivot has become small beside the rest.
static bool finish_column(Factor *factor, uint32_t step, double *work)
{
    const uint32_t *lower_row = factor->lower_row.items;
    double *lower = factor->lower.items;
    const double pivot = work[step];
    work[step] = 0;
    double largest = 0;
    const double inverse = 1 / pivot;
    for (uint32_t i = factor->lower_first[step]; i < factor->lower_first[step + 1]; i++) {
        const double entry = work[lower_row[i]];
        work[lower_row[i]] = 0;
        largest = fabs(entry) > largest ? fabs(entry) : largest;
        lower[i] = entry * inverse;
    }
    factor->diagonal[step] = pivot;
    return fabs(pivot) >= (factor->is_strict ? HEALTHY_STRICT : HEALTHY_LOOSE) * largest &&
           fabs(pivot) >= SINGULAR_PIVOT;
}

// Where the entries of U end that come before all late steps'.
static uint32_t early_end(const Factor *factor, uint32_t step)
{
    const uint32_t *upper_step = factor->upper_step.items;
    uint32_t end = factor->upper_first[step];
    while (end < factor->upper_first[step + 1] &&
           factor->part[upper_step[end]] < factor->part_count)
        end += 1;
    return end;
}

// A late column, half made, waits in its own places of U and L.
static void put_aside(Factor *factor, uint32_t step, uint32_t first, double *work)
{
    const uint32_t *upper_step = factor->upper_step.items;
    const uint32_t *lower_row = factor->lower_row.items;
    double *upper = factor->upper.items;
    double *lower = factor->lower.items;
    for (uint32_t i = first; i < factor->upper_first[step + 1]; i++) {
        upper[i] = work[upper_step[i]];
        work[upper_step[i]] = 0;
    }
    factor->diagonal[step] = work[step];
    work[step] = 0;
    for (uint32_t i = factor->lower_first[step]; i < factor->lower_first[step + 1]; i++) {
        lower[i] = work[lower_row[i]];
        work[lower_row[i]] = 0;
    }
}

static void take_up(const Factor *factor, uint32_t step, uint32_t first, double *work)
{
    const uint32_t *upper_step = factor->upper_step.items;
    const uint32_t *lower_row = factor->lower_row.items;
    const double *upper = factor->upper.items;
    const double *lower = factor->lower.items;
    for (uint32_t i = first; i < factor->upper_first[step + 1]; i++)
        work[upper_step[i]] = upper[i];
    work[step] = factor->diagonal[step];
    for (uint32_t i = factor->lower_first[step]; i < factor->lower_first[step + 1]; i++)
        work[lower_row[i]] = lower[i];
}

typedef struct Recomputing {
    Factor *factor;
    const Matrix *matrix;
} Recomputing;

static void recompute_part(void *user, uint32_t part, uint32_t worker)
{
    const Recomputing *recomputing = user;
    Factor *factor = recomputing->factor;
    double *work = factor->work + (size_t)worker * factor->count;
    bool is_healthy = true;
    for (uint32_t i = factor->part_first[part]; i < factor->part_first[part + 1]; i++) {
        const uint32_t step = factor->part_steps[i];
        scatter_column(factor, recomputing->matrix, step, work);
        subtract_steps(factor, step, factor->upper_first[step], factor->upper_first[step + 1],
                       work);
        is_healthy = finish_column(factor, step, work) && is_healthy;
    }
    factor->is_part_healthy[part] = is_healthy;
}

static void begin_late(void *user, uint32_t block, uint32_t worker)
{
    const Recomputing *recomputing = user;
    Factor *factor = recomputing->factor;
    double *work = factor->work + (size_t)worker * factor->count;
    const uint32_t first = factor->part_first[factor->part_count] + block * LATE_COUNT;
    const uint32_t last = factor->part_first[factor->part_count + 1];
    for (uint32_t i = first; i < last && i < first + LATE_COUNT; i++) {
        const uint32_t step = factor->part_steps[i];
        const uint32_t end = early_end(factor, step);
        scatter_column(factor, recomputing->matrix, step, work);
        subtract_steps(factor, step, factor->upper_first[step], end, work);
        put_aside(factor, step, end, work);
    }
}

static bool recompute(Factor *factor, const Matrix *matrix)
{
    Recomputing recomputing = {factor, matrix};
    const uint32_t first = factor->part_first[factor->part_count];
    const uint32_t late_count = factor->part_first[factor->part_count + 1] - first;
    bool is_healthy = true;
    quid__pool_run(factor->pool, factor->part_count, recompute_part, &recomputing);
    for (uint32_t part = 0; part < factor->part_count; part++)
        is_healthy = is_healthy && factor->is_part_healthy[part];
    if (!is_healthy)
        return false;
    if (factor->part_count > 0)
        quid__pool_run(factor->pool, (late_count + LATE_COUNT - 1) / LATE_COUNT, begin_late,
                       &recomputing);
    for (uint32_t i = first; is_healthy && i < first + late_count; i++) {
        const uint32_t step = factor->part_steps[i];
        const uint32_t end = early_end(factor, step);
        if (factor->part_count > 0)
            take_up(factor, step, end, factor->work);
        else
            scatter_column(factor, matrix, step, factor->work);
        subtract_steps(factor, step, end, factor->upper_first[step + 1], factor->work);
        is_healthy = finish_column(factor, step, factor->work);
    }
    return is_healthy;
}

bool quid__factor_compute(Factor *factor, const Matrix *matrix)
{
    fill_scale(factor, matrix);
    const bool is_healthy =
        factor->has_pattern && !factor->is_singular && recompute(factor, matrix);
    if (!is_healthy && !compute_anew(factor, matrix))
        return false;
    fill_sign(factor);
    return true;
}

void quid__factor_solve(const Factor *factor, double *right)
{
    const uint32_t *upper_step = factor->upper_step.items;
    const double *upper = factor->upper.items;
    double *work = factor->work;
    for (uint32_t step = 0; step < factor->count; step++) {
        const uint32_t row = factor->pivot_row[step];
        work[step] = right[row] * factor->scale[row];
    }
    for (uint32_t step = 0; step < factor->count;) {
        double kept[GROUP_COUNT_MAX];
        const uint32_t left = factor->block_end[step] - step;
        const uint32_t count = left < GROUP_COUNT_MAX ? left : GROUP_COUNT_MAX;
        subtract_group(factor, step, count, kept, work);
        memcpy(work + step, kept, count * sizeof *kept);
        step += count;
    }
    for (uint32_t step = factor->count; step-- > 0;) {
        const double value = work[step] / factor->diagonal[step];
        UNROLLED
        for (uint32_t i = factor->upper_first[step]; i < factor->upper_first[step + 1]; i++)
            work[upper_step[i]] -= upper[i] * value;
        right[factor->order[step]] = value;
        work[step] = 0;
    }
}

// ---- Dense

bool quid__dense_create(QuidArena *arena, uint32_t count, Dense *dense)
{
    *dense = (Dense){
        .count = count,
        .value = quid__arena_push(arena, (size_t)count * count * sizeof(double)),
        .pivot_row = quid__arena_push(arena, count * sizeof(uint32_t)),
        .scale = quid__arena_push(arena, count * sizeof(double)),
        .work = quid__arena_push(arena, count * sizeof(double)),
    };
    return !arena->has_failed;
}

static void scale_rows(Dense *dense)
{
    const uint32_t count = dense->count;
    for (uint32_t row = 0; row < count; row++)
        dense->scale[row] = 0;
    for (uint32_t column = 0; column < count; column++) {
        for (uint32_t row = 0; row < count; row++) {
            const double size = fabs(dense->value[(size_t)column * count + row]);
            dense->scale[row] = size > dense->scale[row] ? size : dense->scale[row];
        }
    }
    for (uint32_t row = 0; row < count; row++) {
        int exponent = 0;
        (void)frexp(dense->scale[row], &exponent);
        dense->scale[row] = dense->scale[row] > 0 ? quid__scale_by_bits(1, -exponent) : 1;
    }
    for (uint32_t column = 0; column < count; column++) {
        for (uint32_t row = 0; row < count; row++)
            dense->value[(size_t)column * count + row] *= dense->scale[row];
    }
}

// Row exchanges are carried out in whole rows, left of the column too.
static void exchange_rows(Dense *dense, uint32_t left, uint32_t right)
{
    const size_t count = dense->count;
    for (size_t column = 0; left != right && column < count; column++) {
        const double kept = dense->value[column * count + left];
        dense->value[column * count + left] = dense->value[column * count + right];
        dense->value[column * count + right] = kept;
    }
}

void quid__dense_compute(Dense *dense)
{
    const uint32_t count = dense->count;
    scale_rows(dense);
    dense->sign = 1;
    dense->is_singular = false;
    for (uint32_t step = 0; step < count; step++) {
        double *column = dense->value + (size_t)step * count;
        uint32_t best = step;
        for (uint32_t row = step + 1; row < count; row++)
            best = fabs(column[row]) > fabs(column[best]) ? row : best;
        dense->pivot_row[step] = best;
        exchange_rows(dense, step, best);
        dense->sign = best != step ? -dense->sign : dense->sign;
        if (fabs(column[step]) < SINGULAR_PIVOT * 1e-2) {
            dense->is_singular = true;
            column[step] = column[step] < 0 ? -SINGULAR_PIVOT : SINGULAR_PIVOT;
        }
        dense->sign = column[step] < 0 ? -dense->sign : dense->sign;
        const double inverse = 1 / column[step];
        for (uint32_t row = step + 1; row < count; row++)
            column[row] *= inverse;
        for (uint32_t other = step + 1; other < count; other++) {
            double *target = dense->value + (size_t)other * count;
            const double times = target[step];
            if (!(times < 0 || times > 0))
                continue;
            for (uint32_t row = step + 1; row < count; row++)
                target[row] -= column[row] * times;
        }
    }
}

void quid__dense_solve(const Dense *dense, double *right)
{
    const uint32_t count = dense->count;
    for (uint32_t row = 0; row < count; row++)
        right[row] *= dense->scale[row];
    for (uint32_t step = 0; step < count; step++) {
        const uint32_t other = dense->pivot_row[step];
        const double kept = right[step];
        right[step] = right[other];
        right[other] = kept;
    }
    for (uint32_t step = 0; step < count; step++) {
        const double *column = dense->value + (size_t)step * count;
        for (uint32_t row = step + 1; row < count; row++)
            right[row] -= column[row] * right[step];
    }
    for (uint32_t step = count; step-- > 0;) {
        const double *column = dense->value + (size_t)step * count;
        right[step] /= column[step];
        for (uint32_t row = 0; row < step; row++)
            right[row] -= column[row] * right[step];
    }
}
