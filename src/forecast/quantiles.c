// Order statistics by selection (Hoare 1961), and errors from the spread of replicates.
#include "forecast_internal.h"

const double quid__quantile_levels[QUANTILE_COUNT] = {0.05, 0.10, 0.50, 0.90, 0.95};

#define SAMPLE_COUNT 31u
#define SORTED_COUNT_MAX 48u // so few values are sorted once for all quantiles

// About where the wanted rank lies: from some of the values, sorted.
static double pivot_of(const double *values, uint32_t first, uint32_t end, uint32_t rank)
{
    const uint32_t count = end - first;
    const uint32_t size = count < SAMPLE_COUNT ? count : SAMPLE_COUNT;
    double sample[SAMPLE_COUNT];
    for (uint32_t i = 0; i < size; i++) {
        const double value = values[first + (uint32_t)((uint64_t)i * count / size)];
        uint32_t at = i;
        while (at > 0 && sample[at - 1] > value) {
            sample[at] = sample[at - 1];
            at -= 1;
        }
        sample[at] = value;
    }
    // cppcheck-suppress uninitvar ; all below size were written
    return sample[(uint32_t)((uint64_t)(rank - first) * size / count)];
}

// Brings the values below the pivot (with is_up_to, also those equal to it) to the front of [first,
// end); where they end. Nothing is jumped over, so that nothing can be guessed wrong.
static uint32_t part_values(double *values, uint32_t first, uint32_t end, double pivot,
                            bool is_up_to)
{
    uint32_t below = first;
    for (uint32_t i = first; i < end; i++) {
        const double value = values[i];
        values[i] = values[below];
        values[below] = value;
        below += is_up_to ? value <= pivot : value < pivot;
    }
    return below;
}

// Brings the value of rank `rank` to its place in [first, end), smaller ones before it. Values that
// are equal to a pivot (amounts often are) are put aside together.
static void select_rank(double *values, uint32_t first, uint32_t end, uint32_t rank)
{
    while (end - first > 1) {
        const double pivot = pivot_of(values, first, end, rank);
        const uint32_t below = part_values(values, first, end, pivot, false);
        if (rank < below) {
            end = below;
            continue;
        }
        const uint32_t above = part_values(values, below, end, pivot, true);
        if (rank < above)
            return;
        first = above;
    }
}

static uint32_t rank_of(double level, uint32_t count)
{
    const double rank = ceil(level * count - 1e-9);
    return rank < 1 ? 0 : (uint32_t)rank - 1;
}

static void sort_values(double *values, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        const double value = values[i];
        uint32_t at = i;
        while (at > 0 && values[at - 1] > value) {
            values[at] = values[at - 1];
            at -= 1;
        }
        values[at] = value;
    }
}

void quid__select(double *values, uint32_t count, double quantiles[QUANTILE_COUNT])
{
    uint32_t first = 0;
    if (count <= SORTED_COUNT_MAX)
        sort_values(values, count);
    for (uint32_t i = 0; i < QUANTILE_COUNT; i++) {
        quantiles[i] = (double)NAN;
        if (count == 0)
            continue;
        const uint32_t rank = rank_of(quid__quantile_levels[i], count);
        if (count > SORTED_COUNT_MAX)
            select_rank(values, first, count, rank);
        quantiles[i] = values[rank];
        first = rank;
    }
}

// ---- Lists together

typedef struct Between {
    double low;
    double high;
    uint64_t up_to_low; // values that do not exceed low
    size_t count;       // values strictly between
    double *values;
} Between;

// Counts a list's values between the bounds, or takes them where there is room. What stands before
// and behind, the list's own selection has put out of question.
static void look_through(const Selected *list, Between *between)
{
    uint32_t first = 0;
    uint32_t end = list->count;
    for (uint32_t i = 0; i < QUANTILE_COUNT; i++) {
        const uint32_t rank = rank_of(quid__quantile_levels[i], list->count);
        if (list->quantiles[i] <= between->low)
            first = rank;
        else if (list->quantiles[i] >= between->high && rank < end)
            end = rank;
    }
    uint32_t low_count = first;
    uint32_t high_count = list->count - end;
    for (uint32_t i = first; i < end; i++) {
        const double value = list->values[i];
        const bool is_low = value <= between->low;
        const bool is_high = value >= between->high;
        low_count += is_low;
        high_count += is_high && !is_low;
        if (between->values != NULL && !is_low && !is_high)
            *between->values++ = value;
    }
    between->up_to_low += low_count;
    between->count += list->count - low_count - high_count;
}

// Together a quantile lies between the least and the greatest of the lists' own: of each list at
// least the level's share does not exceed the greatest, and less than that lies below the least.
bool quid__select_together(QuidContext *context, const Selected *lists, uint32_t list_count,
                           uint32_t level, double *quantile)
{
    Between counted = {.low = (double)INFINITY, .high = -(double)INFINITY};
    uint32_t all = 0;
    for (uint32_t i = 0; i < list_count; i++) {
        const double own = lists[i].quantiles[level]; // NAN: the list is empty
        counted.low = own < counted.low ? own : counted.low;
        counted.high = own > counted.high ? own : counted.high;
        all += lists[i].count;
    }
    *quantile = all == 0 ? (double)NAN : counted.high;
    if (!(counted.low < counted.high))
        return true;
    for (uint32_t i = 0; i < list_count; i++)
        look_through(&lists[i], &counted);
    const uint32_t rank = rank_of(quid__quantile_levels[level], all);
    if (rank < counted.up_to_low)
        *quantile = counted.low;
    if (rank < counted.up_to_low || rank - counted.up_to_low >= counted.count)
        return true;
    double *values = quid__allocate(context, counted.count * sizeof(double));
    if (values == NULL)
        return false;
    Between taken = {.low = counted.low, .high = counted.high, .values = values};
    for (uint32_t i = 0; i < list_count; i++)
        look_through(&lists[i], &taken);
    const uint32_t place = (uint32_t)(rank - counted.up_to_low);
    select_rank(values, 0, (uint32_t)counted.count, place);
    *quantile = values[place];
    quid__release(context, values, counted.count * sizeof(double));
    return true;
}

void quid__select_days(const uint32_t *days, uint32_t day_count, double quantiles[QUANTILE_COUNT])
{
    uint64_t count = 0;
    for (uint32_t day = 0; day < day_count; day++)
        count += days[day];
    uint64_t sum = 0;
    uint32_t next = 0;
    for (uint32_t day = 0; count > 0 && day < day_count; day++) {
        sum += days[day];
        while (next < QUANTILE_COUNT && sum > 0 &&
               (double)sum >= quid__quantile_levels[next] * (double)count - 1e-9)
            quantiles[next++] = day;
    }
    while (next < QUANTILE_COUNT)
        quantiles[next++] = (double)NAN;
}

static bool is_number(double value)
{
    return fabs(value) < (double)INFINITY;
}

double quid__replicate_error(const double *values, uint32_t count)
{
    uint32_t first = 0;
    while (first < count && !is_number(values[first]))
        first += 1;
    // Distances from one of them: equal values have no spread at all.
    double sum = 0;
    double squares = 0;
    double number = 0;
    for (uint32_t i = first; i < count; i++) {
        const double distance = is_number(values[i]) ? values[i] - values[first] : 0;
        sum += distance;
        squares += distance * distance;
        number += is_number(values[i]);
    }
    if (number < 2)
        return (double)NAN;
    const double mean = sum / number;
    const double variance = (squares - number * mean * mean) / (number - 1);
    return variance > 0 ? sqrt(variance / number) : 0;
}
