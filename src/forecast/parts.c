// Parts of a forecast as bytes, for hosts without common memory: a head that says of what, then the
// counts of the part's replicates, then its rows of amounts. Replicates and rows are never cut, so
// whoever puts parts together adds nothing up.
#include "forecast_internal.h"

#include <string.h>

#define HEAD_MARK 0x3174726170646975u // also tells the order of bytes
#define HEAD_SIZE 20u
#define ZEROS_MIN 3u // so many zeros are worth a new run: a run costs two words

// A word for each size that the bytes behind it rest on.
static void make_head(const QuidForecast *forecast, QuidPart part, uint64_t head[HEAD_SIZE])
{
    const QuidForecastOptions *options = &forecast->options;
    const uint64_t words[HEAD_SIZE] = {HEAD_MARK,
                                       part.number,
                                       part.count,
                                       options->seed,
                                       options->scenario_count,
                                       options->replicate_count,
                                       options->is_sobol,
                                       options->asks_only,
                                       (uint64_t)forecast->facts->as_of,
                                       forecast->size,
                                       forecast->fan_size,
                                       forecast->kept_size,
                                       forecast->day_count,
                                       forecast->curve_count,
                                       forecast->variable_count,
                                       forecast->wants.list.count,
                                       forecast->word_count,
                                       forecast->tables.amount_count,
                                       forecast->tables.amount_date_count,
                                       (uint64_t)options->amount_date};
    memcpy(head, words, sizeof words);
}

// ---- Writing

static bool write_bytes(QuidOutput output, const void *bytes, size_t size)
{
    return size == 0 || output.write(output.user, bytes, size);
}

static uint32_t count_zeros(const uint32_t *words, size_t first, size_t end)
{
    size_t at = first;
    while (at < end && words[at] == 0)
        at += 1;
    return (uint32_t)(at - first);
}

// Up to the next zeros that are worth a run.
static uint32_t count_others(const uint32_t *words, size_t first, size_t end)
{
    size_t at = first;
    while (at < end) {
        const uint32_t zeros = count_zeros(words, at, at + ZEROS_MIN < end ? at + ZEROS_MIN : end);
        if (zeros == ZEROS_MIN || at + zeros == end)
            break;
        at += zeros + (size_t)1;
    }
    return (uint32_t)(at - first);
}

// Most counts are zero: runs of [zeros, others] and the others themselves.
static bool write_words(QuidOutput output, const uint32_t *words, size_t count)
{
    size_t at = 0;
    while (at < count) {
        const uint32_t zeros = count_zeros(words, at, count);
        const uint32_t others = count_others(words, at + zeros, count);
        const uint32_t run[2] = {zeros, others};
        at += zeros;
        if (!write_bytes(output, run, sizeof run) ||
            !write_bytes(output, words + at, others * sizeof(uint32_t)))
            return false;
        at += others;
    }
    return true;
}

// Places of kept values that nothing was put in.
static void clear_rest(const QuidForecast *forecast, Replicate *replicate)
{
    for (uint32_t i = 0; i < forecast->wants.kept_count; i++) {
        const uint32_t count = replicate->kept_counts[i];
        double *kept = replicate->kept + (size_t)i * forecast->kept_size;
        memset(kept + count, 0, (forecast->kept_size - count) * sizeof(double));
    }
}

QuidStatus quid__write_part(const QuidForecast *forecast, QuidOutput output)
{
    uint64_t head[HEAD_SIZE];
    make_head(forecast, forecast->part, head);
    bool is_good = write_bytes(output, head, sizeof head);
    const PartRange replicates = part_of(forecast->part, replicate_count(forecast));
    for (uint32_t i = replicates.first; is_good && i < replicates.end; i++) {
        clear_rest(forecast, &forecast->replicates[i]);
        is_good = write_words(output, forecast->replicates[i].words, forecast->word_count);
    }
    const PartRange rows = part_of(forecast->part, forecast->tables.amount_count);
    const size_t lines = AMOUNT_LINE_COUNT * (size_t)forecast->tables.amount_date_count;
    const size_t ends = AMOUNT_END_COUNT * (size_t)forecast->tables.amount_date_count;
    const size_t count = rows.end - rows.first;
    if (count > 0)
        is_good = is_good &&
                  write_bytes(output, forecast->amount_lines + rows.first * lines,
                              count * lines * sizeof(QuidEstimated)) &&
                  write_bytes(output, forecast->amount_ends + rows.first * ends,
                              count * ends * sizeof(double));
    return is_good ? QUID_OK : QUID_IO;
}

// ---- Reading

static bool read_bytes(QuidString *rest, void *bytes, size_t size)
{
    if (rest->size < size)
        return false;
    if (size > 0)
        memcpy(bytes, rest->bytes, size);
    *rest = (QuidString){rest->bytes + size, rest->size - (uint32_t)size};
    return true;
}

static bool read_words(QuidString *rest, uint32_t *words, size_t count)
{
    size_t at = 0;
    while (at < count) {
        uint32_t run[2];
        if (!read_bytes(rest, run, sizeof run) || run[0] > count - at ||
            run[1] > count - at - run[0])
            return false;
        memset(words + at, 0, run[0] * sizeof(uint32_t));
        at += run[0];
        if (!read_bytes(rest, words + at, run[1] * sizeof(uint32_t)))
            return false;
        at += run[1];
    }
    return true;
}

// What is kept is copied by its count.
static bool is_sound(const QuidForecast *forecast, const Replicate *replicate)
{
    for (uint32_t i = 0; i < forecast->wants.kept_count; i++) {
        if (replicate->kept_counts[i] > forecast->kept_size)
            return false;
    }
    return true;
}

static bool read_part(QuidForecast *forecast, QuidPart part, QuidString rest)
{
    uint64_t wanted[HEAD_SIZE];
    uint64_t head[HEAD_SIZE];
    make_head(forecast, part, wanted);
    if (!read_bytes(&rest, head, sizeof head) || memcmp(head, wanted, sizeof head) != 0)
        return false;
    const PartRange replicates = part_of(part, replicate_count(forecast));
    for (uint32_t i = replicates.first; i < replicates.end; i++) {
        if (!read_words(&rest, forecast->replicates[i].words, forecast->word_count) ||
            !is_sound(forecast, &forecast->replicates[i]))
            return false;
    }
    const PartRange rows = part_of(part, forecast->tables.amount_count);
    const size_t lines = AMOUNT_LINE_COUNT * (size_t)forecast->tables.amount_date_count;
    const size_t ends = AMOUNT_END_COUNT * (size_t)forecast->tables.amount_date_count;
    const size_t count = rows.end - rows.first;
    if (count > 0 && (!read_bytes(&rest, forecast->amount_lines + rows.first * lines,
                                  count * lines * sizeof(QuidEstimated)) ||
                      !read_bytes(&rest, forecast->amount_ends + rows.first * ends,
                                  count * ends * sizeof(double))))
        return false;
    return rest.size == 0;
}

QuidStatus quid__read_parts(QuidForecast *forecast)
{
    const QuidForecastOptions *options = &forecast->options;
    for (uint32_t i = 0; i < options->part_count; i++) {
        if (!read_part(forecast, (QuidPart){i, options->part_count}, options->parts[i]))
            return QUID_IO;
    }
    return options->part_count > 0 ? QUID_OK : QUID_IO;
}
