// One input at a time at its low and its high end, the others as they are.
#include "forecast_internal.h"
#include "pool.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_COOKIE 0x73656e73u
#define ROUNDING 1e-9 // of an answer's size: games solved anew agree to far less
#define HEAD_MARK 0x3174726170736e65u
#define HEAD_SIZE 5u // words of 8 bytes

struct QuidSensitivity {
    QuidContext *context;
    QuidArena arena;
    QuidVector inputs; // QuidInput
    QuidVector rows;   // QuidSensitivityRow
    QuidSensitivityTables tables;
};

typedef struct Sweep {
    QuidSensitivity *sensitivity;
    const QuidDeal *deal;
    const QuidSensitivityOptions *options;
    QuidPart part;        // the inputs that are tried: every count-th
    double *base;         // by ask
    double *answers;      // [(2 * input + is_high) * ask_count + ask]
    QuidStatus *statuses; // by input and end
    atomic_uint done;     // ends of inputs that were tried
    atomic_bool is_stopped;
} Sweep;

QuidSensitivityOptions quid_sensitivity_options(void)
{
    return (QuidSensitivityOptions){.cookie = OPTIONS_COOKIE};
}

static QuidStatus answer_at(const Sweep *sweep, const QuidInput *input, double value,
                            double *answers)
{
    QuidSetting settings[QUID_INPUT_SETTING_COUNT_MAX] = {{0}};
    QuidDeal *changed = NULL;
    const uint32_t count = quid_input_settings(sweep->deal, input, value, settings);
    QuidStatus status =
        quid_deal_apply(sweep->sensitivity->context, sweep->deal, settings, count, &changed);
    if (status != QUID_OK)
        return status;
    const QuidAnswerer *answerer = &sweep->options->answerer;
    status = answerer->answer(answerer->user, changed, input, answers);
    quid_deal_free(changed);
    return status;
}

// An answer that is there at one of them alone, or two that differ by more than rounding.
static bool differ(double left, double right)
{
    const bool are_none = left != left && right != right;
    return !are_none && !(fabs(left - right) <= ROUNDING * fmax(fabs(left), fabs(right)));
}

static void add_rows(const Sweep *sweep, uint32_t input)
{
    const uint32_t ask_count = sweep->sensitivity->tables.ask_count;
    const double *low = sweep->answers + 2 * (size_t)input * ask_count;
    const double *high = low + ask_count;
    for (uint32_t ask = 0; ask < ask_count; ask++) {
        const double base = sweep->sensitivity->tables.base[ask];
        if (!differ(low[ask], base) && !differ(high[ask], base))
            continue;
        QuidSensitivityRow *row = quid__vector_push(&sweep->sensitivity->rows);
        if (row != NULL)
            *row = (QuidSensitivityRow){input, ask, low[ask], high[ask]};
    }
}

// Inputs of a part: dealt out in turn, since their costs differ by kind and kinds stand together.
static uint32_t input_count(const Sweep *sweep, QuidPart part)
{
    const uint32_t count = sweep->sensitivity->inputs.count;
    return count > part.number ? (count - part.number - 1) / part.count + 1 : 0;
}

static uint32_t input_of(QuidPart part, uint32_t number)
{
    return part.number + number * part.count;
}

static bool may_go_on(const Sweep *sweep, uint32_t done)
{
    const QuidForecastProgress *progress = &sweep->options->progress;
    const double all = 2 * (double)input_count(sweep, sweep->part) + 1;
    return progress->report == NULL || progress->report(progress->user, done / all);
}

// One end of one input. The caller's thread, worker 0, alone speaks to the host.
static void try_end(void *user, uint32_t block, uint32_t worker)
{
    Sweep *sweep = user;
    const uint32_t index = input_of(sweep->part, block / 2);
    const QuidInput *input = &QUID_AT(&sweep->sensitivity->inputs, QuidInput, index);
    const size_t place = 2 * (size_t)index + block % 2;
    if (worker == 0 && !may_go_on(sweep, atomic_load(&sweep->done) + 1))
        atomic_store(&sweep->is_stopped, true);
    if (atomic_load(&sweep->is_stopped)) {
        sweep->statuses[block] = QUID_CANCELLED;
        return;
    }
    const uint32_t ask_count = sweep->sensitivity->tables.ask_count;
    double *answers = sweep->answers + place * ask_count;
    sweep->statuses[block] =
        answer_at(sweep, input, block % 2 == 0 ? input->low : input->high, answers);
    if (sweep->statuses[block] == QUID_INVALID) { // the facts rule it out
        memcpy(answers, sweep->base, ask_count * sizeof *answers);
        sweep->statuses[block] = QUID_OK;
    }
    atomic_fetch_add(&sweep->done, 1);
}

static QuidStatus sweep_all(Sweep *sweep)
{
    const uint32_t block_count = 2 * input_count(sweep, sweep->part);
    QuidPool *pool = quid__pool_create(sweep->sensitivity->context, sweep->options->thread_count);
    quid__pool_run(pool, block_count, try_end, sweep);
    quid__pool_free(pool);
    for (uint32_t i = 0; i < block_count; i++) {
        if (sweep->statuses[i] != QUID_OK)
            return sweep->statuses[i];
    }
    return QUID_OK;
}

// ---- Order: by ask, the largest difference first

static double span(const QuidSensitivityRow *row)
{
    const double size = fabs(row->high - row->low);
    return size == size ? size : (double)INFINITY; // an answer that is there at one end alone
}

static int by_ask_and_span(const void *left, const void *right)
{
    const QuidSensitivityRow *a = left;
    const QuidSensitivityRow *b = right;
    if (a->ask != b->ask)
        return a->ask < b->ask ? -1 : 1;
    if (span(a) < span(b) || span(a) > span(b))
        return span(a) > span(b) ? -1 : 1;
    return a->input < b->input ? -1 : a->input > b->input;
}

static void publish(QuidSensitivity *sensitivity)
{
    QuidSensitivityTables *tables = &sensitivity->tables;
    if (sensitivity->rows.count > 1)
        qsort(sensitivity->rows.items, sensitivity->rows.count, sizeof(QuidSensitivityRow),
              by_ask_and_span);
    tables->inputs = sensitivity->inputs.items;
    tables->input_count = sensitivity->inputs.count;
    tables->rows = sensitivity->rows.items;
    tables->row_count = sensitivity->rows.count;
}

// ---- Parts

// What a part's answers rest on.
static void make_head(const Sweep *sweep, QuidPart part, uint64_t head[HEAD_SIZE])
{
    const uint64_t words[HEAD_SIZE] = {HEAD_MARK, part.number, part.count,
                                       sweep->sensitivity->inputs.count,
                                       sweep->sensitivity->tables.ask_count};
    memcpy(head, words, sizeof words);
}

static size_t answers_size(const Sweep *sweep)
{
    return sweep->sensitivity->tables.ask_count * sizeof(double);
}

// Both ends of an input, one behind the other.
static double *answers_of(const Sweep *sweep, QuidPart part, uint32_t number)
{
    const size_t index = input_of(part, number);
    return sweep->answers + 2 * index * sweep->sensitivity->tables.ask_count;
}

static bool write_bytes(QuidOutput output, const void *bytes, size_t size)
{
    return size == 0 || output.write(output.user, bytes, size);
}

static QuidStatus write_part(const Sweep *sweep, QuidOutput output)
{
    uint64_t head[HEAD_SIZE];
    make_head(sweep, sweep->part, head);
    bool is_good = write_bytes(output, head, sizeof head) &&
                   write_bytes(output, sweep->base, answers_size(sweep));
    for (uint32_t i = 0; is_good && i < input_count(sweep, sweep->part); i++)
        is_good = write_bytes(output, answers_of(sweep, sweep->part, i), 2 * answers_size(sweep));
    return is_good ? QUID_OK : QUID_IO;
}

// Every part answers the deal itself, to the same bits.
static bool read_part(const Sweep *sweep, QuidPart part, QuidString bytes)
{
    uint64_t head[HEAD_SIZE];
    const size_t size = answers_size(sweep);
    make_head(sweep, part, head);
    if (bytes.size != sizeof head + size + (size_t)2 * input_count(sweep, part) * size ||
        memcmp(bytes.bytes, head, sizeof head) != 0)
        return false;
    const char *at = bytes.bytes + sizeof head;
    if (part.number == 0 && size > 0)
        memcpy(sweep->base, at, size);
    if (size > 0 && memcmp(sweep->base, at, size) != 0)
        return false;
    at += size;
    for (uint32_t i = 0; size > 0 && i < input_count(sweep, part); i++, at += 2 * size)
        memcpy(answers_of(sweep, part, i), at, 2 * size);
    return true;
}

static QuidStatus read_parts(const Sweep *sweep)
{
    const QuidSensitivityOptions *options = sweep->options;
    for (uint32_t i = 0; i < options->part_count; i++) {
        if (!read_part(sweep, (QuidPart){i, options->part_count}, options->parts[i]))
            return QUID_IO;
    }
    return options->part_count > 0 ? QUID_OK : QUID_IO;
}

// ---- The run

static bool make_room(Sweep *sweep)
{
    QuidSensitivity *sensitivity = sweep->sensitivity;
    const size_t ask_count = sensitivity->tables.ask_count;
    sweep->base = quid__arena_push(&sensitivity->arena, (ask_count + 1) * sizeof(double));
    sensitivity->tables.base = sweep->base;
    if (!quid__list_inputs(sweep->deal, &sensitivity->arena, &sensitivity->inputs))
        return false;
    const size_t end_count = 2 * (size_t)sensitivity->inputs.count + 1;
    sweep->answers =
        quid__arena_push(&sensitivity->arena, end_count * (ask_count + 1) * sizeof(double));
    sweep->statuses = quid__arena_push(&sensitivity->arena, end_count * sizeof(QuidStatus));
    return !sensitivity->arena.has_failed;
}

static QuidStatus ask(Sweep *sweep)
{
    const QuidAnswerer *answerer = &sweep->options->answerer;
    const QuidStatus status = answerer->answer(answerer->user, sweep->deal, NULL, sweep->base);
    return status == QUID_OK ? sweep_all(sweep) : status;
}

static QuidStatus run(Sweep *sweep)
{
    QuidSensitivity *sensitivity = sweep->sensitivity;
    const QuidStatus status = sweep->options->parts == NULL ? ask(sweep) : read_parts(sweep);
    for (uint32_t i = 0; status == QUID_OK && i < sensitivity->inputs.count; i++)
        add_rows(sweep, i);
    return status == QUID_OK && sensitivity->rows.has_failed ? QUID_NO_MEMORY : status;
}

static QuidSensitivity *create(QuidContext *context, const QuidDeal *deal)
{
    QuidSensitivity *sensitivity = quid__allocate(context, sizeof *sensitivity);
    if (sensitivity == NULL)
        return NULL;
    *sensitivity = (QuidSensitivity){.context = context};
    quid__arena_init(&sensitivity->arena, context);
    quid__vector_init(&sensitivity->inputs, context, sizeof(QuidInput));
    quid__vector_init(&sensitivity->rows, context, sizeof(QuidSensitivityRow));
    sensitivity->tables.ask_count = quid_deal_tables(deal)->ask_count;
    return sensitivity;
}

QuidStatus quid_sensitivity_run(QuidContext *context, const QuidDeal *deal,
                                const QuidSensitivityOptions *options, QuidSensitivity **result)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE &&
                (options->answerer.answer != NULL || options->parts != NULL));
    QuidSensitivity *sensitivity = create(context, deal);
    if (sensitivity == NULL)
        return QUID_NO_MEMORY;
    Sweep sweep = {.sensitivity = sensitivity, .deal = deal, .options = options, .part = {0, 1}};
    const QuidStatus status = make_room(&sweep) ? run(&sweep) : QUID_NO_MEMORY;
    if (status != QUID_OK) {
        quid_sensitivity_free(sensitivity);
        return status;
    }
    publish(sensitivity);
    *result = sensitivity;
    return QUID_OK;
}

QuidStatus quid_sensitivity_part(QuidContext *context, const QuidDeal *deal,
                                 const QuidSensitivityOptions *options, QuidPart part,
                                 QuidOutput output)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE && options->answerer.answer != NULL);
    QUID_ASSERT(options->parts == NULL && part.number < part.count);
    QuidSensitivity *sensitivity = create(context, deal);
    if (sensitivity == NULL)
        return QUID_NO_MEMORY;
    Sweep sweep = {.sensitivity = sensitivity, .deal = deal, .options = options, .part = part};
    QuidStatus status = make_room(&sweep) ? ask(&sweep) : QUID_NO_MEMORY;
    if (status == QUID_OK)
        status = write_part(&sweep, output);
    quid_sensitivity_free(sensitivity);
    return status;
}

QuidStatus quid_sensitivity_list(QuidContext *context, const QuidDeal *deal,
                                 QuidSensitivity **result)
{
    QuidSensitivity *sensitivity = create(context, deal);
    if (sensitivity == NULL)
        return QUID_NO_MEMORY;
    if (!quid__list_inputs(deal, &sensitivity->arena, &sensitivity->inputs)) {
        quid_sensitivity_free(sensitivity);
        return QUID_NO_MEMORY;
    }
    publish(sensitivity);
    *result = sensitivity;
    return QUID_OK;
}

void quid_sensitivity_free(QuidSensitivity *sensitivity)
{
    if (sensitivity == NULL)
        return;
    quid__vector_free(&sensitivity->inputs);
    quid__vector_free(&sensitivity->rows);
    quid__arena_free(&sensitivity->arena);
    quid__release(sensitivity->context, sensitivity, sizeof *sensitivity);
}

const QuidSensitivityTables *quid_sensitivity_tables(const QuidSensitivity *sensitivity)
{
    return &sensitivity->tables;
}
