// The balances as text: every table, names for ids, amounts in minor parts.
#include "ledger_internal.h"
#include "print.h"

typedef struct Dump {
    const QuidLedger *ledger;
    const QuidLedgerTables *tables;
    const QuidDealTables *model;
    QuidPrinter *printer;
} Dump;

static void put(Dump *dump, const char *before, QuidString text)
{
    quid__print(dump->printer, "%s", before);
    quid__print_string(dump->printer, text);
}

static void put_date(Dump *dump, const char *before, QuidDate date)
{
    if (date == QUID_NO_DATE)
        return;
    quid__print(dump->printer, "%s", before);
    quid__print_date(dump->printer, date);
}

// A fact by its place, so that a changed line shows up as such.
static void put_fact(Dump *dump, const char *before, uint32_t index)
{
    if (index == UINT32_MAX)
        return;
    const QuidSpan span = quid_deal_fact_span(dump->ledger->deal, &dump->model->facts[index]);
    const QuidPlace place = quid_context_place(dump->ledger->context, span);
    quid__print(dump->printer, "%sline %u", before, place.line);
}

static void put_stages(Dump *dump, const char *before, const QuidStages *stages)
{
    quid__print(dump->printer, "%s", before);
    for (uint32_t stage = 0; stage < QUID_STAGE_COUNT; stage++) {
        if (stages->minor[stage] != 0)
            quid__print(dump->printer, " %s %lld", quid_stage_word((QuidStage)stage),
                        (long long)stages->minor[stage]);
    }
}

static void put_deadline(Dump *dump, const QuidDeadline *deadline)
{
    if (deadline->original == QUID_NO_DATE)
        return;
    put_date(dump, "\n  due ", deadline->original);
    put_date(dump, " now ", deadline->current);
    quid__print(dump->printer, " extended %u slipped %d%s", deadline->extension_count,
                deadline->days_slipped, deadline->is_past_due ? " past due" : "");
    put_date(dump, " met ", deadline->met);
    for (uint32_t i = 0; i < deadline->extension_count; i++) {
        const QuidExtension *extension = &dump->tables->extensions[deadline->extension_first + i];
        put_date(dump, "\n    from ", extension->from);
        put_date(dump, " to ", extension->to);
        put_fact(dump, " by ", extension->fact);
    }
}

static void dump_pledge(Dump *dump, uint32_t index)
{
    const QuidPledgeBalance *balance = &dump->tables->pledges[index];
    put(dump, "pledge ", dump->model->pledges[index].id);
    if (balance->unit.index != 0)
        put(dump, " ", dump->model->units[balance->unit.index].name);
    if (balance->has_stage)
        quid__print(dump->printer, " %s", quid_stage_word(balance->stage));
    if (balance->unit.index != 0) {
        put_stages(dump, "\n  own", &balance->own);
        quid__print(dump->printer, "\n  put in %lld drawn in %lld out %lld implied %lld",
                    (long long)balance->put_in, (long long)balance->drawn_in,
                    (long long)balance->drawn_out, (long long)balance->implied);
    }
    if (balance->has_parts) {
        put_stages(dump,
                   balance->is_rate_missing ? "\n  with parts, some without a rate"
                   : balance->is_converted  ? "\n  with parts, converted"
                                            : "\n  with parts",
                   &balance->with_parts);
        quid__print(dump->printer, "\n  unallocated %lld", (long long)balance->unallocated);
    }
    for (uint32_t stage = 0; stage < QUID_STAGE_COUNT; stage++) {
        if (balance->stage_date[stage] == QUID_NO_DATE)
            continue;
        quid__print(dump->printer, "\n  %s since", quid_stage_word((QuidStage)stage));
        put_date(dump, " ", balance->stage_date[stage]);
    }
    put_deadline(dump, &balance->deadline);
    put_fact(dump, "\n  last moved by ", balance->last_fact);
    quid__print(dump->printer, "\n");
}

static void dump_states(Dump *dump)
{
    const QuidDealTables *model = dump->model;
    for (uint32_t i = 1; i < model->milestone_count; i++) {
        const QuidMilestoneState *state = &dump->tables->milestones[i];
        put(dump, "milestone ", model->milestones[i].id);
        put_date(dump, " reached ", state->reached);
        put_fact(dump, " by ", state->fact);
        put_deadline(dump, &state->deadline);
        quid__print(dump->printer, "\n");
    }
    for (uint32_t i = 1; i < model->event_count; i++) {
        const QuidEventState *state = &dump->tables->events[i];
        put(dump, "event ", model->events[i].id);
        if (state->is_known)
            put(dump, " ", model->outcomes[model->events[i].outcome_first + state->outcome].id);
        put_date(dump, " on ", state->date);
        put_fact(dump, " by ", state->fact);
        quid__print(dump->printer, "\n");
    }
}

static void dump_move(Dump *dump, uint32_t index)
{
    const QuidMove *move = &dump->model->moves[index];
    const QuidMoveState *state = &dump->tables->moves[index];
    put(dump, "move ", move->id);
    quid__print(dump->printer, "%s next %u missing %u", state->is_final ? " final" : "",
                state->next_date, state->missing_count);
    for (uint32_t i = 0; i < move->date_count; i++) {
        const QuidChoice *choice = &dump->tables->choices[state->choice_first + i];
        if (choice->option == QUID_NO_CHOICE)
            continue;
        put_date(dump, "\n  ", dump->model->move_dates[move->date_first + i]);
        put(dump, " ", dump->model->options[move->option_first + choice->option].id);
        put_fact(dump, " by ", choice->fact);
    }
    quid__print(dump->printer, "\n");
}

static void dump_exchanges(Dump *dump)
{
    for (uint32_t i = 0; i < dump->tables->exchange_count; i++) {
        const QuidExchange *exchange = &dump->tables->exchanges[i];
        put(dump, "", dump->model->partys[exchange->party.index].id);
        put(dump, exchange->is_gave ? " gave " : " got ",
            dump->model->pledges[exchange->pledge.index].id);
        quid__print(dump->printer, " %s", quid_stage_word(exchange->stage));
        if (exchange->has_amount) {
            quid__print(dump->printer, " %lld", (long long)exchange->amount);
            put(dump, " ", dump->model->units[exchange->unit.index].name);
        }
        quid__print(dump->printer, "\n");
    }
}

static void dump_rest(Dump *dump)
{
    for (uint32_t i = 0; i < dump->tables->pair_count; i++) {
        const QuidStatementPair *pair = &dump->tables->pairs[i];
        put(dump, "statements of ", dump->model->partys[pair->party.index].id);
        put_fact(dump, " public ", pair->public_fact);
        put_fact(dump, " private ", pair->private_fact);
        quid__print(dump->printer, "\n");
    }
    for (uint32_t i = 0; i < dump->tables->conversion_count; i++) {
        const QuidConversion *conversion = &dump->tables->conversions[i];
        put(dump, "conversion ", dump->model->units[conversion->from.index].name);
        put(dump, "/", dump->model->units[conversion->to.index].name);
        quid__print(dump->printer, " ");
        quid__print_double(dump->printer, conversion->rate);
        for (uint32_t fact = 0; fact < conversion->fact_count; fact++)
            put_fact(dump, " by ", dump->tables->conversion_facts[conversion->fact_first + fact]);
        quid__print(dump->printer, "\n");
    }
}

QuidStatus quid_ledger_dump(const QuidLedger *ledger, QuidOutput output)
{
    QuidPrinter printer = {output, false};
    Dump dump = {ledger, &ledger->tables, ledger->model, &printer};
    quid__print(&printer, "as of ");
    quid__print_date(&printer, dump.tables->as_of);
    quid__print(&printer, " facts %u later %u weaker %u untrusted %u\n",
                dump.tables->fact_seen_count, dump.tables->fact_later_count,
                dump.tables->fact_weaker_count, dump.tables->fact_untrusted_count);
    for (uint32_t i = 1; i < dump.model->pledge_count; i++)
        dump_pledge(&dump, i);
    dump_states(&dump);
    for (uint32_t i = 1; i < dump.model->move_count; i++)
        dump_move(&dump, i);
    dump_exchanges(&dump);
    dump_rest(&dump);
    return quid__print_status(&printer);
}
