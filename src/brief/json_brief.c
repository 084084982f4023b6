// `brief` and `check` as JSON.
#include "json.h"

static void set_supply_over_time(Json *json, cJSON *item, uint32_t index)
{
    const QuidOutlookTables *outlook = json->brief.outlook;
    cJSON *by = quid__json_array(json, item, "by");
    if (outlook == NULL || outlook->supplies == NULL)
        return;
    const QuidSupply *supply = &json->brief.model->supplys[index];
    const uint32_t count = supply->supplier_count;
    for (uint32_t d = 0; by != NULL && d < outlook->supply_date_count; d++) {
        const QuidEstimated *row = outlook->supplies[index].shares + (size_t)d * (count + 1);
        cJSON *point = quid__json_append(json, by);
        quid__json_date(json, point, "date", outlook->supply_dates[d]);
        quid__json_number(json, point, "hhi", row[count].value);
        quid__json_number(json, point, "hhi_standard_error", row[count].error);
        cJSON *shares = quid__json_array(json, point, "shares");
        for (uint32_t s = 0; shares != NULL && s < count; s++) {
            cJSON *share = quid__json_append(json, shares);
            quid__json_text(json, share, "supplier",
                            json->brief.model->suppliers[supply->supplier_first + s].id);
            quid__json_number(json, share, "share", row[s].value);
            quid__json_number(json, share, "standard_error", row[s].error);
        }
    }
}

static void set_supply(Json *json, cJSON *object)
{
    const QuidDealTables *model = json->brief.model;
    cJSON *array = quid__json_array(json, object, "supply");
    for (uint32_t i = 1; !json->has_failed && i < model->supply_count; i++) {
        const QuidSupply *supply = &model->supplys[i];
        SupplyShare *shares = quid__arena_push(
            &json->brief.page.arena, ((size_t)supply->supplier_count + 1) * sizeof(SupplyShare));
        cJSON *item = quid__json_append(json, array);
        quid__json_text(json, item, "id", supply->id);
        quid__json_text(json, item, "to", model->partys[supply->to.index].id);
        quid__json_text(json, item, "unit", quid__json_unit(json, supply->unit));
        for (uint32_t view = 0; shares != NULL && view < 2; view++) {
            double hhi = 0;
            const bool is_known = quid__brief_supply(&json->brief, supply, view == 1, shares, &hhi);
            cJSON *side = quid__json_object(json, item, view == 0 ? "now" : "after");
            if (is_known)
                quid__json_number(json, side, "hhi", hhi);
            else
                quid__json_set(json, side, "hhi", cJSON_CreateNull());
            cJSON *list = quid__json_array(json, side, "shares");
            for (uint32_t s = 0; is_known && list != NULL && s < supply->supplier_count; s++) {
                cJSON *share = quid__json_append(json, list);
                quid__json_text(json, share, "supplier",
                                model->suppliers[supply->supplier_first + s].id);
                quid__json_number(json, share, "share", shares[s].share);
                quid__json_number(json, share, "low", shares[s].low);
                quid__json_number(json, share, "high", shares[s].high);
            }
        }
        set_supply_over_time(json, item, i);
    }
}

static void set_sources(Json *json, cJSON *object)
{
    const QuidDealTables *model = json->brief.model;
    cJSON *array = quid__json_array(json, object, "sources");
    for (uint32_t number = 1; !json->has_failed && number < model->source_count; number++) {
        for (uint32_t i = 1; i < model->source_count; i++) {
            const QuidSource *source = &model->sources[i];
            if (source->number != number)
                continue;
            cJSON *item = quid__json_append(json, array);
            quid__json_number(json, item, "number", number);
            quid__json_text(json, item, "id", source->id);
            quid__json_text(json, item, "title", source->title);
            quid__json_optional(json, item, "by", source->publisher);
            quid__json_optional(json, item, "url", source->url);
            quid__json_date(json, item, "published", source->published.first);
            if (source->trust >= 0)
                quid__json_number(json, item, "trust", source->trust);
            else
                quid__json_set(json, item, "trust", cJSON_CreateNull());
        }
    }
}

static void set_conversions(Json *json, cJSON *object)
{
    const QuidLedgerTables *ledger = json->brief.ledger;
    cJSON *array = quid__json_array(json, object, "conversions");
    for (uint32_t i = 0; !json->has_failed && i < ledger->conversion_count; i++) {
        const QuidConversion *conversion = &ledger->conversions[i];
        cJSON *item = quid__json_append(json, array);
        quid__json_text(json, item, "from", quid__json_unit(json, conversion->from));
        quid__json_text(json, item, "to", quid__json_unit(json, conversion->to));
        quid__json_number(json, item, "rate", conversion->rate);
        quid__json_date(
            json, item, "date",
            json->brief.model->facts[ledger->conversion_facts[conversion->fact_first]].date);
    }
}

void quid__json_begin(Json *json, QuidContext *context, const QuidLedger *ledger,
                      const QuidDeal *deal, const QuidBriefOptions *options)
{
    *json = (Json){.sensitivity = options->sensitivity};
    quid__brief_begin(&json->brief, context, ledger, deal, options);
}

void quid__json_whole(Json *json, cJSON *object)
{
    quid__json_date(json, object, "as_of", json->brief.ledger->as_of);
    quid__json_text(json, object, "title", json->brief.model->title);
    quid__json_settings(json, object);
    quid__json_asks(json, object, QUID_ALL_ASKS);
    quid__json_status(json, quid__json_object(json, object, "status"));
    if (json->brief.answers != NULL)
        quid__json_solution(json, quid__json_object(json, object, "solution"), false);
    else
        quid__json_set(json, object, "solution", cJSON_CreateNull());
    if (json->brief.forecast != NULL)
        quid__json_forecast(json, quid__json_object(json, object, "forecast"));
    else
        quid__json_set(json, object, "forecast", cJSON_CreateNull());
    quid__json_tornado(json, object, QUID_ALL_ASKS);
    set_supply(json, object);
    set_sources(json, object);
    set_conversions(json, object);
}

QuidStatus quid__brief_json(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                            const QuidBriefOptions *options, bool is_whole, QuidOutput output)
{
    Json json;
    quid__json_begin(&json, context, ledger, deal, options);
    cJSON *document = quid__json_open(&json);
    if (is_whole) {
        quid__json_whole(&json, document);
    } else {
        quid__json_date(&json, document, "as_of", json.brief.ledger->as_of);
        quid__json_status(&json, document);
    }
    return quid__json_print(&json, document, output);
}

QuidStatus quid__forecast_json(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                               const QuidBriefOptions *options, QuidOutput output)
{
    Json json;
    quid__json_begin(&json, context, ledger, deal, options);
    cJSON *document = quid__json_open(&json);
    quid__json_date(&json, document, "as_of", json.brief.ledger->as_of);
    quid__json_settings(&json, document);
    quid__json_asks(&json, document, QUID_ALL_ASKS);
    if (json.brief.forecast != NULL)
        quid__json_forecast(&json, document);
    return quid__json_print(&json, document, output);
}

QuidStatus quid__what_if_json(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                              const QuidBriefOptions *options, const QuidBriefCase *cases,
                              uint32_t count, QuidOutput output)
{
    Json json;
    quid__json_begin(&json, context, ledger, deal, options);
    cJSON *document = quid__json_open(&json);
    quid__json_date(&json, document, "as_of", json.brief.ledger->as_of);
    quid__json_what_if(&json, document, options->outlook, cases, count);
    return quid__json_print(&json, document, output);
}

QuidStatus quid__backtest_json(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                               const QuidBacktest *backtest, const QuidBriefOptions *options,
                               QuidOutput output)
{
    Json json;
    quid__json_begin(&json, context, ledger, deal, options);
    cJSON *document = quid__json_open(&json);
    quid__json_date(&json, document, "as_of", json.brief.ledger->as_of);
    quid__json_track_record(&json, document, backtest);
    return quid__json_print(&json, document, output);
}

QuidStatus quid__sensitivity_json(QuidContext *context, const QuidLedger *ledger,
                                  const QuidDeal *deal, const QuidBriefOptions *options,
                                  QuidOutput output)
{
    Json json;
    quid__json_begin(&json, context, ledger, deal, options);
    cJSON *document = quid__json_open(&json);
    quid__json_date(&json, document, "as_of", json.brief.ledger->as_of);
    quid__json_settings(&json, document);
    quid__json_tornado(&json, document, QUID_ALL_ASKS);
    quid__json_shares(&json, document);
    return quid__json_print(&json, document, output);
}

QuidStatus quid__solution_json(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                               const QuidBriefOptions *options, QuidOutput output)
{
    Json json;
    quid__json_begin(&json, context, ledger, deal, options);
    cJSON *document = quid__json_open(&json);
    quid__json_date(&json, document, "as_of", json.brief.ledger->as_of);
    quid__json_settings(&json, document);
    quid__json_solution(&json, document, options->has_strategy);
    return quid__json_print(&json, document, output);
}

// ---- check

static void set_place(Json *json, cJSON *item, QuidContext *context, QuidSpan span)
{
    const QuidPlace place = quid_context_place(context, span);
    quid__json_optional(json, item, "file",
                        span.file.index == 0 ? (QuidString){"", 0}
                                             : quid_context_path(context, span.file));
    quid__json_number(json, item, "line", place.line);
    quid__json_number(json, item, "column", place.column);
    quid__json_number(json, item, "length", place.length);
}

QuidStatus quid_brief_diagnostics(QuidContext *context, QuidOutput output)
{
    static const char *const severities[] = {"note", "warning", "error"};
    Json json = {.has_failed = false};
    json.brief.page.context = context;
    quid__arena_init(&json.brief.page.arena, context);
    const QuidDiagnosticList list = quid_context_diagnostics(context);
    cJSON *document = quid__json_open(&json);
    quid__json_set(&json, document, "as_of", cJSON_CreateNull());
    quid__json_bool(&json, document, "ok", list.error_count == 0);
    quid__json_number(&json, document, "dropped", list.dropped_count);
    cJSON *array = quid__json_array(&json, document, "diagnostics");
    for (uint32_t i = 0; !json.has_failed && i < list.count; i++) {
        const QuidDiagnostic *diagnostic = &list.items[i];
        cJSON *item = quid__json_append(&json, array);
        quid__json_set(&json, item, "severity",
                       cJSON_CreateString(severities[diagnostic->severity]));
        quid__json_set(&json, item, "code", cJSON_CreateString(quid_code_text(diagnostic->code)));
        quid__json_text(&json, item, "message", diagnostic->message);
        set_place(&json, item, context, diagnostic->span);
        quid__json_optional(&json, item, "hint", diagnostic->hint);
        quid__json_optional(&json, item, "fix", diagnostic->fix);
        cJSON *related = quid__json_array(&json, item, "related");
        for (uint32_t r = 0; related != NULL && r < diagnostic->related_count; r++) {
            const QuidRelated *place = &list.related[diagnostic->related_first + r];
            cJSON *other = quid__json_append(&json, related);
            set_place(&json, other, context, place->span);
            quid__json_text(&json, other, "message", place->message);
        }
    }
    return quid__json_print(&json, document, output);
}
