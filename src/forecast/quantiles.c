// Order statistics by selection (Hoare 1961), and errors from the spread of replicates.
#include "forecast_internal.h"

const double quid__quantile_levels[QUANTILE_COUNT] = {0.05, 0.10, 0.50, 0.90, 0.95};

static void swap(double *left, double *right)
{
    const double kept = *left;
    *left = *right;
    *right = kept;
}

static double median_of_three(double a, double b, double c)
{
    const double low = a < b ? a : b;
    const double high = a < b ? b : a;
    return c < low ? low : c < high ? c : high;
}

// Brings the value of rank `rank` to its place in [first, end), smaller ones before it.
static void select_rank(double *values, uint32_t first, uint32_t end, uint32_t rank)
{
    while (end - first > 1) {
        const double pivot =
            median_of_three(values[first], values[first + (end - first) / 2], values[end - 1]);
        // Three parts, so that many equal values (amounts often are) cost no more.
        uint32_t below = first;
        uint32_t above = end;
        for (uint32_t i = first; i < above;) {
            if (values[i] < pivot)
                swap(&values[i++], &values[below++]);
            else if (values[i] > pivot)
                swap(&values[i], &values[--above]);
            else
                i += 1;
        }
        if (rank < below)
            end = below;
        else if (rank >= above)
            first = above;
        else
            return;
    }
}

static uint32_t rank_of(double level, uint32_t count)
{
    const double rank = ceil(level * count - 1e-9);
    return rank < 1 ? 0 : (uint32_t)rank - 1;
}

void quid__select(double *values, uint32_t count, double quantiles[QUANTILE_COUNT])
{
    uint32_t first = 0;
    for (uint32_t i = 0; i < QUANTILE_COUNT; i++) {
        quantiles[i] = (double)NAN;
        if (count == 0)
            continue;
        const uint32_t rank = rank_of(quid__quantile_levels[i], count);
        select_rank(values, first, count, rank);
        quantiles[i] = values[rank];
        first = rank;
    }
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
