// The answers as JSON (docs/json.md), by cJSON. Exact money is text; a missing block of memory
// anywhere makes the whole document fail.
#include "brief_internal.h"

#include <cjson/cJSON.h>
#include <string.h>

typedef struct Json {
    Brief brief;
    bool has_failed;
} Json;

static cJSON *keep(Json *json, cJSON *item)
{
    json->has_failed = json->has_failed || item == NULL;
    return item;
}

static const char *terminated(Json *json, QuidString text)
{
    const QuidString copy = quid__arena_format(&json->brief.page.arena, "%.*s", QUID_PRINT(text));
    return copy.bytes;
}

static void set(Json *json, cJSON *object, const char *key, cJSON *item)
{
    if (keep(json, item) != NULL && (object == NULL || !cJSON_AddItemToObject(object, key, item))) {
        cJSON_Delete(item);
        json->has_failed = true;
    }
}

static void set_text(Json *json, cJSON *object, const char *key, QuidString text)
{
    set(json, object, key, cJSON_CreateString(terminated(json, text)));
}

static void set_optional(Json *json, cJSON *object, const char *key, QuidString text)
{
    set(json, object, key,
        text.size == 0 ? cJSON_CreateNull() : cJSON_CreateString(terminated(json, text)));
}

static void set_number(Json *json, cJSON *object, const char *key, double number)
{
    char text[32];
    (void)quid_double_text(number, text);
    set(json, object, key, cJSON_CreateRaw(text));
}

static void set_bool(Json *json, cJSON *object, const char *key, bool is_true)
{
    set(json, object, key, cJSON_CreateBool(is_true));
}

static void set_date(Json *json, cJSON *object, const char *key, QuidDate date)
{
    set_optional(json, object, key,
                 date == QUID_NO_DATE ? (QuidString){"", 0}
                                      : quid__page_date(&json->brief.page, date));
}

static void set_minor(Json *json, cJSON *object, const char *key, int64_t minor, QuidUnitId unit)
{
    char text[QUID_MINOR_TEXT_SIZE];
    (void)quid_minor_text(minor, json->brief.model->units[unit.index].digits, text);
    set(json, object, key, cJSON_CreateString(text));
}

static cJSON *add_array(Json *json, cJSON *object, const char *key)
{
    cJSON *array = cJSON_CreateArray();
    set(json, object, key, array);
    return json->has_failed ? NULL : array;
}

static cJSON *add_object(Json *json, cJSON *object, const char *key)
{
    cJSON *item = cJSON_CreateObject();
    set(json, object, key, item);
    return json->has_failed ? NULL : item;
}

static cJSON *append(Json *json, cJSON *array)
{
    cJSON *item = json->has_failed ? NULL : keep(json, cJSON_CreateObject());
    if (item != NULL && !cJSON_AddItemToArray(array, item)) {
        cJSON_Delete(item);
        json->has_failed = true;
        return NULL;
    }
    return item;
}

// ---- status -----------------------------------------------------------------

static QuidString unit_name(const Json *json, QuidUnitId unit)
{
    return json->brief.model->units[unit.index].name;
}

static void set_stages(Json *json, cJSON *object, const char *key, const QuidStages *stages,
                       QuidUnitId unit)
{
    cJSON *item = add_object(json, object, key);
    for (uint32_t stage = 0; item != NULL && stage < QUID_STAGE_COUNT; stage++) {
        const char *word = quid_stage_word((QuidStage)stage);
        if (unit.index == 0)
            set(json, item, word, cJSON_CreateNull());
        else
            set_minor(json, item, word, stages->minor[stage], unit);
    }
}

static void set_due(Json *json, cJSON *object, const QuidDeadline *deadline)
{
    if (deadline->original == QUID_NO_DATE) {
        set(json, object, "due", cJSON_CreateNull());
        return;
    }
    cJSON *due = add_object(json, object, "due");
    set_date(json, due, "original", deadline->original);
    set_date(json, due, "current", deadline->current);
    set_number(json, due, "extensions", deadline->extension_count);
    set_number(json, due, "days_slipped", deadline->days_slipped);
    set_bool(json, due, "past_due", deadline->is_past_due);
    set_date(json, due, "met", deadline->met);
}

static void set_pledge(Json *json, cJSON *item, uint32_t index)
{
    const QuidDealTables *model = json->brief.model;
    const QuidPledge *pledge = &model->pledges[index];
    const QuidPledgeBalance *balance = &json->brief.ledger->pledges[index];
    set_text(json, item, "id", pledge->id);
    set_text(json, item, "label", pledge->label);
    set_text(json, item, "from", model->partys[pledge->from.index].id);
    set_text(json, item, "to", model->partys[pledge->to.index].id);
    set_optional(json, item, "in",
                 pledge->parent.index == 0 ? (QuidString){"", 0}
                                           : model->pledges[pledge->parent.index].id);
    set_optional(json, item, "currency",
                 pledge->unit.index == 0 ? (QuidString){"", 0} : unit_name(json, pledge->unit));
    set_stages(json, item, "stages", &balance->own, pledge->unit);
    set_stages(json, item, "with_parts", &balance->with_parts, pledge->unit);
    set_bool(json, item, "with_parts_complete", !balance->is_rate_missing);
    if (pledge->unit.index == 0)
        set(json, item, "unallocated", cJSON_CreateNull());
    else
        set_minor(json, item, "unallocated", balance->unallocated, pledge->unit);
    const char *stage = quid_stage_word(balance->stage);
    set(json, item, "stage", balance->has_stage ? cJSON_CreateString(stage) : cJSON_CreateNull());
    cJSON *links = add_array(json, item, "for");
    for (uint32_t i = 0; links != NULL && i < pledge->in_return_count; i++) {
        const QuidPledgeId link = model->pledge_links[pledge->in_return_first + i];
        cJSON *name =
            keep(json, cJSON_CreateString(terminated(json, model->pledges[link.index].id)));
        if (name != NULL)
            (void)cJSON_AddItemToArray(links, name);
    }
    set_due(json, item, &balance->deadline);
}

static void set_balance(Json *json, cJSON *object)
{
    const QuidLedgerTables *ledger = json->brief.ledger;
    const QuidDealTables *model = json->brief.model;
    cJSON *balance = add_array(json, object, "balance");
    cJSON *sides[2] = {NULL, NULL};
    for (uint32_t i = 0; !json->has_failed && i < ledger->exchange_count; i++) {
        const QuidExchange *row = &ledger->exchanges[i];
        if (i == 0 || row[-1].party.index != row->party.index) {
            cJSON *party = append(json, balance);
            set_text(json, party, "party", model->partys[row->party.index].id);
            sides[0] = add_array(json, party, "gave");
            sides[1] = add_array(json, party, "got");
        }
        cJSON *item = append(json, sides[row->is_gave ? 0 : 1]);
        set_text(json, item, "pledge", model->pledges[row->pledge.index].id);
        set_text(json, item, "stage",
                 (QuidString){quid_stage_word(row->stage),
                              (uint32_t)strlen(quid_stage_word(row->stage))});
        if (row->has_amount)
            set_minor(json, item, "amount", row->amount, row->unit);
        else
            set(json, item, "amount", cJSON_CreateNull());
        set_optional(json, item, "currency",
                     row->has_amount ? unit_name(json, row->unit) : (QuidString){"", 0});
    }
}

static void set_said(Json *json, cJSON *object, const char *key, uint32_t fact)
{
    const QuidFact *said = &json->brief.model->facts[fact];
    cJSON *item = add_object(json, object, key);
    set_date(json, item, "date", said->date);
    set_text(json, item, "text", quid_deal_fact_text(json->brief.deal, said));
    set_optional(json, item, "source",
                 said->source == 0 ? (QuidString){"", 0}
                                   : json->brief.model->sources[said->source].id);
}

static QuidString thing_id(const Json *json, QuidThing thing)
{
    const QuidDealTables *model = json->brief.model;
    switch (thing.kind) {
    case QUID_THING_PARTY:
        return model->partys[thing.index].id;
    case QUID_THING_PLEDGE:
        return model->pledges[thing.index].id;
    case QUID_THING_EVENT:
        return model->events[thing.index].id;
    case QUID_THING_LET:
        return model->lets[thing.index].id;
    case QUID_THING_MOVE:
        return model->moves[thing.index].id;
    case QUID_THING_MILESTONE:
        return model->milestones[thing.index].id;
    case QUID_THING_SUPPLY:
        return model->supplys[thing.index].id;
    case QUID_THING_NONE:
        break;
    }
    return (QuidString){"", 0};
}

static void set_statements(Json *json, cJSON *object)
{
    const QuidLedgerTables *ledger = json->brief.ledger;
    cJSON *array = add_array(json, object, "statements");
    for (uint32_t i = 0; !json->has_failed && i < ledger->pair_count; i++) {
        const QuidStatementPair *pair = &ledger->pairs[i];
        cJSON *item = append(json, array);
        set_text(json, item, "party", json->brief.model->partys[pair->party.index].id);
        set_optional(json, item, "about", thing_id(json, pair->about));
        set_said(json, item, "public", pair->public_fact);
        set_said(json, item, "private", pair->private_fact);
    }
}

static void set_status(Json *json, cJSON *object)
{
    const QuidDealTables *model = json->brief.model;
    const QuidLedgerTables *ledger = json->brief.ledger;
    cJSON *pledges = add_array(json, object, "pledges");
    for (uint32_t i = 1; !json->has_failed && i < model->pledge_count; i++)
        set_pledge(json, append(json, pledges), i);
    set_balance(json, object);
    set_statements(json, object);
    cJSON *milestones = add_array(json, object, "milestones");
    for (uint32_t i = 1; !json->has_failed && i < model->milestone_count; i++) {
        cJSON *item = append(json, milestones);
        set_text(json, item, "id", model->milestones[i].id);
        set_date(json, item, "reached", ledger->milestones[i].reached);
        set_due(json, item, &ledger->milestones[i].deadline);
    }
    cJSON *facts = add_object(json, object, "facts");
    set_number(json, facts, "seen", ledger->fact_seen_count);
    set_number(json, facts, "left_out", ledger->fact_later_count);
    set_number(json, facts, "left_out_by_trust", ledger->fact_weaker_count);
}

// ---- brief ------------------------------------------------------------------

static void set_asks(Json *json, cJSON *object)
{
    static const char *const kinds[] = {"chance", "when", "value", "choice", "break even"};
    cJSON *asks = add_array(json, object, "asks");
    for (uint32_t i = 0; !json->has_failed && i < json->brief.model->ask_count; i++) {
        cJSON *item = append(json, asks);
        set_text(json, item, "question", json->brief.model->asks[i].question);
        set(json, item, "kind", cJSON_CreateString(kinds[json->brief.model->asks[i].kind]));
        set(json, item, "answer", cJSON_CreateNull());
        set(json, item, "unit", cJSON_CreateNull());
        set(json, item, "standard_error", cJSON_CreateNull());
    }
}

static void set_supply(Json *json, cJSON *object)
{
    const QuidDealTables *model = json->brief.model;
    cJSON *array = add_array(json, object, "supply");
    for (uint32_t i = 1; !json->has_failed && i < model->supply_count; i++) {
        const QuidSupply *supply = &model->supplys[i];
        SupplyShare *shares = quid__arena_push(
            &json->brief.page.arena, ((size_t)supply->supplier_count + 1) * sizeof(SupplyShare));
        cJSON *item = append(json, array);
        set_text(json, item, "id", supply->id);
        set_text(json, item, "to", model->partys[supply->to.index].id);
        set_text(json, item, "unit", unit_name(json, supply->unit));
        for (uint32_t view = 0; shares != NULL && view < 2; view++) {
            double hhi = 0;
            const bool is_known = quid__brief_supply(&json->brief, supply, view == 1, shares, &hhi);
            cJSON *side = add_object(json, item, view == 0 ? "now" : "after");
            set(json, side, "hhi", NULL == side ? NULL : cJSON_CreateNumber(0));
            if (is_known && side != NULL)
                (void)cJSON_ReplaceItemInObject(side, "hhi", cJSON_CreateNumber(hhi));
            cJSON *list = add_array(json, side, "shares");
            for (uint32_t s = 0; is_known && list != NULL && s < supply->supplier_count; s++) {
                cJSON *share = append(json, list);
                set_text(json, share, "supplier", model->suppliers[supply->supplier_first + s].id);
                set_number(json, share, "share", shares[s].share);
                set_number(json, share, "low", shares[s].low);
                set_number(json, share, "high", shares[s].high);
            }
        }
    }
}

static void set_sources(Json *json, cJSON *object)
{
    const QuidDealTables *model = json->brief.model;
    cJSON *array = add_array(json, object, "sources");
    for (uint32_t number = 1; !json->has_failed && number < model->source_count; number++) {
        for (uint32_t i = 1; i < model->source_count; i++) {
            const QuidSource *source = &model->sources[i];
            if (source->number != number)
                continue;
            cJSON *item = append(json, array);
            set_number(json, item, "number", number);
            set_text(json, item, "id", source->id);
            set_text(json, item, "title", source->title);
            set_optional(json, item, "by", source->publisher);
            set_optional(json, item, "url", source->url);
            set_date(json, item, "published", source->published.first);
            if (source->trust >= 0)
                set_number(json, item, "trust", source->trust);
            else
                set(json, item, "trust", cJSON_CreateNull());
        }
    }
}

static void set_conversions(Json *json, cJSON *object)
{
    const QuidLedgerTables *ledger = json->brief.ledger;
    cJSON *array = add_array(json, object, "conversions");
    for (uint32_t i = 0; !json->has_failed && i < ledger->conversion_count; i++) {
        const QuidConversion *conversion = &ledger->conversions[i];
        cJSON *item = append(json, array);
        set_text(json, item, "from", unit_name(json, conversion->from));
        set_text(json, item, "to", unit_name(json, conversion->to));
        set_number(json, item, "rate", conversion->rate);
        set_date(json, item, "date",
                 json->brief.model->facts[ledger->conversion_facts[conversion->fact_first]].date);
    }
}

static cJSON *open_document(Json *json, QuidContext *context)
{
    cJSON *document = keep(json, cJSON_CreateObject());
    cJSON *quid = add_object(json, document, "quid");
    set(json, quid, "version", cJSON_CreateString(QUID_VERSION));
    const bool has_file = quid_context_file_count(context) > 1;
    set_optional(json, document, "file",
                 has_file ? quid_context_path(context, (QuidFileId){1}) : (QuidString){"", 0});
    return document;
}

static QuidStatus print_document(Json *json, cJSON *document, QuidOutput output)
{
    char *text =
        json->has_failed || json->brief.page.arena.has_failed ? NULL : cJSON_Print(document);
    cJSON_Delete(document);
    quid__arena_free(&json->brief.page.arena);
    if (text == NULL)
        return QUID_NO_MEMORY;
    const bool is_written =
        output.write(output.user, text, strlen(text)) && output.write(output.user, "\n", 1);
    cJSON_free(text);
    return is_written ? QUID_OK : QUID_IO;
}

QuidStatus quid__brief_json(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                            bool is_whole, QuidOutput output)
{
    Json json = {.brief = {.deal = deal,
                           .model = quid_deal_tables(deal),
                           .ledger = quid_ledger_tables(ledger)}};
    json.brief.page.context = context;
    quid__arena_init(&json.brief.page.arena, context);
    cJSON *document = open_document(&json, context);
    set_date(&json, document, "as_of", json.brief.ledger->as_of);
    if (is_whole) {
        set_text(&json, document, "title", json.brief.model->title);
        set_asks(&json, document);
        cJSON *status = add_object(&json, document, "status");
        set_status(&json, status);
        set(&json, document, "solution", cJSON_CreateNull());
        set(&json, document, "forecast", cJSON_CreateNull());
        set(&json, document, "sensitivity", cJSON_CreateNull());
        set_supply(&json, document);
        set_sources(&json, document);
        set_conversions(&json, document);
    } else {
        set_status(&json, document);
    }
    return print_document(&json, document, output);
}

// ---- check ------------------------------------------------------------------

static void set_place(Json *json, cJSON *item, QuidContext *context, QuidSpan span)
{
    const QuidPlace place = quid_context_place(context, span);
    set_optional(json, item, "file",
                 span.file.index == 0 ? (QuidString){"", 0}
                                      : quid_context_path(context, span.file));
    set_number(json, item, "line", place.line);
    set_number(json, item, "column", place.column);
    set_number(json, item, "length", place.length);
}

QuidStatus quid_brief_diagnostics(QuidContext *context, QuidOutput output)
{
    static const char *const severities[] = {"note", "warning", "error"};
    Json json = {.has_failed = false};
    json.brief.page.context = context;
    quid__arena_init(&json.brief.page.arena, context);
    const QuidDiagnosticList list = quid_context_diagnostics(context);
    cJSON *document = open_document(&json, context);
    set(&json, document, "as_of", cJSON_CreateNull());
    set_bool(&json, document, "ok", list.error_count == 0);
    set_number(&json, document, "dropped", list.dropped_count);
    cJSON *array = add_array(&json, document, "diagnostics");
    for (uint32_t i = 0; !json.has_failed && i < list.count; i++) {
        const QuidDiagnostic *diagnostic = &list.items[i];
        cJSON *item = append(&json, array);
        set(&json, item, "severity", cJSON_CreateString(severities[diagnostic->severity]));
        set(&json, item, "code", cJSON_CreateString(quid_code_text(diagnostic->code)));
        set_text(&json, item, "message", diagnostic->message);
        set_place(&json, item, context, diagnostic->span);
        set_optional(&json, item, "hint", diagnostic->hint);
        set_optional(&json, item, "fix", diagnostic->fix);
        cJSON *related = add_array(&json, item, "related");
        for (uint32_t r = 0; related != NULL && r < diagnostic->related_count; r++) {
            const QuidRelated *place = &list.related[diagnostic->related_first + r];
            cJSON *other = append(&json, related);
            set_place(&json, other, context, place->span);
            set_text(&json, other, "message", place->message);
        }
    }
    return print_document(&json, document, output);
}
