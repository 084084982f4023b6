// One input at a time at its low and its high end, the others as they are.
#include "forecast_internal.h"

#include <stdlib.h>

#define OPTIONS_COOKIE 0x73656e73u

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
    double *low;
    double *high;
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

static bool differ(double left, double right)
{
    const bool are_none = left != left && right != right;
    return !are_none && !(left == right);
}

static void add_rows(const Sweep *sweep, uint32_t input)
{
    for (uint32_t ask = 0; ask < sweep->sensitivity->tables.ask_count; ask++) {
        const double base = sweep->sensitivity->tables.base[ask];
        if (!differ(sweep->low[ask], base) && !differ(sweep->high[ask], base))
            continue;
        QuidSensitivityRow *row = quid__vector_push(&sweep->sensitivity->rows);
        if (row != NULL)
            *row = (QuidSensitivityRow){input, ask, sweep->low[ask], sweep->high[ask]};
    }
}

static bool may_go_on(const Sweep *sweep, uint32_t done)
{
    const QuidForecastProgress *progress = &sweep->options->progress;
    const double all = 2 * (double)sweep->sensitivity->inputs.count + 1;
    return progress->report == NULL || progress->report(progress->user, done / all);
}

static QuidStatus sweep_all(const Sweep *sweep)
{
    QuidSensitivity *sensitivity = sweep->sensitivity;
    for (uint32_t i = 0; i < sensitivity->inputs.count; i++) {
        const QuidInput *input = &QUID_AT(&sensitivity->inputs, QuidInput, i);
        if (!may_go_on(sweep, 2 * i + 1))
            return QUID_CANCELLED;
        QuidStatus status = answer_at(sweep, input, input->low, sweep->low);
        if (status == QUID_OK && !may_go_on(sweep, 2 * i + 2))
            return QUID_CANCELLED;
        if (status == QUID_OK)
            status = answer_at(sweep, input, input->high, sweep->high);
        if (status != QUID_OK)
            return status;
        add_rows(sweep, i);
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

static QuidStatus run(const Sweep *sweep, double *base)
{
    QuidSensitivity *sensitivity = sweep->sensitivity;
    if (base == NULL || sweep->low == NULL || sweep->high == NULL ||
        !quid__list_inputs(sweep->deal, &sensitivity->arena, &sensitivity->inputs))
        return QUID_NO_MEMORY;
    const QuidAnswerer *answerer = &sweep->options->answerer;
    QuidStatus status = answerer->answer(answerer->user, sweep->deal, NULL, base);
    sensitivity->tables.base = base;
    if (status == QUID_OK)
        status = sweep_all(sweep);
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
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE && options->answerer.answer != NULL);
    QuidSensitivity *sensitivity = create(context, deal);
    if (sensitivity == NULL)
        return QUID_NO_MEMORY;
    const uint32_t asks = sensitivity->tables.ask_count;
    const size_t size = ((size_t)asks + 1) * sizeof(double);
    double *base = quid__arena_push(&sensitivity->arena, size);
    Sweep sweep = {sensitivity, deal, options, NULL, NULL};
    sweep.low = quid__arena_push(&sensitivity->arena, size);
    sweep.high = quid__arena_push(&sensitivity->arena, size);
    const QuidStatus status = run(&sweep, base);
    if (status != QUID_OK) {
        quid_sensitivity_free(sensitivity);
        return status;
    }
    publish(sensitivity);
    *result = sensitivity;
    return QUID_OK;
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
