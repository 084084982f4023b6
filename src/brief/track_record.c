// The track record: how such forecasts would have done on what the record says came of them.
#include "cases.h"
#include "json.h"

#include <string.h>

static QuidArena *arena(Brief *brief)
{
    return &brief->page.arena;
}

static QuidString choice_id(const Brief *brief, const QuidPrediction *prediction)
{
    const uint32_t index = prediction->thing.index;
    if (prediction->kind == QUID_PREDICTION_OUTCOME)
        return brief->model
            ->outcomes[brief->model->events[index].outcome_first + prediction->choice]
            .id;
    return brief->model->options[brief->model->moves[index].option_first + prediction->choice].id;
}

// ---- As text ----------------------------------------------------------------

static QuidString score_text(Brief *brief, double score)
{
    const Scale scale = {.factor = 1, .multiplier = "", .digits = 3};
    return quid__brief_scaled(brief, score, scale, false);
}

static void add_score(Brief *brief, Table *table, const char *what, const QuidScore *score)
{
    if (score->count == 0)
        return;
    quid__table_cell(table, (QuidString){what, (uint32_t)strlen(what)});
    quid__table_cell(table, quid__arena_format(arena(brief), "%u", score->count));
    quid__table_cell(table, score_text(brief, score->brier));
    quid__table_cell(table, quid__arena_format(arena(brief), "%.*s =",
                                               QUID_PRINT(score_text(brief, score->log_score))));
}

static void put_scores(Brief *brief, const QuidBacktestTables *tables)
{
    Table table = quid__table_open(&brief->page, 4);
    table.is_right[1] = true;
    table.is_right[2] = true;
    quid__table_cell(&table, QUID_STRING("what was forecast"));
    quid__table_cell(&table, QUID_STRING("times"));
    quid__table_cell(&table, QUID_STRING("Brier"));
    quid__table_cell(&table, QUID_STRING("log score"));
    add_score(brief, &table, "deadlines met or missed", &tables->deadlines);
    add_score(brief, &table, "  baseline: the deadline will be met", &tables->deadlines_met);
    add_score(brief, &table, "  baseline: it slips again as before", &tables->deadlines_slip);
    add_score(brief, &table, "outcomes of events and secrets", &tables->outcomes);
    add_score(brief, &table, "moves", &tables->options);
    quid__table_print(&table, 2);
    if (tables->interval_count > 0)
        quid__page_paragraph(
            &brief->page, 2,
            quid__arena_format(
                arena(brief), "Of %u intervals meant to hold 9 in 10, %u held (%.*s). =",
                tables->interval_count, tables->covered_count,
                QUID_PRINT(quid__brief_percent(brief, (double)tables->covered_count /
                                                          (double)tables->interval_count))));
    quid__page_paragraph(&brief->page, 2,
                         QUID_STRING("Brier: 0 is right and sure, 0.25 for a deadline a coin's "
                                     "toss. Log score: 0 is right and sure; less is worse."));
}

static QuidString amount_text(Brief *brief, const QuidPrediction *prediction, double amount)
{
    if (prediction->kind == QUID_PREDICTION_DATE)
        return quid__brief_day(brief, amount);
    const QuidUnitId unit = brief->model->pledges[prediction->thing.index].unit;
    return quid__brief_figure(brief, (Figure){amount, 0, unit, false});
}

static QuidString prediction_text(Brief *brief, const QuidPrediction *prediction)
{
    switch (prediction->kind) {
    case QUID_PREDICTION_DEADLINE:
        return quid__arena_format(arena(brief), "%.*s by %.*s: %.*s; %s",
                                  QUID_PRINT(quid_deal_thing_id(brief->model, prediction->thing)),
                                  QUID_PRINT(quid__page_date(&brief->page, prediction->date)),
                                  QUID_PRINT(quid__brief_chance(brief, prediction->chance, 0)),
                                  prediction->is_true ? "met" : "missed");
    case QUID_PREDICTION_OUTCOME:
    case QUID_PREDICTION_OPTION:
        return quid__arena_format(arena(brief), "%.*s came to %.*s: had %.*s",
                                  QUID_PRINT(quid_deal_thing_id(brief->model, prediction->thing)),
                                  QUID_PRINT(choice_id(brief, prediction)),
                                  QUID_PRINT(quid__brief_chance(brief, prediction->chance, 0)));
    case QUID_PREDICTION_DATE:
    case QUID_PREDICTION_AMOUNT:
        return quid__arena_format(arena(brief), "%.*s %s: %.*s to %.*s; %.*s came, %s",
                                  QUID_PRINT(quid_deal_thing_id(brief->model, prediction->thing)),
                                  prediction->kind == QUID_PREDICTION_DATE
                                      ? "reached"
                                      : quid_stage_word((QuidStage)prediction->choice),
                                  QUID_PRINT(amount_text(brief, prediction, prediction->low)),
                                  QUID_PRINT(amount_text(brief, prediction, prediction->high)),
                                  QUID_PRINT(amount_text(brief, prediction, prediction->actual)),
                                  prediction->actual >= prediction->low &&
                                          prediction->actual <= prediction->high
                                      ? "inside"
                                      : "outside");
    }
    return QUID_STRING("");
}

static void put_predictions(Brief *brief, const QuidBacktestTables *tables)
{
    quid__page_heading(&brief->page, "Forecast by forecast");
    Table table = quid__table_open(&brief->page, 2);
    for (uint32_t i = 0; i < tables->prediction_count; i++) {
        const QuidPrediction *prediction = &tables->predictions[i];
        const bool is_new = i == 0 || prediction[-1].as_of != prediction->as_of;
        quid__table_cell(&table, is_new ? quid__page_date(&brief->page, prediction->as_of)
                                        : QUID_STRING(""));
        quid__table_cell(&table, prediction_text(brief, prediction));
    }
    quid__table_print(&table, 2);
}

void quid__brief_track_record(Brief *brief, const QuidBacktest *backtest)
{
    const QuidBacktestTables *tables = quid_backtest_tables(backtest);
    quid__page_heading(&brief->page, "The track record");
    quid__page_paragraph(
        &brief->page, 2,
        quid__arena_format(arena(brief),
                           "%u days on which something became known; on each the deal was forecast "
                           "from what was known then, %u forecasts were resolved later. =",
                           tables->date_count, tables->prediction_count));
    if (tables->prediction_count == 0)
        return;
    put_scores(brief, tables);
    put_predictions(brief, tables);
}

// ---- As JSON ----------------------------------------------------------------

static void set_score(Json *json, cJSON *object, const char *key, const QuidScore *score)
{
    cJSON *item = quid__json_object(json, object, key);
    quid__json_number(json, item, "count", score->count);
    quid__json_number(json, item, "brier", score->count > 0 ? score->brier : (double)NAN);
    quid__json_number(json, item, "log_score", score->count > 0 ? score->log_score : (double)NAN);
}

static void set_ends(Json *json, cJSON *item, const QuidPrediction *prediction)
{
    const double values[] = {prediction->low, prediction->high, prediction->actual};
    static const char *const keys[] = {"low", "high", "actual"};
    for (uint32_t i = 0; i < 3; i++) {
        if (prediction->kind == QUID_PREDICTION_DATE)
            quid__json_date(json, item, keys[i],
                            values[i] < QUID_DATE_MAX ? (QuidDate)floor(values[i]) : QUID_NO_DATE);
        else
            quid__json_number(json, item, keys[i], values[i]);
    }
}

static void set_prediction(Json *json, cJSON *item, const QuidPrediction *prediction)
{
    static const char *const kinds[] = {"deadline", "outcome", "option", "date", "amount"};
    const char *kind = kinds[prediction->kind];
    quid__json_date(json, item, "as_of", prediction->as_of);
    quid__json_text(json, item, "kind", (QuidString){kind, (uint32_t)strlen(kind)});
    quid__json_text(json, item, "about", quid_deal_thing_id(json->brief.model, prediction->thing));
    switch (prediction->kind) {
    case QUID_PREDICTION_DEADLINE:
        quid__json_date(json, item, "due", prediction->date);
        quid__json_number(json, item, "chance", prediction->chance);
        quid__json_bool(json, item, "met", prediction->is_true);
        quid__json_number(json, item, "brier", prediction->brier);
        break;
    case QUID_PREDICTION_OUTCOME:
    case QUID_PREDICTION_OPTION:
        quid__json_text(json, item, "came", choice_id(&json->brief, prediction));
        quid__json_number(json, item, "chance", prediction->chance);
        quid__json_number(json, item, "brier", prediction->brier);
        break;
    case QUID_PREDICTION_AMOUNT:
        quid__json_set(json, item, "stage",
                       cJSON_CreateString(quid_stage_word((QuidStage)prediction->choice)));
        set_ends(json, item, prediction);
        break;
    case QUID_PREDICTION_DATE:
        set_ends(json, item, prediction);
        break;
    }
}

void quid__json_track_record(Json *json, cJSON *object, const QuidBacktest *backtest)
{
    const QuidBacktestTables *tables = quid_backtest_tables(backtest);
    cJSON *scores = quid__json_object(json, object, "scores");
    set_score(json, scores, "deadlines", &tables->deadlines);
    set_score(json, scores, "baseline_met", &tables->deadlines_met);
    set_score(json, scores, "baseline_slips", &tables->deadlines_slip);
    set_score(json, scores, "outcomes", &tables->outcomes);
    set_score(json, scores, "options", &tables->options);
    cJSON *intervals = quid__json_object(json, object, "intervals");
    quid__json_number(json, intervals, "count", tables->interval_count);
    quid__json_number(json, intervals, "covered", tables->covered_count);
    cJSON *array = quid__json_array(json, object, "predictions");
    for (uint32_t i = 0; !json->has_failed && i < tables->prediction_count; i++)
        set_prediction(json, quid__json_append(json, array), &tables->predictions[i]);
}
