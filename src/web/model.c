// The model as JSON: things with their places, inputs with their ranges, facts with their sources.
#include "model.h"

#include "quid/forecast.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Model {
    QuidContext *context;
    const QuidDeal *deal;
    const QuidDealTables *tables;
    bool has_failed; // an item could not be made: everything after goes on harmlessly
} Model;

// ---- Items

static void set(Model *model, cJSON *object, const char *key, cJSON *item)
{
    if (item != NULL && object != NULL && cJSON_AddItemToObject(object, key, item))
        return;
    cJSON_Delete(item);
    model->has_failed = true;
}

static cJSON *array(Model *model, cJSON *object, const char *key)
{
    cJSON *item = cJSON_CreateArray();
    set(model, object, key, item);
    return model->has_failed ? NULL : item;
}

static cJSON *append(Model *model, cJSON *list)
{
    cJSON *item = model->has_failed ? NULL : cJSON_CreateObject();
    if (item != NULL && cJSON_AddItemToArray(list, item))
        return item;
    cJSON_Delete(item);
    model->has_failed = true;
    return NULL;
}

// NULL for an empty text.
static cJSON *text_item(Model *model, QuidString text)
{
    if (text.size == 0)
        return cJSON_CreateNull();
    char *copy = malloc((size_t)text.size + 1);
    if (copy == NULL) {
        model->has_failed = true;
        return NULL;
    }
    memcpy(copy, text.bytes, text.size);
    copy[text.size] = '\0';
    cJSON *item = cJSON_CreateString(copy);
    free(copy);
    return item;
}

static void set_text(Model *model, cJSON *object, const char *key, QuidString text)
{
    set(model, object, key, text_item(model, text));
}

static void push_text(Model *model, cJSON *list, QuidString text)
{
    cJSON *item = text_item(model, text);
    if (item != NULL && list != NULL && cJSON_AddItemToArray(list, item))
        return;
    cJSON_Delete(item);
    model->has_failed = true;
}

static void set_number(Model *model, cJSON *object, const char *key, double number)
{
    char text[32];
    if (!isfinite(number)) {
        set(model, object, key, cJSON_CreateNull());
        return;
    }
    (void)quid_double_text(number, text);
    set(model, object, key, cJSON_CreateRaw(text));
}

static cJSON *date_item(QuidDate date)
{
    char text[11];
    if (date == QUID_NO_DATE)
        return cJSON_CreateNull();
    quid_date_text(date, text);
    return cJSON_CreateString(text);
}

static void set_date(Model *model, cJSON *object, const char *key, QuidDate date)
{
    set(model, object, key, date_item(date));
}

// File (its number in `files`) and line.
static void set_place(Model *model, cJSON *object, QuidSpan span)
{
    set_number(model, object, "file", (double)span.file.index - 1);
    set_number(model, object, "line", quid_context_place(model->context, span).line);
}

static void set_source(Model *model, cJSON *object, QuidSourceId source)
{
    set_text(model, object, "source", model->tables->sources[source.index].id);
}

static void set_origin(Model *model, cJSON *object, QuidOrigin origin)
{
    set_place(model, object, origin.span);
    set_source(model, object, origin.source);
}

static QuidString bytes_of(const Model *model, QuidSpan span)
{
    if (span.file.index == 0)
        return (QuidString){"", 0};
    return (QuidString){quid_context_bytes(model->context, span.file).bytes + span.offset,
                        span.size};
}

// ---- Things

static cJSON *add_thing(Model *model, cJSON *things, const char *kind, QuidString id,
                        QuidString label, QuidOrigin origin)
{
    cJSON *item = append(model, things);
    set(model, item, "kind", cJSON_CreateString(kind));
    set_text(model, item, "id", id);
    set_text(model, item, "label", label);
    set_origin(model, item, origin);
    return item;
}

static void add_events(Model *model, cJSON *things)
{
    const QuidDealTables *tables = model->tables;
    for (uint32_t i = 1; !model->has_failed && i < tables->event_count; i++) {
        const QuidEvent *event = &tables->events[i];
        cJSON *item = add_thing(model, things, event->is_secret ? "secret" : "event", event->id,
                                event->label, event->origin);
        set_text(model, item, "owner", tables->partys[event->owner.index].id);
        cJSON *outcomes = array(model, item, "options");
        for (uint32_t o = 0; o < event->outcome_count; o++)
            push_text(model, outcomes, tables->outcomes[event->outcome_first + o].id);
        const bool has_window =
            event->when_kind == QUID_WHEN_ON || event->when_kind == QUID_WHEN_BETWEEN;
        set_date(model, item, "from", has_window ? event->window.first : QUID_NO_DATE);
        set_date(model, item, "to", has_window ? event->window.last : QUID_NO_DATE);
    }
}

static void add_moves(Model *model, cJSON *things)
{
    const QuidDealTables *tables = model->tables;
    for (uint32_t i = 1; !model->has_failed && i < tables->move_count; i++) {
        const QuidMove *move = &tables->moves[i];
        cJSON *item = add_thing(model, things, "move", move->id, move->label, move->origin);
        set_text(model, item, "owner", tables->partys[move->party.index].id);
        cJSON *options = array(model, item, "options");
        for (uint32_t o = 0; o < move->option_count; o++)
            push_text(model, options, tables->options[move->option_first + o].id);
        cJSON *dates = array(model, item, "dates");
        for (uint32_t d = 0; dates != NULL && d < move->date_count; d++)
            model->has_failed =
                !cJSON_AddItemToArray(dates, date_item(tables->move_dates[move->date_first + d])) ||
                model->has_failed;
    }
}

static void add_things(Model *model, cJSON *document)
{
    const QuidDealTables *tables = model->tables;
    cJSON *things = array(model, document, "things");
#define X(kind, word)                                                                              \
    for (uint32_t i = 1; !model->has_failed && i < tables->kind##_count; i++)                      \
        (void)add_thing(model, things, word, tables->kind##s[i].id, tables->kind##s[i].label,      \
                        tables->kind##s[i].origin);
    X(party, "party")
    X(pledge, "pledge")
    X(let, "let")
    X(milestone, "milestone")
    X(supply, "supply")
#undef X
    add_events(model, things);
    add_moves(model, things);
}

// A share of a supply, or shares added up: shown in percent, as the text form does.
static bool is_share(const Model *model, QuidTermId id)
{
    const QuidTerm *term = &model->tables->terms[id.index];
    if (term->kind != QUID_TERM_ADD && term->kind != QUID_TERM_SUBTRACT)
        return term->kind == QUID_TERM_SHARE;
    const QuidTermId *children = model->tables->term_childs + term->child_first;
    return is_share(model, children[0]) && is_share(model, children[1]);
}

static void add_asks(Model *model, cJSON *document)
{
    cJSON *asks = array(model, document, "asks");
    for (uint32_t i = 0; !model->has_failed && i < model->tables->ask_count; i++) {
        const QuidAsk *ask = &model->tables->asks[i];
        cJSON *item = append(model, asks);
        set_text(model, item, "move", model->tables->moves[ask->move.index].id);
        set(model, item, "is_share", cJSON_CreateBool(is_share(model, ask->term)));
        set_origin(model, item, ask->origin);
    }
}

static void add_worths(Model *model, cJSON *document)
{
    const QuidDealTables *tables = model->tables;
    cJSON *worths = array(model, document, "worths");
    for (uint32_t i = 0; !model->has_failed && i < tables->worth_count; i++) {
        cJSON *item = append(model, worths);
        set_text(model, item, "party", tables->partys[tables->worths[i].party.index].id);
        set_text(model, item, "why", tables->worths[i].why);
        set_origin(model, item, tables->worths[i].origin);
    }
}

static void add_what_ifs(Model *model, cJSON *document)
{
    const QuidDealTables *tables = model->tables;
    cJSON *list = array(model, document, "what_ifs");
    for (uint32_t i = 0; !model->has_failed && i < tables->what_if_count; i++) {
        const QuidWhatIf *what_if = &tables->what_ifs[i];
        if (what_if->id.size == 0)
            continue; // the settings from outside
        cJSON *item = append(model, list);
        set_text(model, item, "id", what_if->id);
        set_text(model, item, "label", what_if->label);
        set_origin(model, item, what_if->origin);
        cJSON *settings = array(model, item, "settings");
        for (uint32_t s = 0; s < what_if->setting_count; s++)
            push_text(model, settings,
                      bytes_of(model, tables->settings[what_if->setting_first + s].origin.span));
    }
}

static void add_facts(Model *model, cJSON *document)
{
    const QuidDealTables *tables = model->tables;
    cJSON *facts = array(model, document, "facts");
    for (uint32_t i = 0; !model->has_failed && i < tables->fact_count; i++) {
        const QuidFact *fact = &tables->facts[i];
        const QuidThing subject = {(QuidThingKind)fact->subject_kind,
                                   fact->about != 0 ? fact->about : fact->subject};
        cJSON *item = append(model, facts);
        set_date(model, item, "date", fact->date);
        set_date(model, item, "known", fact->known);
        set(model, item, "verb", cJSON_CreateString(quid_verb_word((QuidVerb)fact->verb)));
        set_text(model, item, "about", quid_deal_thing_id(model->tables, subject));
        set_text(model, item, "text", quid_deal_fact_text(model->deal, fact));
        set_place(model, item, quid_deal_fact_span(model->deal, fact));
        set_source(model, item, (QuidSourceId){fact->source});
    }
}

// ---- Inputs

static QuidString unit_of(const Model *model, const QuidInput *input)
{
    const QuidType type = input->type;
    if (input->kind != QUID_INPUT_QUANTITY)
        return (QuidString){"chance", 6};
    if (type.kind == QUID_TYPE_DATE)
        return (QuidString){"date", 4};
    if (type.time_power == 1 && type.money_power == 0 && type.counted_power == 0)
        return type.is_business ? (QuidString){"business days", 13} : (QuidString){"days", 4};
    if (type.time_power == 0 && type.money_power == 1 && type.counted_power == 0)
        return model->tables->units[type.money.index].name;
    if (type.time_power == 0 && type.money_power == 0 && type.counted_power == 1)
        return model->tables->units[type.counted.index].name;
    return (QuidString){"number", 6};
}

// What `--set` calls it; empty where only the text can be changed.
static cJSON *setting_name(Model *model, const QuidInput *input)
{
    char name[2 * QUID_NAME_SIZE_MAX + 2];
    const QuidString id = quid_deal_thing_id(model->tables, input->owner);
    const QuidDealTables *tables = model->tables;
    if (input->kind == QUID_INPUT_CHANCE) {
        const QuidEvent *event = &tables->events[input->owner.index];
        const QuidString outcome = tables->outcomes[event->outcome_first + input->choice].id;
        if (tables->outcomes[event->outcome_first + input->choice].chance.index !=
            input->term.index)
            return cJSON_CreateNull();
        memcpy(name, id.bytes, id.size);
        name[id.size] = '.';
        memcpy(name + id.size + 1, outcome.bytes, outcome.size);
        return text_item(model, (QuidString){name, id.size + 1 + outcome.size});
    }
    const bool is_whole_let = input->owner.kind == QUID_THING_LET &&
                              tables->lets[input->owner.index].value.index == input->term.index;
    return is_whole_let ? text_item(model, id) : cJSON_CreateNull();
}

static void add_input(Model *model, cJSON *inputs, const QuidInput *input)
{
    static const char *const kinds[] = {"chance", "belief", "quantity"};
    const QuidSpan span = model->tables->terms[input->term.index].span;
    cJSON *item = append(model, inputs);
    set(model, item, "kind", cJSON_CreateString(kinds[input->kind]));
    set_text(model, item, "label", input->label);
    set_text(model, item, "owner", quid_deal_thing_id(model->tables, input->owner));
    set_text(model, item, "party", model->tables->partys[input->party.index].id);
    set_text(model, item, "unit", unit_of(model, input));
    set_number(model, item, "low", input->low);
    set_number(model, item, "middle", input->middle);
    set_number(model, item, "high", input->high);
    set(model, item, "is_assumed", cJSON_CreateBool(input->is_assumed));
    set(model, item, "changes_game", cJSON_CreateBool(input->changes_game));
    set(model, item, "set", setting_name(model, input));
    set_place(model, item, span);
    set_number(model, item, "offset", span.offset);
    set_number(model, item, "size", span.size);
    set_text(model, item, "written", bytes_of(model, span));
    set_source(model, item, input->origin.source);
}

static QuidStatus add_inputs(Model *model, cJSON *document)
{
    QuidSensitivity *sensitivity = NULL;
    const QuidStatus status = quid_sensitivity_list(model->context, model->deal, &sensitivity);
    if (status != QUID_OK)
        return status;
    const QuidSensitivityTables *tables = quid_sensitivity_tables(sensitivity);
    cJSON *inputs = array(model, document, "inputs");
    for (uint32_t i = 0; !model->has_failed && i < tables->input_count; i++)
        add_input(model, inputs, &tables->inputs[i]);
    quid_sensitivity_free(sensitivity);
    return QUID_OK;
}

// ---- The document

static void add_files(Model *model, cJSON *document)
{
    cJSON *files = array(model, document, "files");
    for (uint32_t i = 1; i < quid_context_file_count(model->context); i++)
        push_text(model, files, quid_context_path(model->context, (QuidFileId){i}));
}

static QuidStatus print(Model *model, cJSON *document, QuidOutput output)
{
    char *text = model->has_failed ? NULL : cJSON_PrintUnformatted(document);
    if (text == NULL)
        return QUID_NO_MEMORY;
    const bool is_written = output.write(output.user, text, strlen(text));
    cJSON_free(text);
    return is_written ? QUID_OK : QUID_IO;
}

QuidStatus quid_web_model(QuidContext *context, const QuidDeal *deal, const QuidLedger *ledger,
                          QuidOutput output)
{
    Model model = {.context = context, .deal = deal, .tables = quid_deal_tables(deal)};
    cJSON *document = cJSON_CreateObject();
    if (document == NULL)
        return QUID_NO_MEMORY;
    add_files(&model, document);
    set_text(&model, document, "title", model.tables->title);
    set_date(&model, document, "as_of", quid_ledger_tables(ledger)->as_of);
    set_date(&model, document, "first_date", model.tables->first_date);
    set_date(&model, document, "horizon", model.tables->horizon);
    add_things(&model, document);
    add_asks(&model, document);
    add_worths(&model, document);
    add_what_ifs(&model, document);
    add_facts(&model, document);
    QuidStatus status = add_inputs(&model, document);
    if (status == QUID_OK)
        status = print(&model, document, output);
    cJSON_Delete(document);
    return status;
}
