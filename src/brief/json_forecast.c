// `forecast` as JSON, and the answers to the questions.
#include "cases.h"
#include "json.h"

#include <string.h>

static void set_word(Json *json, cJSON *object, const char *key, const char *word)
{
    quid__json_text(json, object, key, (QuidString){word, (uint32_t)strlen(word)});
}

// A day with fraction as a date; null for never.
static void set_day(Json *json, cJSON *object, const char *key, double day)
{
    quid__json_date(json, object, key, day < QUID_DATE_MAX ? (QuidDate)floor(day) : QUID_NO_DATE);
}

static void set_estimated(Json *json, cJSON *object, const char *key, QuidEstimated estimated)
{
    const QuidString error = quid__arena_format(&json->brief.page.arena, "%s_standard_error", key);
    quid__json_number(json, object, key, estimated.value);
    quid__json_number(json, object, error.bytes, estimated.error);
}

// ---- Milestones -------------------------------------------------------------

static void set_predecessor(Json *json, cJSON *object, const QuidPredecessor *predecessor,
                            double share)
{
    QuidString key = quid_deal_thing_id(json->brief.model, predecessor->thing);
    if (key.size == 0)
        key = quid__page_date(&json->brief.page, predecessor->date.first);
    quid__json_number(json, object, quid__json_copy(json, key), share);
}

static void set_curve(Json *json, cJSON *object, const double *values)
{
    const QuidForecastTables *forecast = json->brief.forecast;
    cJSON *curve = quid__json_array(json, object, "curve");
    for (uint32_t i = 0; curve != NULL && i < forecast->curve_date_count; i++) {
        cJSON *point = quid__json_append(json, curve);
        quid__json_date(json, point, "date", forecast->curve_dates[i]);
        quid__json_number(json, point, "chance", values[i]);
    }
}

static void set_milestone(Json *json, cJSON *item, uint32_t index)
{
    const QuidMilestone *milestone = &json->brief.model->milestones[index];
    const QuidMilestoneForecast *forecast = &json->brief.forecast->milestones[index];
    const bool is_ever = forecast->chance.value > 0;
    const bool has_due = forecast->on_time.value >= 0;
    quid__json_text(json, item, "id", milestone->id);
    quid__json_bool(json, item, "reached", forecast->is_reached);
    quid__json_number(json, item, "chance", forecast->chance.value);
    quid__json_number(json, item, "standard_error", forecast->chance.error);
    set_day(json, item, "p10", is_ever ? forecast->date.p10.value : QUID_NEVER);
    set_day(json, item, "p50", is_ever ? forecast->date.p50.value : QUID_NEVER);
    set_day(json, item, "p90", is_ever ? forecast->date.p90.value : QUID_NEVER);
    quid__json_number(json, item, "on_time", has_due ? forecast->on_time.value : (double)NAN);
    quid__json_number(json, item, "on_time_standard_error",
                      has_due ? forecast->on_time.error : (double)NAN);
    cJSON *critical = quid__json_object(json, item, "critical");
    for (uint32_t i = 0; critical != NULL && i < forecast->critical_count; i++)
        set_predecessor(json, critical,
                        &json->brief.model->predecessors[milestone->after_first + i],
                        forecast->critical[i]);
    set_curve(json, item, forecast->curve);
}

// ---- Amounts, events, moves -------------------------------------------------

static bool is_complete(const Brief *brief, uint32_t pledge)
{
    for (uint32_t i = 1; i < brief->model->pledge_count; i++) {
        if (quid__brief_is_left_out(brief, i, pledge))
            return false;
    }
    return true;
}

static void set_amounts(Json *json, cJSON *object)
{
    const QuidForecastTables *forecast = json->brief.forecast;
    cJSON *array = quid__json_array(json, object, "amounts");
    for (uint32_t i = 0; !json->has_failed && i < forecast->amount_count; i++) {
        const QuidAmountForecast *amount = &forecast->amounts[i];
        const QuidPledge *pledge = &json->brief.model->pledges[amount->pledge];
        cJSON *item = quid__json_append(json, array);
        quid__json_text(json, item, "pledge", pledge->id);
        set_word(json, item, "stage", quid_stage_word(amount->stage));
        quid__json_text(json, item, "currency", quid__json_unit(json, pledge->unit));
        quid__json_bool(json, item, "with_parts_complete",
                        is_complete(&json->brief, amount->pledge));
        cJSON *by = quid__json_array(json, item, "by");
        for (uint32_t d = 0; by != NULL && d < forecast->amount_date_count; d++) {
            cJSON *point = quid__json_append(json, by);
            quid__json_date(json, point, "date", forecast->amount_dates[d]);
            quid__json_number(json, point, "mean", amount->mean[d].value);
            quid__json_number(json, point, "standard_error", amount->mean[d].error);
            quid__json_number(json, point, "p10", amount->p10[d].value);
            quid__json_number(json, point, "p50", amount->p50[d].value);
            quid__json_number(json, point, "p90", amount->p90[d].value);
        }
    }
}

static void set_event(Json *json, cJSON *item, uint32_t index)
{
    const QuidEvent *event = &json->brief.model->events[index];
    const QuidForecastTables *forecast = json->brief.forecast;
    const QuidEventForecast *row = &forecast->events[index];
    quid__json_text(json, item, "id", event->id);
    quid__json_bool(json, item, "known", row->is_known);
    quid__json_bool(json, item, "overdue", row->is_overdue);
    cJSON *outcomes = quid__json_array(json, item, "outcomes");
    for (uint32_t o = 0; outcomes != NULL && o < row->outcome_count; o++) {
        cJSON *outcome = quid__json_append(json, outcomes);
        quid__json_text(json, outcome, "outcome",
                        json->brief.model->outcomes[event->outcome_first + o].id);
        quid__json_number(json, outcome, "chance", row->chance[o].value);
        quid__json_number(json, outcome, "standard_error", row->chance[o].error);
        set_curve(json, outcome, row->curve + (size_t)o * forecast->curve_date_count);
    }
}

static void set_move(Json *json, cJSON *item, uint32_t index)
{
    const QuidMove *move = &json->brief.model->moves[index];
    const QuidMoveForecast *row = &json->brief.forecast->moves[index];
    quid__json_text(json, item, "id", move->id);
    cJSON *last = quid__json_object(json, item, "final");
    for (uint32_t o = 0; last != NULL && o < row->option_count; o++)
        set_estimated(json, last,
                      quid__json_copy(json, json->brief.model->options[move->option_first + o].id),
                      row->final_choice[o]);
    cJSON *by = quid__json_array(json, item, "by");
    for (uint32_t d = 0; by != NULL && d < row->date_count; d++) {
        cJSON *point = quid__json_append(json, by);
        quid__json_date(json, point, "date", json->brief.model->move_dates[move->date_first + d]);
        quid__json_number(json, point, "arises", row->arises[d].value);
        quid__json_number(json, point, "standard_error", row->arises[d].error);
        cJSON *options = quid__json_object(json, point, "options");
        for (uint32_t o = 0; options != NULL && o < row->option_count; o++)
            quid__json_number(
                json, options,
                quid__json_copy(json, json->brief.model->options[move->option_first + o].id),
                row->chosen[(size_t)d * row->option_count + o].value);
    }
}

void quid__json_forecast(Json *json, cJSON *object)
{
    const QuidForecastTables *forecast = json->brief.forecast;
    const QuidDealTables *model = json->brief.model;
    quid__json_number(json, object, "seed", (double)forecast->seed);
    quid__json_number(json, object, "scenarios", (double)forecast->scenario_count);
    set_word(json, object, "sampler", forecast->is_sobol ? "sobol" : "philox");
    cJSON *milestones = quid__json_array(json, object, "milestones");
    for (uint32_t i = 1; !json->has_failed && i < model->milestone_count; i++)
        set_milestone(json, quid__json_append(json, milestones), i);
    set_amounts(json, object);
    cJSON *events = quid__json_array(json, object, "events");
    for (uint32_t i = 1; !json->has_failed && i < model->event_count; i++)
        set_event(json, quid__json_append(json, events), i);
    cJSON *moves = quid__json_array(json, object, "moves");
    for (uint32_t i = 1; !json->has_failed && i < model->move_count; i++)
        set_move(json, quid__json_append(json, moves), i);
}

// ---- The questions ----------------------------------------------------------

static void set_forecast_answer(Json *json, cJSON *item, const QuidAskAnswer *answer)
{
    const QuidQuantiles *q = &answer->quantiles;
    quid__json_number(json, item, "standard_error", answer->value.error);
    quid__json_number(json, item, "happens", answer->chance.value);
    if (answer->kind == QUID_ASK_CHANCE)
        return;
    if (answer->is_date) {
        const bool is_ever = answer->chance.value > 0;
        set_day(json, item, "p10", is_ever ? q->p10.value : QUID_NEVER);
        set_day(json, item, "p50", is_ever ? q->p50.value : QUID_NEVER);
        set_day(json, item, "p90", is_ever ? q->p90.value : QUID_NEVER);
        return;
    }
    quid__json_number(json, item, "p10", q->p10.value);
    quid__json_number(json, item, "p50", q->p50.value);
    quid__json_number(json, item, "p90", q->p90.value);
}

// The forecast's answers as one number: a chance, a mean, a median date.
static void set_answer(Json *json, cJSON *item, const QuidAskAnswer *answer)
{
    const QuidString unit = quid__json_unit(json, answer->unit);
    if (answer->is_date)
        set_day(json, item, "answer", answer->chance.value > 0 ? answer->value.value : QUID_NEVER);
    else
        quid__json_number(json, item, "answer", answer->value.value);
    set_word(json, item, "unit",
             answer->kind == QUID_ASK_CHANCE ? "probability"
             : answer->is_date               ? "date"
             : answer->is_duration           ? "days"
             : answer->unit.index == 0       ? "number"
                                             : quid__json_copy(json, unit));
    set_forecast_answer(json, item, answer);
}

// The probabilities of a move's options at its next date.
static void set_choice(Json *json, cJSON *item, const QuidAsk *ask)
{
    const QuidAnswerTables *answers = json->brief.answers;
    const QuidMove *move = &json->brief.model->moves[ask->move.index];
    const QuidMoveEpoch *epoch = quid__move_next(&json->brief, ask->move.index);
    cJSON *answer = epoch == NULL ? NULL : quid__json_object(json, item, "answer");
    if (epoch == NULL)
        quid__json_set(json, item, "answer", cJSON_CreateNull());
    for (uint32_t o = 0; answer != NULL && o < move->option_count; o++)
        quid__json_number(
            json, answer,
            quid__json_copy(json, json->brief.model->options[move->option_first + o].id),
            answers->probabilities[epoch->probability_first + o]);
    set_word(json, item, "unit", "probability");
    quid__json_number(json, item, "standard_error", 0);
    quid__json_date(json, item, "date", epoch == NULL ? QUID_NO_DATE : epoch->date);
}

static void set_break_even(Json *json, cJSON *item, const QuidAsk *ask)
{
    const QuidAnswerTables *answers = json->brief.answers;
    cJSON *crossings = quid__json_array(json, item, "crossings");
    double first = (double)NAN;
    for (uint32_t i = 0; crossings != NULL && i < answers->break_even_count; i++) {
        const QuidBreakEven *row = &answers->break_evens[i];
        if (row->move != ask->move.index || row->event != ask->event.index ||
            row->outcome != ask->outcome)
            continue;
        first = isnan(first) && !row->is_decided ? row->at : first;
        quid__json_break_even(json, quid__json_append(json, crossings), row);
    }
    quid__json_number(json, item, "answer", first);
    set_word(json, item, "unit", "probability");
    quid__json_number(json, item, "standard_error", 0);
}

static void set_open(Json *json, cJSON *item)
{
    quid__json_set(json, item, "answer", cJSON_CreateNull());
    quid__json_set(json, item, "unit", cJSON_CreateNull());
    quid__json_set(json, item, "standard_error", cJSON_CreateNull());
}

void quid__json_asks(Json *json, cJSON *object, uint32_t only)
{
    static const char *const kinds[] = {"chance", "when", "value", "choice", "break even"};
    cJSON *asks = quid__json_array(json, object, "asks");
    for (uint32_t i = 0; !json->has_failed && i < json->brief.model->ask_count; i++) {
        if (only != QUID_ALL_ASKS && only != i)
            continue;
        const QuidAsk *ask = &json->brief.model->asks[i];
        const bool is_game = ask->kind == QUID_ASK_CHOICE || ask->kind == QUID_ASK_BREAK_EVEN;
        cJSON *item = quid__json_append(json, asks);
        quid__json_text(json, item, "question", ask->question);
        set_word(json, item, "kind", kinds[ask->kind]);
        if (is_game ? json->brief.answers == NULL : json->brief.forecast == NULL)
            set_open(json, item);
        else if (ask->kind == QUID_ASK_CHOICE)
            set_choice(json, item, ask);
        else if (ask->kind == QUID_ASK_BREAK_EVEN)
            set_break_even(json, item, ask);
        else
            set_answer(json, item, &json->brief.forecast->asks[i]);
    }
}

// ---- The tornado ------------------------------------------------------------

static void set_end(Json *json, cJSON *item, const char *key, uint32_t ask, double input,
                    double answer)
{
    cJSON *end = quid__json_object(json, item, key);
    quid__json_number(json, end, "input", input);
    if (quid__ask_is_date(&json->brief, ask))
        set_day(json, end, "answer", isnan(answer) ? QUID_NEVER : answer);
    else
        quid__json_number(json, end, "answer", answer);
}

void quid__json_shares(Json *json, cJSON *object)
{
    const QuidForecastTables *forecast = json->brief.forecast;
    cJSON *array = quid__json_array(json, object, "variance_shares");
    for (uint32_t i = 0; forecast != NULL && array != NULL && i < forecast->share_count; i++) {
        const QuidVarianceShare *share = &forecast->shares[i];
        cJSON *item = quid__json_append(json, array);
        quid__json_text(json, item, "ask", json->brief.model->asks[share->ask].question);
        quid__json_text(json, item, "variable", share->variable);
        quid__json_number(json, item, "share", share->share.value);
        quid__json_number(json, item, "standard_error", share->share.error);
    }
}

void quid__json_tornado(Json *json, cJSON *object, uint32_t only)
{
    static const char *const kinds[] = {"chance", "belief", "quantity"};
    if (json->sensitivity == NULL) {
        quid__json_set(json, object, "sensitivity", cJSON_CreateNull());
        return;
    }
    const QuidSensitivityTables *tables = quid_sensitivity_tables(json->sensitivity);
    cJSON *array = quid__json_array(json, object, "sensitivity");
    for (uint32_t i = 0; !json->has_failed && i < tables->row_count; i++) {
        const QuidSensitivityRow *row = &tables->rows[i];
        if (only != QUID_ALL_ASKS && only != row->ask)
            continue;
        const QuidInput *input = &tables->inputs[row->input];
        const uint32_t option = json->brief.likeliest == NULL ? 0 : json->brief.likeliest[row->ask];
        cJSON *item = quid__json_append(json, array);
        quid__json_text(json, item, "ask", json->brief.model->asks[row->ask].question);
        quid__json_optional(json, item, "of", quid__brief_followed(&json->brief, row->ask, option));
        quid__json_text(json, item, "input", input->label);
        set_word(json, item, "kind", kinds[input->kind]);
        quid__json_number(json, item, "line",
                          quid_context_place(json->brief.page.context, input->origin.span).line);
        quid__json_bool(json, item, "assumed_range", input->is_assumed);
        set_end(json, item, "base", row->ask, input->middle, tables->base[row->ask]);
        set_end(json, item, "low", row->ask, input->low, row->low);
        set_end(json, item, "high", row->ask, input->high, row->high);
    }
}
