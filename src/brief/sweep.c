// Sweeps: the answers on a grid of settings, as CSV or JSON.
#include "cases.h"
#include "json.h"

#include "pool.h"
#include "print.h"
#include <string.h>

#define BATCH_SIZE_MAX 64u // points that are answered side by side

// One point of a batch, by settings of its own: the caller's, then one of each varied.
typedef struct Point {
    QuidSetting *settings;
    QuidOutlook *outlook;
    QuidStatus status;
} Point;

typedef struct Sweep {
    QuidContext *context;
    const QuidDeal *deal;
    const QuidLedger *ledger;
    const QuidVaried *varied;
    uint32_t varied_count;
    QuidOutlookOptions options;
    uint32_t *place; // on the grid, by varied: of the point that is written
    double first;    // number of the batch's first point
    Point *batch;
    uint32_t batch_size;
    uint32_t thread_count;
    Json json;
    cJSON *points; // NULL: CSV
    QuidPrinter printer;
} Sweep;

// ---- CSV --------------------------------------------------------------------

static void put_quoted(QuidPrinter *printer, QuidString text)
{
    bool is_plain = text.size > 0;
    for (uint32_t i = 0; i < text.size; i++)
        is_plain = is_plain && strchr(",\"\r\n", text.bytes[i]) == NULL;
    if (is_plain) {
        quid__print_string(printer, text);
        return;
    }
    quid__print(printer, "\"");
    for (uint32_t i = 0; i < text.size; i++) {
        if (text.bytes[i] == '"')
            quid__print(printer, "\"");
        quid__print_string(printer, (QuidString){text.bytes + i, 1});
    }
    quid__print(printer, "\"");
}

static void put_heads(Sweep *sweep)
{
    const QuidDealTables *model = quid_deal_tables(sweep->deal);
    QuidArena *arena = &sweep->json.brief.page.arena;
    for (uint32_t i = 0; i < sweep->varied_count; i++) {
        quid__print(&sweep->printer, i > 0 ? "," : "");
        put_quoted(&sweep->printer, sweep->varied[i].name);
    }
    for (uint32_t ask = 0; ask < model->ask_count; ask++) {
        const QuidAsk *question = &model->asks[ask];
        const QuidMove *move = &model->moves[question->move.index];
        const bool is_choice = question->kind == QUID_ASK_CHOICE;
        for (uint32_t o = 0; is_choice && o < move->option_count; o++) {
            quid__print(&sweep->printer, ",");
            put_quoted(&sweep->printer,
                       quid__arena_format(arena, "%.*s [%.*s]", QUID_PRINT(question->question),
                                          QUID_PRINT(model->options[move->option_first + o].id)));
        }
        if (is_choice)
            continue;
        quid__print(&sweep->printer, ",");
        put_quoted(&sweep->printer, question->question);
        quid__print(&sweep->printer, ",");
        put_quoted(&sweep->printer, quid__arena_format(arena, "%.*s [standard error]",
                                                       QUID_PRINT(question->question)));
    }
    quid__print(&sweep->printer, "\n");
}

static void put_number(QuidPrinter *printer, double number)
{
    quid__print(printer, ",");
    if (isfinite(number))
        quid__print_double(printer, number);
}

static double error_of(const QuidOutlook *outlook, uint32_t ask)
{
    const QuidForecast *forecast = quid_outlook_tables(outlook)->forecast;
    if (forecast == NULL || !quid_forecast_tables(forecast)->asks[ask].is_answered)
        return 0;
    return quid_forecast_tables(forecast)->asks[ask].value.error;
}

static void put_answer(Sweep *sweep, const QuidOutlook *outlook, uint32_t ask)
{
    const QuidDealTables *model = quid_deal_tables(sweep->deal);
    const QuidAsk *question = &model->asks[ask];
    if (question->kind == QUID_ASK_CHOICE) {
        for (uint32_t o = 0; o < model->moves[question->move.index].option_count; o++)
            put_number(&sweep->printer, quid_outlook_answer(outlook, ask, o));
        return;
    }
    const double number = quid_outlook_answer(outlook, ask, 0);
    if (quid__ask_is_date(&sweep->json.brief, ask)) {
        quid__print(&sweep->printer, ",");
        if (isfinite(number))
            quid__print_date(&sweep->printer, (QuidDate)number);
    } else {
        put_number(&sweep->printer, number);
    }
    put_number(&sweep->printer, error_of(outlook, ask));
}

static void put_row(Sweep *sweep, const QuidOutlook *outlook)
{
    for (uint32_t i = 0; i < sweep->varied_count; i++) {
        quid__print(&sweep->printer, i > 0 ? "," : "");
        put_quoted(&sweep->printer, sweep->varied[i].values[sweep->place[i]]);
    }
    for (uint32_t ask = 0; ask < quid_deal_tables(sweep->deal)->ask_count; ask++)
        put_answer(sweep, outlook, ask);
    quid__print(&sweep->printer, "\n");
}

// ---- JSON -------------------------------------------------------------------

static void add_point(Sweep *sweep, const QuidOutlook *outlook)
{
    Json *json = &sweep->json;
    cJSON *point = quid__json_append(json, sweep->points);
    cJSON *settings = quid__json_object(json, point, "set");
    for (uint32_t i = 0; settings != NULL && i < sweep->varied_count; i++)
        quid__json_text(json, settings, quid__json_copy(json, sweep->varied[i].name),
                        sweep->varied[i].values[sweep->place[i]]);
    quid__brief_look_at(&json->brief, outlook);
    quid__json_asks(json, point, QUID_ALL_ASKS);
}

// ---- The grid ---------------------------------------------------------------

// The place of a point: the last varied runs fastest.
static uint32_t place_at(const Sweep *sweep, double number, uint32_t varied)
{
    for (uint32_t i = sweep->varied_count; i > varied + 1; i--)
        number = floor(number / sweep->varied[i - 1].count);
    return (uint32_t)fmod(number, sweep->varied[varied].count);
}

static void answer_point(const Sweep *sweep, uint32_t number, bool is_quiet)
{
    Point *point = &sweep->batch[number];
    QuidOutlookOptions options = sweep->options;
    const uint32_t first = options.setting_count - sweep->varied_count;
    for (uint32_t i = 0; i < sweep->varied_count; i++)
        point->settings[first + i] =
            sweep->varied[i].settings[place_at(sweep, sweep->first + number, i)];
    options.settings = point->settings;
    options.answer.is_quiet = is_quiet;
    point->outlook = NULL;
    point->status =
        quid_outlook_create(sweep->context, sweep->deal, sweep->ledger, &options, &point->outlook);
    if (point->status == QUID_OK && quid_outlook_tables(point->outlook)->is_stopped)
        point->status = QUID_CANCELLED;
}

// Side by side nothing may be reported.
static void answer_block(void *user, uint32_t block, uint32_t worker)
{
    (void)worker;
    answer_point(user, block, true);
}

static QuidStatus write_point(Sweep *sweep, uint32_t number)
{
    Point *point = &sweep->batch[number];
    if (point->status == QUID_INVALID) // once more, alone, for its diagnostic
        answer_point(sweep, number, false);
    if (point->status != QUID_OK)
        return point->status;
    for (uint32_t i = 0; i < sweep->varied_count; i++)
        sweep->place[i] = place_at(sweep, sweep->first + number, i);
    if (sweep->points != NULL)
        add_point(sweep, point->outlook);
    else
        put_row(sweep, point->outlook);
    return QUID_OK;
}

static QuidStatus answer_batch(Sweep *sweep, QuidPool *pool, uint32_t size)
{
    QuidStatus status = QUID_OK;
    // As many points side by side as there are threads; what is left of those goes to each point.
    sweep->options.forecast.thread_count = sweep->thread_count / size;
    sweep->options.answer.solve.thread_count = sweep->thread_count / size;
    if (size == 1)
        answer_point(sweep, 0, true);
    else
        quid__pool_run(pool, size, answer_block, sweep);
    for (uint32_t i = 0; i < size; i++) {
        if (status == QUID_OK)
            status = write_point(sweep, i);
        quid_outlook_free(sweep->batch[i].outlook);
        sweep->batch[i].outlook = NULL;
    }
    return status;
}

static double point_count(const Sweep *sweep)
{
    double count = 1;
    for (uint32_t i = 0; i < sweep->varied_count; i++)
        count *= sweep->varied[i].count;
    return count;
}

static QuidStatus answer_grid(Sweep *sweep, QuidForecastProgress progress)
{
    const double count = point_count(sweep);
    QuidStatus status = count > 0 ? QUID_OK : QUID_INVALID;
    QuidPool *pool =
        sweep->batch_size > 1 ? quid__pool_create(sweep->context, sweep->batch_size) : NULL;
    for (sweep->first = 0; status == QUID_OK && sweep->first < count;) {
        const double left = count - sweep->first;
        const uint32_t size = left < sweep->batch_size ? (uint32_t)left : sweep->batch_size;
        status = answer_batch(sweep, pool, size);
        sweep->first += size;
        if (status == QUID_OK && progress.report != NULL &&
            !progress.report(progress.user, sweep->first / count))
            status = QUID_CANCELLED;
    }
    quid__pool_free(pool);
    return status;
}

static void share_threads(Sweep *sweep)
{
    const uint32_t asked = sweep->options.forecast.thread_count;
    sweep->thread_count = asked < 1 ? 1 : asked;
    const uint32_t most =
        sweep->thread_count < BATCH_SIZE_MAX ? sweep->thread_count : BATCH_SIZE_MAX;
    const double count = point_count(sweep);
    sweep->batch_size = count < 1 ? 1 : count < most ? (uint32_t)count : most;
}

static bool make_room(Sweep *sweep, const QuidOutlookOptions *options)
{
    QuidArena *arena = &sweep->json.brief.page.arena;
    sweep->options = *options;
    sweep->options.setting_count = options->setting_count + sweep->varied_count;
    sweep->options.answer.has_values = false;
    sweep->options.answer.solve.progress = (QuidProgress){NULL, NULL};
    sweep->options.forecast.has_amounts = false;
    sweep->options.forecast.progress = (QuidForecastProgress){NULL, NULL};
    share_threads(sweep);
    sweep->batch = quid__arena_push(arena, sweep->batch_size * sizeof(Point));
    sweep->place = quid__arena_push(arena, (sweep->varied_count + (size_t)1) * sizeof(uint32_t));
    for (uint32_t i = 0; i < sweep->batch_size && sweep->batch != NULL; i++) {
        Point *point = &sweep->batch[i];
        point->settings = quid__arena_push(arena, (sweep->options.setting_count + (size_t)1) *
                                                      sizeof(QuidSetting));
        for (uint32_t n = 0; point->settings != NULL && n < options->setting_count; n++)
            point->settings[n] = options->settings[n];
    }
    return !arena->has_failed;
}

QuidStatus quid_brief_sweep(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                            const QuidVaried *varied, uint32_t varied_count,
                            const QuidOutlookOptions *options, QuidForecastProgress progress,
                            const QuidBriefOptions *how, QuidOutput output)
{
    Sweep sweep = {.context = context,
                   .deal = deal,
                   .ledger = ledger,
                   .varied = varied,
                   .varied_count = varied_count,
                   .printer = {.output = output}};
    quid__json_begin(&sweep.json, context, ledger, deal, how);
    QuidStatus status = make_room(&sweep, options) ? QUID_OK : QUID_NO_MEMORY;
    if (status == QUID_OK && !how->is_json) {
        put_heads(&sweep);
        status = answer_grid(&sweep, progress);
        const bool has_failed = sweep.json.brief.page.arena.has_failed;
        quid__arena_free(&sweep.json.brief.page.arena);
        return status != QUID_OK && status != QUID_CANCELLED ? status
               : has_failed                                  ? QUID_NO_MEMORY
               : status == QUID_OK                           ? quid__print_status(&sweep.printer)
                                                             : status;
    }
    cJSON *document = quid__json_open(&sweep.json);
    quid__json_date(&sweep.json, document, "as_of", sweep.json.brief.ledger->as_of);
    sweep.points = quid__json_array(&sweep.json, document, "points");
    if (status == QUID_OK && sweep.points != NULL)
        status = answer_grid(&sweep, progress);
    const double missing = point_count(&sweep) - cJSON_GetArraySize(sweep.points);
    if (missing > 0)
        quid__json_number(&sweep.json, document, "missing", missing);
    const QuidStatus printed = quid__json_print(&sweep.json, document, output);
    return status == QUID_OK ? printed : status;
}
