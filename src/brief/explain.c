// What an answer follows from: the lines of the deal and the facts that it rests on, followed from
// its question; and the inputs that would change it most.
#include "cases.h"
#include "json.h"

#include <string.h>

typedef struct Reach {
    Brief *brief;
    uint8_t *things[QUID_THING_SUPPLY + 1]; // by kind and index: reached
    uint8_t *terms;
    QuidVector pending; // QuidThing
    bool has_game;      // a move is reached: what everybody wants counts
} Reach;

// One line that the answer rests on.
typedef struct Ground {
    const char *kind;
    QuidString id;
    QuidOrigin origin;
    const char *word; // the clause's keyword, where the place is what stands behind it
} Ground;

typedef struct Grounds {
    QuidVector rows; // Ground
    uint32_t sourced_count;
} Grounds;

static QuidArena *arena(Brief *brief)
{
    return &brief->page.arena;
}

// ---- Following --------------------------------------------------------------

static void reach(Reach *reached, QuidThing thing)
{
    if (thing.kind == QUID_THING_NONE || thing.kind == QUID_THING_PARTY || thing.index == 0 ||
        reached->things[thing.kind][thing.index] != 0)
        return;
    reached->things[thing.kind][thing.index] = 1;
    QuidThing *added = quid__vector_push(&reached->pending);
    if (added != NULL)
        *added = thing;
}

static void reach_term(Reach *reached, QuidTermId id)
{
    const QuidDealTables *model = reached->brief->model;
    QuidVector stack;
    quid__vector_init(&stack, reached->pending.context, sizeof(QuidTermId));
    QuidTermId *top = quid__vector_push(&stack);
    if (top != NULL)
        *top = id;
    while (stack.count > 0) {
        const QuidTermId at = QUID_AT(&stack, QuidTermId, --stack.count);
        if (at.index == 0 || reached->terms[at.index] != 0)
            continue;
        reached->terms[at.index] = 1;
        const QuidTerm *term = &model->terms[at.index];
        reach(reached, term->thing);
        for (uint32_t i = 0; i < term->child_count; i++) {
            top = quid__vector_push(&stack);
            if (top != NULL)
                *top = model->term_childs[term->child_first + i];
        }
    }
    reached->pending.has_failed = reached->pending.has_failed || stack.has_failed;
    quid__vector_free(&stack);
}

static void follow_event(Reach *reached, uint32_t index)
{
    const QuidDealTables *model = reached->brief->model;
    const QuidEvent *event = &model->events[index];
    for (uint32_t i = 0; i < event->outcome_count; i++)
        reach_term(reached, model->outcomes[event->outcome_first + i].chance);
    reach_term(reached, event->when);
}

static void follow_milestone(Reach *reached, uint32_t index)
{
    const QuidDealTables *model = reached->brief->model;
    const QuidMilestone *milestone = &model->milestones[index];
    reach_term(reached, milestone->needs);
    reach_term(reached, milestone->takes);
    reach_term(reached, milestone->set_date);
    for (uint32_t i = 0; i < milestone->after_count; i++)
        reach(reached, model->predecessors[milestone->after_first + i].thing);
}

static void follow_pledge(Reach *reached, uint32_t index)
{
    const QuidDealTables *model = reached->brief->model;
    const QuidPledge *pledge = &model->pledges[index];
    reach_term(reached, pledge->lapses_if);
    reach_term(reached, pledge->disbursed_over);
    reach(reached, (QuidThing){QUID_THING_MILESTONE, pledge->committed_at.index});
    reach(reached, (QuidThing){QUID_THING_MILESTONE, pledge->disbursed_from.index});
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        if (model->pledges[i].parent.index == index)
            reach(reached, (QuidThing){QUID_THING_PLEDGE, i});
    }
}

static void follow_supply(Reach *reached, uint32_t index)
{
    const QuidDealTables *model = reached->brief->model;
    const QuidSupply *supply = &model->supplys[index];
    for (uint32_t i = 0; i < supply->supplier_count; i++) {
        const QuidSupplier *supplier = &model->suppliers[supply->supplier_first + i];
        reach_term(reached, supplier->amount);
        reach(reached, (QuidThing){QUID_THING_MILESTONE, supplier->once.index});
    }
}

// What a party does rests on what everybody does and wants.
static void follow_game(Reach *reached)
{
    const QuidDealTables *model = reached->brief->model;
    if (reached->has_game)
        return;
    reached->has_game = true;
    for (uint32_t i = 1; i < model->move_count; i++) {
        reach(reached, (QuidThing){QUID_THING_MOVE, i});
        reach_term(reached, model->moves[i].condition);
    }
    for (uint32_t i = 0; i < model->option_count; i++)
        reach_term(reached, model->options[i].condition);
    for (uint32_t i = 0; i < model->worth_count; i++) {
        reach_term(reached, model->worths[i].amount);
        reach_term(reached, model->worths[i].condition);
        reach_term(reached, model->worths[i].at);
    }
    for (uint32_t i = 1; i < model->event_count; i++) {
        if (model->events[i].is_secret)
            reach(reached, (QuidThing){QUID_THING_EVENT, i});
    }
}

static void follow(Reach *reached, QuidThing thing)
{
    switch (thing.kind) {
    case QUID_THING_PLEDGE:
        follow_pledge(reached, thing.index);
        return;
    case QUID_THING_EVENT:
        follow_event(reached, thing.index);
        return;
    case QUID_THING_LET:
        reach_term(reached, reached->brief->model->lets[thing.index].value);
        return;
    case QUID_THING_MOVE:
        follow_game(reached);
        return;
    case QUID_THING_MILESTONE:
        follow_milestone(reached, thing.index);
        return;
    case QUID_THING_SUPPLY:
        follow_supply(reached, thing.index);
        return;
    case QUID_THING_NONE:
    case QUID_THING_PARTY:
        return;
    }
}

static bool make_room(Reach *reached)
{
    const QuidDealTables *model = reached->brief->model;
    const uint32_t counts[QUID_THING_SUPPLY + 1] = {[QUID_THING_PLEDGE] = model->pledge_count,
                                                    [QUID_THING_EVENT] = model->event_count,
                                                    [QUID_THING_LET] = model->let_count,
                                                    [QUID_THING_MOVE] = model->move_count,
                                                    [QUID_THING_MILESTONE] = model->milestone_count,
                                                    [QUID_THING_SUPPLY] = model->supply_count};
    for (uint32_t kind = 0; kind <= QUID_THING_SUPPLY; kind++)
        reached->things[kind] = quid__arena_push(arena(reached->brief), counts[kind] + (size_t)1);
    reached->terms = quid__arena_push(arena(reached->brief), model->term_count + (size_t)1);
    return !arena(reached->brief)->has_failed;
}

static void follow_ask(Reach *reached, const QuidAsk *ask)
{
    reach_term(reached, ask->term);
    reach(reached, (QuidThing){QUID_THING_MILESTONE, ask->milestone.index});
    reach(reached, (QuidThing){QUID_THING_MOVE, ask->move.index});
    reach(reached, (QuidThing){QUID_THING_EVENT, ask->event.index});
    while (reached->pending.count > 0) {
        const QuidThing thing = QUID_AT(&reached->pending, QuidThing, --reached->pending.count);
        follow(reached, thing);
    }
}

// ---- Listing ----------------------------------------------------------------

static void add(Grounds *grounds, const char *kind, QuidString id, QuidOrigin origin)
{
    if (origin.span.file.index == 0)
        return;
    Ground *added = quid__vector_push(&grounds->rows);
    if (added == NULL)
        return;
    *added = (Ground){kind, id, origin, ""};
    grounds->sourced_count += origin.source.index != 0;
}

static void add_behind(Grounds *grounds, const char *word, QuidString id, QuidOrigin origin)
{
    const uint32_t count = grounds->rows.count;
    add(grounds, "milestone", id, origin);
    if (grounds->rows.count > count)
        QUID_AT(&grounds->rows, Ground, count).word = word;
}

static QuidOrigin term_origin(const QuidDealTables *model, QuidTermId id)
{
    return (QuidOrigin){model->terms[id.index].span, {0}};
}

static void add_event(Grounds *grounds, const QuidDealTables *model, uint32_t index)
{
    const QuidEvent *event = &model->events[index];
    const char *kind = event->is_secret ? "secret" : "event";
    for (uint32_t i = 0; i < event->outcome_count; i++)
        add(grounds, kind, event->id, model->outcomes[event->outcome_first + i].origin);
    for (uint32_t i = 0; i < event->belief_count; i++)
        add(grounds, kind, event->id, model->beliefs[event->belief_first + i].origin);
    add(grounds, kind, event->id, event->when_origin);
}

static void add_milestone(Grounds *grounds, const QuidDealTables *model, uint32_t index)
{
    const QuidMilestone *milestone = &model->milestones[index];
    for (uint32_t i = 0; i < milestone->after_count; i++)
        add_behind(grounds, "after ", milestone->id,
                   model->predecessors[milestone->after_first + i].origin);
    if (milestone->needs.index != 0)
        add_behind(grounds, "needs ", milestone->id, term_origin(model, milestone->needs));
    if (milestone->takes.index != 0)
        add_behind(grounds, "takes ", milestone->id, term_origin(model, milestone->takes));
}

static void add_move(Grounds *grounds, const QuidDealTables *model, uint32_t index)
{
    const QuidMove *move = &model->moves[index];
    add(grounds, "move", move->id, move->choose_origin);
    for (uint32_t i = 0; i < move->option_count; i++) {
        const QuidOption *option = &model->options[move->option_first + i];
        if (option->condition.index != 0)
            add(grounds, "move", move->id, option->origin);
    }
    add(grounds, "move", move->id, move->date_origin);
    add(grounds, "move", move->id, move->until_origin);
    add(grounds, "move", move->id, move->condition_origin);
    add(grounds, "move", move->id, move->after_origin);
    add(grounds, "move", move->id, move->blind_origin);
}

static void add_things(Grounds *grounds, const Reach *reached)
{
    const QuidDealTables *model = reached->brief->model;
    for (uint32_t i = 1; i < model->event_count; i++) {
        if (reached->things[QUID_THING_EVENT][i] != 0)
            add_event(grounds, model, i);
    }
    for (uint32_t i = 1; i < model->let_count; i++) {
        if (reached->things[QUID_THING_LET][i] != 0)
            add(grounds, "quantity", model->lets[i].id, model->lets[i].origin);
    }
    for (uint32_t i = 1; i < model->milestone_count; i++) {
        if (reached->things[QUID_THING_MILESTONE][i] != 0)
            add_milestone(grounds, model, i);
    }
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        if (reached->things[QUID_THING_PLEDGE][i] != 0)
            add(grounds, "pledge", model->pledges[i].id, model->pledges[i].amount_origin);
    }
    for (uint32_t i = 1; i < model->move_count; i++) {
        if (reached->things[QUID_THING_MOVE][i] != 0)
            add_move(grounds, model, i);
    }
    for (uint32_t i = 1; i < model->supply_count; i++) {
        const QuidSupply *supply = &model->supplys[i];
        for (uint32_t s = 0;
             reached->things[QUID_THING_SUPPLY][i] != 0 && s < supply->supplier_count; s++)
            add(grounds, "supply", supply->id, model->suppliers[supply->supplier_first + s].origin);
    }
    for (uint32_t i = 0; reached->has_game && i < model->worth_count; i++)
        add(grounds, "worth", model->partys[model->worths[i].party.index].id,
            model->worths[i].origin);
}

static QuidThingKind subject_kind(const QuidFact *fact)
{
    switch ((QuidVerb)fact->verb) {
    case QUID_VERB_OBSERVE:
        return QUID_THING_EVENT;
    case QUID_VERB_CHOOSE:
        return QUID_THING_MOVE;
    case QUID_VERB_REACH:
        return QUID_THING_MILESTONE;
    case QUID_VERB_EXTEND:
        return (QuidThingKind)fact->subject_kind;
    case QUID_VERB_STATE:
    case QUID_VERB_NOTE:
    case QUID_VERB_RATE:
    case QUID_VERB_BALANCE:
        return QUID_THING_NONE;
    default:
        return QUID_THING_PLEDGE;
    }
}

static void add_facts(Grounds *grounds, const Reach *reached)
{
    const Brief *brief = reached->brief;
    for (uint32_t i = 0; i < brief->ledger->order_count; i++) {
        const QuidFact *fact = &brief->model->facts[brief->ledger->order[i]];
        const QuidThingKind kind = subject_kind(fact);
        if (kind == QUID_THING_NONE || reached->things[kind][fact->subject] == 0)
            continue;
        Ground *added = quid__vector_push(&grounds->rows);
        if (added == NULL)
            return;
        *added =
            (Ground){"fact", {"", 0}, {quid_deal_fact_span(brief->deal, fact), {fact->source}}, ""};
        grounds->sourced_count += fact->source != 0;
    }
}

// All that the answer to a question rests on. false: memory ran out.
static bool find_grounds(Brief *brief, uint32_t ask, Grounds *grounds)
{
    Reach reached = {.brief = brief};
    quid__vector_init(&reached.pending, brief->page.context, sizeof(QuidThing));
    quid__vector_init(&grounds->rows, brief->page.context, sizeof(Ground));
    bool is_whole = make_room(&reached);
    if (is_whole) {
        follow_ask(&reached, &brief->model->asks[ask]);
        add_things(grounds, &reached);
        add_facts(grounds, &reached);
        is_whole = !reached.pending.has_failed && !grounds->rows.has_failed;
    }
    quid__vector_free(&reached.pending);
    return is_whole;
}

static QuidString ground_text(Brief *brief, const Ground *ground)
{
    return quid__arena_format(arena(brief), "%s%.*s", ground->word,
                              QUID_PRINT(quid__brief_excerpt(brief, ground->origin.span)));
}

// ---- As text ----------------------------------------------------------------

static void put_explanation(Brief *brief, uint32_t ask, const QuidSensitivity *sensitivity)
{
    Grounds grounds = {.sourced_count = 0};
    const QuidAsk *question = &brief->model->asks[ask];
    quid__page_text(&brief->page, "\n");
    quid__page_paragraph(&brief->page, 0,
                         quid__arena_format(arena(brief), "%.*s %.*s",
                                            QUID_PRINT(question->question),
                                            QUID_PRINT(quid__brief_mark(brief, question->origin))));
    quid__page_paragraph(
        &brief->page, 2,
        quid__arena_format(arena(brief), "%.*s =", QUID_PRINT(quid__brief_answer(brief, ask))));
    if (sensitivity != NULL)
        quid__brief_ask_tornado(brief, sensitivity, ask, 3);
    if (!find_grounds(brief, ask, &grounds)) {
        brief->page.arena.has_failed = true;
        quid__vector_free(&grounds.rows);
        return;
    }
    quid__page_heading(&brief->page, "What it follows from");
    quid__page_paragraph(
        &brief->page, 2,
        quid__arena_format(arena(brief), "%u lines: %u with a source, %u the author's judgement. =",
                           grounds.rows.count, grounds.sourced_count,
                           grounds.rows.count - grounds.sourced_count));
    Table table = quid__table_open(&brief->page, 4);
    for (uint32_t i = 0; i < grounds.rows.count; i++) {
        const Ground *ground = &QUID_AT(&grounds.rows, Ground, i);
        const bool is_new = i == 0 || strcmp(ground[-1].kind, ground->kind) != 0 ||
                            ground->id.size != ground[-1].id.size ||
                            memcmp(ground->id.bytes, ground[-1].id.bytes, ground->id.size) != 0;
        quid__table_cell(&table, is_new ? (QuidString){ground->kind, (uint32_t)strlen(ground->kind)}
                                        : QUID_STRING(""));
        quid__table_cell(&table, is_new ? ground->id : QUID_STRING(""));
        quid__table_cell(&table, quid__brief_mark(brief, ground->origin));
        quid__table_cell(&table, ground_text(brief, ground));
    }
    quid__table_print(&table, 2);
    quid__vector_free(&grounds.rows);
}

// ---- As JSON ----------------------------------------------------------------

static void set_explanation(Json *json, cJSON *object, uint32_t ask)
{
    Grounds grounds = {.sourced_count = 0};
    const Brief *brief = &json->brief;
    quid__json_text(json, object, "question", brief->model->asks[ask].question);
    json->has_failed = !find_grounds(&json->brief, ask, &grounds) || json->has_failed;
    cJSON *array = quid__json_array(json, object, "follows_from");
    for (uint32_t i = 0; !json->has_failed && i < grounds.rows.count; i++) {
        const Ground *ground = &QUID_AT(&grounds.rows, Ground, i);
        cJSON *item = quid__json_append(json, array);
        quid__json_text(json, item, "kind",
                        (QuidString){ground->kind, (uint32_t)strlen(ground->kind)});
        quid__json_optional(json, item, "id", ground->id);
        quid__json_text(json, item, "file",
                        quid_context_path(brief->page.context, ground->origin.span.file));
        quid__json_number(json, item, "line",
                          quid_context_place(brief->page.context, ground->origin.span).line);
        quid__json_optional(json, item, "source",
                            ground->origin.source.index == 0
                                ? (QuidString){"", 0}
                                : brief->model->sources[ground->origin.source.index].id);
        quid__json_text(json, item, "text", quid__brief_excerpt(&json->brief, ground->origin.span));
    }
    quid__vector_free(&grounds.rows);
}

QuidStatus quid__explain(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                         uint32_t ask, const QuidBriefOptions *options, QuidOutput output)
{
    Json json;
    quid__json_begin(&json, context, ledger, deal, options);
    if (options->is_json) {
        cJSON *document = quid__json_open(&json);
        quid__json_date(&json, document, "as_of", json.brief.ledger->as_of);
        quid__json_settings(&json, document);
        set_explanation(&json, document, ask);
        quid__json_asks(&json, document, ask);
        quid__json_tornado(&json, document, ask);
        return quid__json_print(&json, document, output);
    }
    json.brief.page.output = output;
    if (!json.brief.page.arena.has_failed) {
        quid__page_paragraph(&json.brief.page, 0, json.brief.model->title);
        put_explanation(&json.brief, ask, options->sensitivity);
        quid__brief_sources(&json.brief);
    }
    const bool is_out_of_memory = json.brief.page.arena.has_failed;
    const bool has_failed = json.brief.page.has_failed;
    quid__arena_free(&json.brief.page.arena);
    return is_out_of_memory ? QUID_NO_MEMORY : has_failed ? QUID_IO : QUID_OK;
}
