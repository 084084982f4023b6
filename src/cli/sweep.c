// quid sweep: --vary NAME=LOW..HIGH:COUNT or --vary NAME=VALUE,VALUE,… become settings, one a
// value, read by the language's own parser.
#include "progress.h"
#include "ranks.h"
#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define POINT_COUNT_MAX 100000.0 // of the grid: beyond it nobody waits

// Values of one --vary as text, and what they are called.
typedef struct Values {
    QuidString name;
    char *bytes; // lines NAME = VALUE
    size_t size;
    size_t capacity;
    QuidString *texts;
    size_t *offsets; // of each value in bytes
    uint32_t count;
} Values;

static bool add_value(Values *values, const char *value, size_t size)
{
    const size_t needed = values->size + values->name.size + size + 4;
    if (needed > values->capacity) {
        values->capacity = needed * 2;
        char *bytes = realloc(values->bytes, values->capacity);
        if (bytes == NULL)
            return false;
        values->bytes = bytes;
    }
    size_t *offsets = realloc(values->offsets, (values->count + 1) * sizeof *offsets);
    if (offsets == NULL)
        return false;
    values->offsets = offsets;
    memcpy(values->bytes + values->size, values->name.bytes, values->name.size);
    values->size += values->name.size;
    memcpy(values->bytes + values->size, " = ", 3);
    values->size += 3;
    values->offsets[values->count++] = values->size;
    memcpy(values->bytes + values->size, value, size);
    values->size += size;
    values->bytes[values->size++] = '\n';
    return true;
}

static bool add_dates(Values *values, QuidDate first, QuidDate last, unsigned long count)
{
    for (unsigned long i = 0; i < count; i++) {
        char text[11];
        const double share = count > 1 ? (double)i / (double)(count - 1) : 0;
        quid_date_text(first + (QuidDate)((double)(last - first) * share + 0.5), text);
        if (!add_value(values, text, 10))
            return false;
    }
    return true;
}

static bool add_numbers(Values *values, double first, double last, const char *unit,
                        size_t unit_size, unsigned long count)
{
    for (unsigned long i = 0; i < count; i++) {
        char text[100];
        const double share = count > 1 ? (double)i / (double)(count - 1) : 0;
        const int size = snprintf(text, sizeof text, "%.10g%.*s", first + (last - first) * share,
                                  (int)unit_size, unit);
        if (size < 0 || (size_t)size >= sizeof text || !add_value(values, text, (size_t)size))
            return false;
    }
    return true;
}

static QuidStatus refuse_grid(double points)
{
    fprintf(stderr, "quid: a grid of %.0f points; at most %.0f\n", points, POINT_COUNT_MAX);
    return QUID_INVALID;
}

// LOW..HIGH:COUNT; the unit behind HIGH is LOW's too. false: it is not of that form.
static bool read_range(Values *values, const char *text, QuidStatus *status)
{
    const char *dots = strstr(text, "..");
    const char *colon = strrchr(text, ':');
    if (dots == NULL || colon == NULL || colon < dots)
        return false;
    char *end = NULL;
    errno = 0;
    const unsigned long count = strtoul(colon + 1, &end, 10);
    if (errno != 0 || *end != '\0' || end == colon + 1 || count < 1)
        return false;
    if ((double)count > POINT_COUNT_MAX) {
        *status = refuse_grid((double)count);
        return true;
    }
    const char *high = dots + 2;
    QuidDateRange from;
    QuidDateRange to;
    if (quid_date_parse((QuidString){text, (uint32_t)(dots - text)}, &from) &&
        quid_date_parse((QuidString){high, (uint32_t)(colon - high)}, &to) && dots - text > 4) {
        *status = add_dates(values, from.first, to.last, count) ? QUID_OK : QUID_NO_MEMORY;
        return true;
    }
    char *low_end = NULL;
    char *high_end = NULL;
    const double low_number = strtod(text, &low_end);
    const double high_number = strtod(high, &high_end);
    if (low_end == text || high_end == high || high_end > colon)
        return false;
    *status =
        add_numbers(values, low_number, high_number, high_end, (size_t)(colon - high_end), count)
            ? QUID_OK
            : QUID_NO_MEMORY;
    return true;
}

static bool read_list(Values *values, const char *text)
{
    while (*text != '\0') {
        const size_t size = strcspn(text, ",");
        if (!add_value(values, text, size))
            return false;
        text += size + (text[size] == ',');
    }
    return true;
}

static QuidStatus read_values(const char *word, Values *values)
{
    const char *equal = strchr(word, '=');
    if (equal == NULL || equal == word || equal[1] == '\0') {
        fprintf(stderr,
                "quid: `%s` varies nothing; write for instance --vary "
                "ruling.struck=0..100%%:21 or --vary wave=deliver,wait\n",
                word);
        return QUID_INVALID;
    }
    values->name = (QuidString){word, (uint32_t)(equal - word)};
    QuidStatus status = QUID_OK;
    if (!read_range(values, equal + 1, &status) && !read_list(values, equal + 1))
        status = QUID_NO_MEMORY;
    return status;
}

static QuidStatus add_file(Run *run, const Values *values, QuidFileId *file)
{
    return quid_context_add_file(run->context, (QuidString){"--vary", 6},
                                 (QuidString){values->bytes, (uint32_t)values->size}, file);
}

// The settings of each --vary: those of the what-ifs without a name, after that of --set.
static QuidStatus find_varied(Run *run, Values *values, QuidVaried *varied)
{
    const QuidDealTables *tables = quid_deal_tables(run->deal);
    const int count = run->options->vary_count;
    for (int i = 0; i < count; i++) {
        const QuidWhatIf *what_if =
            &tables->what_ifs[tables->what_if_count - (uint32_t)(count - i)];
        values[i].texts = calloc(values[i].count, sizeof *values[i].texts);
        if (values[i].texts == NULL)
            return QUID_NO_MEMORY;
        for (uint32_t v = 0; v < values[i].count; v++) {
            const char *text = values[i].bytes + values[i].offsets[v];
            values[i].texts[v] = (QuidString){text, (uint32_t)strcspn(text, "\n")};
        }
        varied[i] = (QuidVaried){values[i].name, tables->settings + what_if->setting_first,
                                 values[i].texts, values[i].count};
    }
    return QUID_OK;
}

static QuidStatus sweep_run(Run *run, Values *values, bool is_shared)
{
    QuidFileId files[SETTING_COUNT_MAX];
    QuidVaried varied[SETTING_COUNT_MAX];
    const int count = run->options->vary_count;
    double points = 1;
    QuidStatus status = load_deal(run); // first: documents name the first file
    for (int i = 0; status == QUID_OK && i < count; i++) {
        status = read_values(run->options->varied[i], &values[i]);
        points *= values[i].count;
        if (status == QUID_OK)
            status = add_file(run, &values[i], &files[i]);
    }
    if (status == QUID_OK && points > POINT_COUNT_MAX)
        status = refuse_grid(points);
    if (status == QUID_OK)
        status = read_deal_with(run, files, (uint32_t)count);
    if (status == QUID_OK)
        status = settle_facts(run);
    if (status == QUID_OK)
        status = find_varied(run, values, varied);
    if (is_first_rank())
        print_diagnostics(run);
    // A file that one process alone cannot read must not leave the others waiting.
    if (is_shared)
        status = agree_among_ranks(status);
    if (status != QUID_OK)
        return status;
    QuidOutlookOptions options = outlook_options(run->options);
    options.settings = run->settings;
    options.setting_count = run->setting_count;
    const QuidBriefOptions how = brief_options(run);
    quid_context_clear_diagnostics(run->context);
    status = is_shared
                 ? sweep_among_ranks(run, varied, (uint32_t)count, &options, &how)
                 : quid_brief_sweep(run->context, run->ledger, run->deal, varied, (uint32_t)count,
                                    &options, forecasting_progress("Sweeping"), &how,
                                    quid_io_output(&run->output));
    clear_progress();
    // A point may be what the facts rule out.
    if (is_first_rank())
        print_diagnostics(run);
    return status == QUID_CANCELLED ? QUID_OK : status;
}

int sweep(const Options *options)
{
    static Run run;
    static Values values[SETTING_COUNT_MAX];
    if (!open_run(&run, options, options->files[0], options->as_of))
        return EXIT_MACHINE;
    const bool is_shared = join_ranks();
    const QuidStatus status = sweep_run(&run, values, is_shared);
    const int code = finish_run(&run, status);
    for (int i = 0; i < options->vary_count; i++) {
        free(values[i].bytes);
        free(values[i].offsets);
        free(values[i].texts);
    }
    close_run(&run);
    return is_shared ? leave_ranks(code) : code;
}
