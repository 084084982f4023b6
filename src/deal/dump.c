// The checked model as text, table by table, in the order of the tables. Names stand for ids.
#include "deal_internal.h"
#include "print.h"

typedef struct Dump {
    const QuidDealTables *model;
    QuidPrinter *printer;
} Dump;

// ---- Pieces -----------------------------------------------------------------

static const char *const term_words[] = {
    [QUID_TERM_NONE] = "none",
    [QUID_TERM_CONSTANT] = "constant",
    [QUID_TERM_DATE] = "date",
    [QUID_TERM_INTERVAL] = "interval",
    [QUID_TERM_DISTRIBUTION] = "distribution",
    [QUID_TERM_LET] = "let",
    [QUID_TERM_IS] = "is",
    [QUID_TERM_REACHED] = "reached",
    [QUID_TERM_BY] = "by",
    [QUID_TERM_BEFORE] = "before",
    [QUID_TERM_STAGE] = "stage",
    [QUID_TERM_DATE_OF] = "date-of",
    [QUID_TERM_LATE] = "late",
    [QUID_TERM_SHARE] = "share",
    [QUID_TERM_HHI] = "hhi",
    [QUID_TERM_CONVERT] = "convert",
    [QUID_TERM_NEGATE] = "-",
    [QUID_TERM_NOT] = "not",
    [QUID_TERM_ADD] = "+",
    [QUID_TERM_SUBTRACT] = "-",
    [QUID_TERM_MULTIPLY] = "*",
    [QUID_TERM_DIVIDE] = "/",
    [QUID_TERM_POWER] = "^",
    [QUID_TERM_EQUAL] = "=",
    [QUID_TERM_NOT_EQUAL] = "!=",
    [QUID_TERM_LESS] = "<",
    [QUID_TERM_LESS_EQUAL] = "<=",
    [QUID_TERM_GREATER] = ">",
    [QUID_TERM_GREATER_EQUAL] = ">=",
    [QUID_TERM_AND] = "and",
    [QUID_TERM_OR] = "or",
    [QUID_TERM_IF] = "if",
    [QUID_TERM_MIN] = "min",
    [QUID_TERM_MAX] = "max",
    [QUID_TERM_ABS] = "abs",
    [QUID_TERM_EXP] = "exp",
    [QUID_TERM_LOG] = "log",
    [QUID_TERM_SQRT] = "sqrt",
};

static const char *const shape_words[] = {
    [QUID_SHAPE_NONE] = "none",       [QUID_SHAPE_LOGNORMAL] = "lognormal",
    [QUID_SHAPE_NORMAL] = "normal",   [QUID_SHAPE_LOGIT_NORMAL] = "logit-normal",
    [QUID_SHAPE_UNIFORM] = "uniform", [QUID_SHAPE_TRIANGULAR] = "triangular",
    [QUID_SHAPE_PERT] = "pert",       [QUID_SHAPE_BETA] = "beta",
    [QUID_SHAPE_CHOICE] = "choice",
};

static void put(Dump *dump, const char *before, QuidString text)
{
    quid__print(dump->printer, "%s", before);
    quid__print_string(dump->printer, text);
}

static QuidString thing_id(const Dump *dump, QuidThing thing)
{
    const QuidString id = quid_deal_thing_id(dump->model, thing);
    return thing.kind == QUID_THING_NONE ? QUID_STRING("none") : id;
}

// The outcome, option or supplier of a number.
static QuidString choice_id(const Dump *dump, QuidThing thing, uint32_t choice)
{
    const QuidDealTables *model = dump->model;
    if (thing.kind == QUID_THING_EVENT)
        return model->outcomes[model->events[thing.index].outcome_first + choice].id;
    if (thing.kind == QUID_THING_MOVE)
        return model->options[model->moves[thing.index].option_first + choice].id;
    if (thing.kind == QUID_THING_SUPPLY)
        return model->suppliers[model->supplys[thing.index].supplier_first + choice].id;
    return QUID_STRING("none");
}

static void put_thing(Dump *dump, const char *before, QuidThingKind kind, uint32_t index)
{
    if (index != 0)
        put(dump, before, thing_id(dump, (QuidThing){kind, index}));
}

static void put_range(Dump *dump, const char *before, QuidDateRange range)
{
    if (range.first == QUID_NO_DATE)
        return;
    quid__print(dump->printer, "%s", before);
    quid__print_dates(dump->printer, range);
}

static void put_origin(Dump *dump, QuidOrigin origin)
{
    if (origin.source.index != 0)
        put(dump, " @", dump->model->sources[origin.source.index].id);
}

static void put_unit(Dump *dump, QuidUnitId unit)
{
    if (unit.index != 0)
        put(dump, " ", dump->model->units[unit.index].name);
}

// ---- Expressions ------------------------------------------------------------

static void put_term(Dump *dump, QuidTermId id);

static void put_children(Dump *dump, const QuidTerm *term)
{
    for (uint32_t i = 0; i < term->child_count; i++) {
        quid__print(dump->printer, " ");
        put_term(dump, dump->model->term_childs[term->child_first + i]);
    }
}

static void put_term_date(Dump *dump, const QuidTerm *term)
{
    const bool has_date = term->kind == QUID_TERM_BY || term->kind == QUID_TERM_STAGE ||
                          term->kind == QUID_TERM_SHARE || term->kind == QUID_TERM_HHI ||
                          (term->kind == QUID_TERM_BEFORE && term->thing.kind == QUID_THING_NONE);
    if (has_date)
        put_range(dump, " on ", term->date);
}

// Recursion is as deep as the parser's limit of nesting, and the lets between.
static void put_term(Dump *dump, QuidTermId id)
{
    const QuidTerm *term = &dump->model->terms[id.index];
    QuidPrinter *printer = dump->printer;
    if (term->kind == QUID_TERM_CONSTANT) {
        quid__print_double(printer, term->value);
        return;
    }
    if (term->kind == QUID_TERM_DATE) {
        quid__print_dates(printer, term->date);
        return;
    }
    quid__print(printer, "(%s", term_words[term->kind]);
    if (term->kind == QUID_TERM_INTERVAL || term->kind == QUID_TERM_DISTRIBUTION)
        quid__print(printer, " %s", shape_words[term->shape]);
    if (term->kind == QUID_TERM_INTERVAL) {
        quid__print(printer, " ");
        quid__print_double(printer, term->low);
        quid__print(printer, " ");
        quid__print_double(printer, term->high);
    }
    if (term->kind == QUID_TERM_STAGE)
        quid__print(printer, " %s", quid_stage_word(term->stage));
    if (term->thing.kind != QUID_THING_NONE)
        put(dump, " ", thing_id(dump, term->thing));
    if (term->kind == QUID_TERM_IS || term->kind == QUID_TERM_SHARE)
        put(dump, " ", choice_id(dump, term->thing, term->choice));
    put_children(dump, term);
    put_term_date(dump, term);
    if (term->kind == QUID_TERM_CONVERT)
        put_unit(dump, term->type.money);
    quid__print(printer, ")");
}

static void put_clause_term(Dump *dump, const char *before, QuidTermId id)
{
    if (id.index == 0)
        return;
    quid__print(dump->printer, "%s", before);
    put_term(dump, id);
}

// ---- Tables -----------------------------------------------------------------

static void dump_heads(Dump *dump)
{
    const QuidDealTables *model = dump->model;
    quid__print(dump->printer, "deal ");
    quid__print_quoted(dump->printer, model->title);
    put_unit(dump, model->currency);
    quid__print(dump->printer, " first ");
    quid__print_date(dump->printer, model->first_date);
    quid__print(dump->printer, " horizon ");
    quid__print_date(dump->printer, model->horizon);
    quid__print(dump->printer, " precision ");
    quid__print_double(dump->printer, model->precision);
    for (uint32_t i = 1; i < model->unit_count; i++) {
        put(dump, "\nunit ", model->units[i].name);
        quid__print(dump->printer, " digits %d%s", model->units[i].digits,
                    model->units[i].is_currency ? " currency" : "");
    }
    for (uint32_t i = 1; i < model->party_count; i++) {
        put(dump, "\nparty ", model->partys[i].id);
        quid__print(dump->printer, " discount ");
        quid__print_double(dump->printer, model->partys[i].discount);
        if (model->partys[i].calendar.size > 0)
            put(dump, " calendar ", model->partys[i].calendar);
    }
    for (uint32_t i = 1; i < model->source_count; i++) {
        put(dump, "\nsource ", model->sources[i].id);
        quid__print(dump->printer, " number %u trust ", model->sources[i].number);
        quid__print_double(dump->printer, model->sources[i].trust);
        put_range(dump, " published ", model->sources[i].published);
    }
    quid__print(dump->printer, "\n");
}

static void dump_pledge(Dump *dump, const QuidPledge *pledge)
{
    const QuidDealTables *model = dump->model;
    put(dump, "pledge ", pledge->id);
    put_thing(dump, " from ", QUID_THING_PARTY, pledge->from.index);
    put_thing(dump, " to ", QUID_THING_PARTY, pledge->to.index);
    put_thing(dump, " in ", QUID_THING_PLEDGE, pledge->parent.index);
    put_unit(dump, pledge->unit);
    if (pledge->has_amount)
        quid__print(dump->printer, " %s%lld%s", pledge->is_up_to ? "up to " : "",
                    (long long)pledge->amount, pledge->is_or_more ? " or more" : "");
    put_origin(dump, pledge->amount_origin);
    put_range(dump, " made ", pledge->made);
    put_range(dump, " offered ", pledge->offered);
    put_range(dump, " demanded ", pledge->demanded);
    put_range(dump, " due ", pledge->due);
    for (uint32_t i = 0; i < pledge->in_return_count; i++)
        put_thing(dump, " for ", QUID_THING_PLEDGE,
                  model->pledge_links[pledge->in_return_first + i].index);
    put_clause_term(dump, " lapses if ", pledge->lapses_if);
    put_thing(dump, " committed at ", QUID_THING_MILESTONE, pledge->committed_at.index);
    put_clause_term(dump, " disbursed over ", pledge->disbursed_over);
    put_thing(dump, " from ", QUID_THING_MILESTONE, pledge->disbursed_from.index);
    quid__print(dump->printer, "\n");
}

static void dump_event(Dump *dump, const QuidEvent *event)
{
    const QuidDealTables *model = dump->model;
    put(dump, event->is_secret ? "secret " : "event ", event->id);
    put_thing(dump, " of ", QUID_THING_PARTY, event->owner.index);
    put_range(dump, " window ", event->window);
    put_clause_term(dump, " when ", event->when);
    for (uint32_t i = 0; i < event->seen_count; i++)
        put_thing(dump, i == 0 ? " seen by " : ", ", QUID_THING_PARTY,
                  model->party_lists[event->seen_first + i].index);
    for (uint32_t i = 0; i < event->outcome_count; i++) {
        const QuidOutcome *outcome = &model->outcomes[event->outcome_first + i];
        put(dump, "\n  ", outcome->id);
        quid__print(dump->printer, outcome->chance.index == 0 ? " otherwise" : "");
        put_clause_term(dump, " ", outcome->chance);
        put_origin(dump, outcome->origin);
    }
    for (uint32_t i = 0; i < event->belief_count; i++) {
        const QuidBelief *belief = &model->beliefs[event->belief_first + i];
        put_thing(dump, "\n  ", QUID_THING_PARTY, belief->party.index);
        put(dump, " believes ", model->outcomes[event->outcome_first + belief->outcome].id);
        put_clause_term(dump, " ", belief->chance);
        put_origin(dump, belief->origin);
    }
    quid__print(dump->printer, "\n");
}

static void dump_move(Dump *dump, const QuidMove *move)
{
    const QuidDealTables *model = dump->model;
    put(dump, "move ", move->id);
    put_thing(dump, " by ", QUID_THING_PARTY, move->party.index);
    put_clause_term(dump, " if ", move->condition);
    put_thing(dump, " after ", QUID_THING_MOVE, move->after.index);
    for (uint32_t i = 0; i < move->blind_count; i++)
        put(dump, i == 0 ? " blind to " : ", ",
            thing_id(dump, model->thing_lists[move->blind_first + i]));
    for (uint32_t i = 0; i < move->option_count; i++) {
        const QuidOption *option = &model->options[move->option_first + i];
        put(dump, option->is_until ? "\n  until " : "\n  option ", option->id);
        put_clause_term(dump, " if ", option->condition);
    }
    for (uint32_t i = 0; i < move->date_count; i++) {
        quid__print(dump->printer, i == 0 ? "\n  on " : ", ");
        quid__print_date(dump->printer, model->move_dates[move->date_first + i]);
    }
    quid__print(dump->printer, "\n");
}

static void dump_milestone(Dump *dump, const QuidMilestone *milestone)
{
    put(dump, "milestone ", milestone->id);
    for (uint32_t i = 0; i < milestone->after_count; i++) {
        const QuidPredecessor *before = &dump->model->predecessors[milestone->after_first + i];
        const char *word = i == 0 ? " after " : ", ";
        if (before->thing.kind == QUID_THING_NONE)
            put_range(dump, word, before->date);
        else
            put(dump, word, thing_id(dump, before->thing));
    }
    put_clause_term(dump, " needs ", milestone->needs);
    put_clause_term(dump, " takes ", milestone->takes);
    put_range(dump, " due ", milestone->due);
    quid__print(dump->printer, "\n");
}

static void dump_supply(Dump *dump, const QuidSupply *supply)
{
    put(dump, "supply ", supply->id);
    put_thing(dump, " to ", QUID_THING_PARTY, supply->to.index);
    put_unit(dump, supply->unit);
    for (uint32_t i = 0; i < supply->supplier_count; i++) {
        const QuidSupplier *supplier = &dump->model->suppliers[supply->supplier_first + i];
        put(dump, "\n  ", supplier->id);
        put_clause_term(dump, " ", supplier->amount);
        put_thing(dump, " once ", QUID_THING_MILESTONE, supplier->once.index);
        put_origin(dump, supplier->origin);
    }
    quid__print(dump->printer, "\n");
}

static void dump_ask(Dump *dump, const QuidAsk *ask)
{
    static const char *const words[] = {"chance", "when", "value", "choice of", "break even of"};
    quid__print(dump->printer, "ask ");
    quid__print_quoted(dump->printer, ask->question);
    quid__print(dump->printer, " %s", words[ask->kind]);
    put_clause_term(dump, " ", ask->term);
    put_thing(dump, " ", QUID_THING_MILESTONE, ask->milestone.index);
    if (ask->kind == QUID_ASK_BREAK_EVEN) {
        const QuidThing event = {QUID_THING_EVENT, ask->event.index};
        put(dump, " ", thing_id(dump, event));
        put(dump, ".", choice_id(dump, event, ask->outcome));
        quid__print(dump->printer, " for");
    }
    put_thing(dump, " ", QUID_THING_MOVE, ask->move.index);
    quid__print(dump->printer, "\n");
}

static void dump_what_if(Dump *dump, const QuidWhatIf *what_if)
{
    put(dump, "what-if ", what_if->id);
    for (uint32_t i = 0; i < what_if->setting_count; i++) {
        const QuidSetting *setting = &dump->model->settings[what_if->setting_first + i];
        put(dump, "\n  set ", thing_id(dump, setting->thing));
        if (setting->is_chance || setting->is_choice)
            put(dump, setting->is_chance ? "." : " = ",
                choice_id(dump, setting->thing, setting->choice));
        if (!setting->is_choice)
            put_clause_term(dump, " = ", setting->value);
    }
    quid__print(dump->printer, "\n");
}

static void dump_questions(Dump *dump)
{
    const QuidDealTables *model = dump->model;
    for (uint32_t i = 1; i < model->let_count; i++) {
        put(dump, "let ", model->lets[i].id);
        put_clause_term(dump, " = ", model->lets[i].value);
        put_origin(dump, model->lets[i].origin);
        quid__print(dump->printer, "\n");
    }
    for (uint32_t i = 1; i < model->supply_count; i++)
        dump_supply(dump, &model->supplys[i]);
    for (uint32_t i = 0; i < model->worth_count; i++) {
        put_thing(dump, "worth ", QUID_THING_PARTY, model->worths[i].party.index);
        put_clause_term(dump, " ", model->worths[i].amount);
        put_clause_term(dump, " if ", model->worths[i].condition);
        put_clause_term(dump, " at ", model->worths[i].at);
        put_origin(dump, model->worths[i].origin);
        quid__print(dump->printer, "\n");
    }
    for (uint32_t i = 0; i < model->ask_count; i++)
        dump_ask(dump, &model->asks[i]);
    for (uint32_t i = 0; i < model->what_if_count; i++)
        dump_what_if(dump, &model->what_ifs[i]);
}

// ---- Facts ------------------------------------------------------------------

static QuidThing subject_of(const QuidFact *fact)
{
    switch ((QuidVerb)fact->verb) {
    case QUID_VERB_OBSERVE:
        return (QuidThing){QUID_THING_EVENT, fact->subject};
    case QUID_VERB_CHOOSE:
        return (QuidThing){QUID_THING_MOVE, fact->subject};
    case QUID_VERB_REACH:
        return (QuidThing){QUID_THING_MILESTONE, fact->subject};
    case QUID_VERB_STATE:
        return (QuidThing){QUID_THING_PARTY, fact->subject};
    case QUID_VERB_EXTEND:
        return (QuidThing){(QuidThingKind)fact->subject_kind, fact->subject};
    case QUID_VERB_RATE:
    case QUID_VERB_NOTE:
    case QUID_VERB_NONE:
        return (QuidThing){QUID_THING_NONE, 0};
    case QUID_VERB_OFFER:
    case QUID_VERB_DEMAND:
    case QUID_VERB_PLEDGE:
    case QUID_VERB_AMEND:
    case QUID_VERB_COMMIT:
    case QUID_VERB_DISBURSE:
    case QUID_VERB_COMPLETE:
    case QUID_VERB_CANCEL:
    case QUID_VERB_BALANCE:
        break;
    }
    return (QuidThing){QUID_THING_PLEDGE, fact->subject};
}

static void dump_fact(Dump *dump, const QuidFact *fact)
{
    QuidPrinter *printer = dump->printer;
    const QuidThing subject = subject_of(fact);
    quid__print(printer, "fact ");
    quid__print_dates(printer, (QuidDateRange){fact->date, fact->date_last});
    quid__print(printer, " known ");
    quid__print_date(printer, fact->known);
    quid__print(printer, " %s", quid_verb_word((QuidVerb)fact->verb));
    if (fact->verb == QUID_VERB_RATE) {
        put(dump, " ", dump->model->units[fact->subject].name);
        put(dump, "/", dump->model->units[fact->choice].name);
        quid__print(printer, " %llde%d", (long long)fact->amount, fact->exponent);
    } else if (subject.kind != QUID_THING_NONE) {
        put(dump, " ", thing_id(dump, subject));
    }
    if (fact->verb == QUID_VERB_OBSERVE || fact->verb == QUID_VERB_CHOOSE)
        put(dump, " ", choice_id(dump, subject, fact->choice));
    if (fact->verb == QUID_VERB_BALANCE)
        quid__print(printer, " %s", quid_stage_word((QuidStage)fact->choice));
    if (fact->verb == QUID_VERB_STATE)
        quid__print(printer, fact->choice != 0 ? " private" : " public");
    if (fact->has_amount && fact->verb != QUID_VERB_RATE)
        quid__print(printer, " %lld", (long long)fact->amount);
    if (fact->until != QUID_NO_DATE) {
        quid__print(printer, " to ");
        quid__print_date(printer, fact->until);
    }
    if (fact->about != 0)
        put_thing(dump, " about ", (QuidThingKind)fact->subject_kind, fact->about);
    if (fact->source != 0)
        put(dump, " @", dump->model->sources[fact->source].id);
    quid__print(printer, "\n");
}

QuidStatus quid_deal_dump(const QuidDeal *deal, QuidOutput output)
{
    QuidPrinter printer = {output, false};
    Dump dump = {&deal->tables, &printer};
    const QuidDealTables *model = dump.model;
    dump_heads(&dump);
    for (uint32_t i = 1; i < model->pledge_count; i++)
        dump_pledge(&dump, &model->pledges[i]);
    for (uint32_t i = 1; i < model->event_count; i++)
        dump_event(&dump, &model->events[i]);
    for (uint32_t i = 1; i < model->move_count; i++)
        dump_move(&dump, &model->moves[i]);
    for (uint32_t i = 1; i < model->milestone_count; i++)
        dump_milestone(&dump, &model->milestones[i]);
    dump_questions(&dump);
    for (uint32_t i = 0; i < model->fact_count; i++)
        dump_fact(&dump, &model->facts[i]);
    return quid__print_status(&printer);
}
