// Sweeps: the answers on a grid of settings, as CSV or JSON.
#include "cases.h"
#include "json.h"

#include "print.h"
#include <string.h>

typedef struct Sweep {
    QuidContext *context;
    const QuidDeal *deal;
    const QuidLedger *ledger;
    const QuidVaried *varied;
    uint32_t varied_count;
    QuidOutlookOptions options;
    QuidSetting *settings; // the caller's, then one of each varied
    uint32_t *place;       // on the grid, by varied
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
    quid__json_asks(json, point);
}

// ---- The grid ---------------------------------------------------------------

static QuidStatus answer_point(Sweep *sweep)
{
    const uint32_t first = sweep->options.setting_count - sweep->varied_count;
    for (uint32_t i = 0; i < sweep->varied_count; i++)
        sweep->settings[first + i] = sweep->varied[i].settings[sweep->place[i]];
    QuidOutlook *outlook = NULL;
    const QuidStatus status =
        quid_outlook_create(sweep->context, sweep->deal, sweep->ledger, &sweep->options, &outlook);
    if (status != QUID_OK)
        return status;
    const bool is_stopped = quid_outlook_tables(outlook)->is_stopped;
    if (!is_stopped && sweep->points != NULL)
        add_point(sweep, outlook);
    else if (!is_stopped)
        put_row(sweep, outlook);
    quid_outlook_free(outlook);
    return is_stopped ? QUID_CANCELLED : QUID_OK;
}

// The next place on the grid, the last varied first. false: there is none.
static bool next_place(Sweep *sweep)
{
    for (uint32_t i = sweep->varied_count; i > 0; i--) {
        if (++sweep->place[i - 1] < sweep->varied[i - 1].count)
            return true;
        sweep->place[i - 1] = 0;
    }
    return false;
}

static QuidStatus answer_grid(Sweep *sweep, QuidForecastProgress progress)
{
    double count = 1;
    for (uint32_t i = 0; i < sweep->varied_count; i++)
        count *= sweep->varied[i].count;
    QuidStatus status = count > 0 ? QUID_OK : QUID_INVALID;
    for (double done = 0; status == QUID_OK; done++) {
        status = answer_point(sweep);
        if (status == QUID_OK && progress.report != NULL &&
            !progress.report(progress.user, (done + 1) / count))
            status = QUID_CANCELLED;
        if (status != QUID_OK || !next_place(sweep))
            break;
    }
    return status;
}

static bool make_room(Sweep *sweep, const QuidOutlookOptions *options)
{
    QuidArena *arena = &sweep->json.brief.page.arena;
    const size_t count = (size_t)options->setting_count + sweep->varied_count + 1;
    sweep->settings = quid__arena_push(arena, count * sizeof(QuidSetting));
    sweep->place = quid__arena_push(arena, (sweep->varied_count + (size_t)1) * sizeof(uint32_t));
    if (arena->has_failed)
        return false;
    for (uint32_t i = 0; i < options->setting_count; i++)
        sweep->settings[i] = options->settings[i];
    sweep->options = *options;
    sweep->options.settings = sweep->settings;
    sweep->options.setting_count = options->setting_count + sweep->varied_count;
    sweep->options.answer.has_values = false;
    sweep->options.answer.solve.progress = (QuidProgress){NULL, NULL};
    sweep->options.forecast.has_amounts = false;
    sweep->options.forecast.progress = (QuidForecastProgress){NULL, NULL};
    return true;
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
    const QuidStatus printed = quid__json_print(&sweep.json, document, output);
    return status == QUID_OK ? printed : status;
}
