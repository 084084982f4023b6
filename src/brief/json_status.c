// `status` as JSON: promises by stage, the balance, statements, milestones.
#include "json.h"

#include <string.h>

static void set_stages(Json *json, cJSON *object, const char *key, const QuidStages *stages,
                       QuidUnitId unit)
{
    cJSON *item = quid__json_object(json, object, key);
    for (uint32_t stage = 0; item != NULL && stage < QUID_STAGE_COUNT; stage++) {
        const char *word = quid_stage_word((QuidStage)stage);
        if (unit.index == 0)
            quid__json_set(json, item, word, cJSON_CreateNull());
        else
            quid__json_minor(json, item, word, stages->minor[stage], unit);
    }
}

void quid__json_due(Json *json, cJSON *object, const QuidDeadline *deadline)
{
    if (deadline->original == QUID_NO_DATE) {
        quid__json_set(json, object, "due", cJSON_CreateNull());
        return;
    }
    cJSON *due = quid__json_object(json, object, "due");
    quid__json_date(json, due, "original", deadline->original);
    quid__json_date(json, due, "current", deadline->current);
    quid__json_number(json, due, "extensions", deadline->extension_count);
    quid__json_number(json, due, "days_slipped", deadline->days_slipped);
    quid__json_bool(json, due, "past_due", deadline->is_past_due);
    quid__json_date(json, due, "met", deadline->met);
}

static void set_pledge(Json *json, cJSON *item, uint32_t index)
{
    const QuidDealTables *model = json->brief.model;
    const QuidPledge *pledge = &model->pledges[index];
    const QuidPledgeBalance *balance = &json->brief.ledger->pledges[index];
    quid__json_text(json, item, "id", pledge->id);
    quid__json_text(json, item, "label", pledge->label);
    quid__json_text(json, item, "from", model->partys[pledge->from.index].id);
    quid__json_text(json, item, "to", model->partys[pledge->to.index].id);
    quid__json_optional(json, item, "in",
                        pledge->parent.index == 0 ? (QuidString){"", 0}
                                                  : model->pledges[pledge->parent.index].id);
    quid__json_optional(json, item, "currency",
                        pledge->unit.index == 0 ? (QuidString){"", 0}
                                                : quid__json_unit(json, pledge->unit));
    set_stages(json, item, "stages", &balance->own, pledge->unit);
    set_stages(json, item, "with_parts", &balance->with_parts, pledge->unit);
    quid__json_bool(json, item, "with_parts_complete", !balance->is_rate_missing);
    if (pledge->unit.index == 0)
        quid__json_set(json, item, "unallocated", cJSON_CreateNull());
    else
        quid__json_minor(json, item, "unallocated", balance->unallocated, pledge->unit);
    const char *stage = quid_stage_word(balance->stage);
    quid__json_set(json, item, "stage",
                   balance->has_stage ? cJSON_CreateString(stage) : cJSON_CreateNull());
    cJSON *links = quid__json_array(json, item, "for");
    for (uint32_t i = 0; links != NULL && i < pledge->in_return_count; i++) {
        const QuidPledgeId link = model->pledge_links[pledge->in_return_first + i];
        cJSON *name = quid__json_keep(
            json, cJSON_CreateString(quid__json_copy(json, model->pledges[link.index].id)));
        if (name != NULL)
            (void)cJSON_AddItemToArray(links, name);
    }
    quid__json_due(json, item, &balance->deadline);
}

static void set_balance(Json *json, cJSON *object)
{
    const QuidLedgerTables *ledger = json->brief.ledger;
    const QuidDealTables *model = json->brief.model;
    cJSON *balance = quid__json_array(json, object, "balance");
    cJSON *sides[2] = {NULL, NULL};
    for (uint32_t i = 0; !json->has_failed && i < ledger->exchange_count; i++) {
        const QuidExchange *row = &ledger->exchanges[i];
        if (i == 0 || row[-1].party.index != row->party.index) {
            cJSON *party = quid__json_append(json, balance);
            quid__json_text(json, party, "party", model->partys[row->party.index].id);
            sides[0] = quid__json_array(json, party, "gave");
            sides[1] = quid__json_array(json, party, "got");
        }
        cJSON *item = quid__json_append(json, sides[row->is_gave ? 0 : 1]);
        quid__json_text(json, item, "pledge", model->pledges[row->pledge.index].id);
        quid__json_text(json, item, "stage",
                        (QuidString){quid_stage_word(row->stage),
                                     (uint32_t)strlen(quid_stage_word(row->stage))});
        if (row->has_amount)
            quid__json_minor(json, item, "amount", row->amount, row->unit);
        else
            quid__json_set(json, item, "amount", cJSON_CreateNull());
        quid__json_optional(json, item, "currency",
                            row->has_amount ? quid__json_unit(json, row->unit)
                                            : (QuidString){"", 0});
    }
}

static void set_said(Json *json, cJSON *object, const char *key, uint32_t fact)
{
    const QuidFact *said = &json->brief.model->facts[fact];
    cJSON *item = quid__json_object(json, object, key);
    quid__json_date(json, item, "date", said->date);
    quid__json_text(json, item, "text", quid_deal_fact_text(json->brief.deal, said));
    quid__json_optional(json, item, "source",
                        said->source == 0 ? (QuidString){"", 0}
                                          : json->brief.model->sources[said->source].id);
}

static void set_statements(Json *json, cJSON *object)
{
    const QuidLedgerTables *ledger = json->brief.ledger;
    cJSON *array = quid__json_array(json, object, "statements");
    for (uint32_t i = 0; !json->has_failed && i < ledger->pair_count; i++) {
        const QuidStatementPair *pair = &ledger->pairs[i];
        cJSON *item = quid__json_append(json, array);
        quid__json_text(json, item, "party", json->brief.model->partys[pair->party.index].id);
        quid__json_optional(json, item, "about",
                            quid_deal_thing_id(json->brief.model, pair->about));
        set_said(json, item, "public", pair->public_fact);
        set_said(json, item, "private", pair->private_fact);
    }
}

void quid__json_status(Json *json, cJSON *object)
{
    const QuidDealTables *model = json->brief.model;
    const QuidLedgerTables *ledger = json->brief.ledger;
    cJSON *pledges = quid__json_array(json, object, "pledges");
    for (uint32_t i = 1; !json->has_failed && i < model->pledge_count; i++)
        set_pledge(json, quid__json_append(json, pledges), i);
    set_balance(json, object);
    set_statements(json, object);
    cJSON *milestones = quid__json_array(json, object, "milestones");
    for (uint32_t i = 1; !json->has_failed && i < model->milestone_count; i++) {
        cJSON *item = quid__json_append(json, milestones);
        quid__json_text(json, item, "id", model->milestones[i].id);
        quid__json_date(json, item, "reached", ledger->milestones[i].reached);
        quid__json_due(json, item, &ledger->milestones[i].deadline);
    }
    cJSON *facts = quid__json_object(json, object, "facts");
    quid__json_number(json, facts, "seen", ledger->fact_seen_count);
    quid__json_number(json, facts, "left_out", ledger->fact_later_count);
    quid__json_number(json, facts, "left_out_by_trust", ledger->fact_weaker_count);
}
