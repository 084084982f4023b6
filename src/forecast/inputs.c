// What of a deal is uncertain or a judgement: chances, beliefs, quantities; and whether the game
// rests on it.
#include "distribution.h"
#include "forecast_internal.h"

#define ASSUMED_CHANCE 0.1 // a chance without a range is swept so far either way

// ---- What the game rests on: terms followed from worth, chances and the conditions of moves

typedef struct Reach {
    const QuidDealTables *model;
    uint8_t *terms; // by term: followed
    uint8_t *milestones;
    QuidVector pending; // uint32_t: terms to follow
    bool has_pledges;
    bool has_supplies;
} Reach;

static void reach(Reach *reached, QuidTermId id)
{
    if (id.index == 0 || reached->terms[id.index] != 0)
        return;
    reached->terms[id.index] = 1;
    uint32_t *added = quid__vector_push(&reached->pending);
    if (added != NULL)
        *added = id.index;
}

static void reach_milestone(Reach *reached, uint32_t first)
{
    QuidVector stack;
    quid__vector_init(&stack, reached->pending.context, sizeof(uint32_t));
    uint32_t *top = quid__vector_push(&stack);
    if (top != NULL)
        *top = first;
    while (stack.count > 0) {
        const uint32_t index = QUID_AT(&stack, uint32_t, --stack.count);
        const QuidMilestone *milestone = &reached->model->milestones[index];
        if (reached->milestones[index] != 0)
            continue;
        reached->milestones[index] = 1;
        reach(reached, milestone->needs);
        reach(reached, milestone->takes);
        reach(reached, milestone->set_date);
        for (uint32_t i = 0; i < milestone->after_count; i++) {
            const QuidThing before = reached->model->predecessors[milestone->after_first + i].thing;
            top = before.kind == QUID_THING_MILESTONE ? quid__vector_push(&stack) : NULL;
            if (top != NULL)
                *top = before.index;
        }
    }
    reached->pending.has_failed = reached->pending.has_failed || stack.has_failed;
    quid__vector_free(&stack);
}

static void reach_pledges(Reach *reached)
{
    for (uint32_t i = 1; !reached->has_pledges && i < reached->model->pledge_count; i++) {
        const QuidPledge *pledge = &reached->model->pledges[i];
        reach(reached, pledge->disbursed_over);
        reach(reached, pledge->lapses_if);
        if (pledge->committed_at.index != 0)
            reach_milestone(reached, pledge->committed_at.index);
        if (pledge->disbursed_from.index != 0)
            reach_milestone(reached, pledge->disbursed_from.index);
    }
    reached->has_pledges = true;
}

static void reach_supplies(Reach *reached)
{
    for (uint32_t i = 0; !reached->has_supplies && i < reached->model->supplier_count; i++) {
        reach(reached, reached->model->suppliers[i].amount);
        if (reached->model->suppliers[i].once.index != 0)
            reach_milestone(reached, reached->model->suppliers[i].once.index);
    }
    reached->has_supplies = true;
}

static void follow(Reach *reached, const QuidTerm *term)
{
    if (term->kind == QUID_TERM_LET)
        reach(reached, reached->model->lets[term->thing.index].value);
    if (term->thing.kind == QUID_THING_MILESTONE && term->thing.index != 0)
        reach_milestone(reached, term->thing.index);
    if (term->kind == QUID_TERM_STAGE)
        reach_pledges(reached);
    if (term->kind == QUID_TERM_SHARE || term->kind == QUID_TERM_HHI)
        reach_supplies(reached);
    for (uint32_t i = 0; i < term->child_count; i++)
        reach(reached, reached->model->term_childs[term->child_first + i]);
}

static void reach_game(Reach *reached)
{
    const QuidDealTables *model = reached->model;
    for (uint32_t i = 0; i < model->worth_count; i++) {
        reach(reached, model->worths[i].amount);
        reach(reached, model->worths[i].condition);
        reach(reached, model->worths[i].at);
    }
    for (uint32_t i = 0; i < model->outcome_count; i++)
        reach(reached, model->outcomes[i].chance);
    for (uint32_t i = 0; i < model->belief_count; i++)
        reach(reached, model->beliefs[i].chance);
    for (uint32_t i = 1; i < model->event_count; i++)
        reach(reached, model->events[i].when);
    for (uint32_t i = 0; i < model->option_count; i++)
        reach(reached, model->options[i].condition);
    for (uint32_t i = 1; i < model->move_count; i++)
        reach(reached, model->moves[i].condition);
    while (reached->pending.count > 0) {
        const uint32_t next = QUID_AT(&reached->pending, uint32_t, --reached->pending.count);
        follow(reached, &model->terms[next]);
    }
}

// ---- Listing

typedef struct Listing {
    const QuidDeal *deal;
    const QuidDealTables *model;
    QuidArena *arena;
    QuidVector *inputs;
    const uint8_t *is_of_game; // by term
} Listing;

static void add(Listing *listing, QuidInput input)
{
    QuidInput *added = quid__vector_push(listing->inputs);
    if (added != NULL)
        *added = input;
}

static double parameter(const QuidDealTables *model, const QuidTerm *term, uint32_t n)
{
    const QuidTerm *child = &model->terms[model->term_childs[term->child_first + n].index];
    if (child->kind == QUID_TERM_NEGATE)
        return -parameter(model, child, 0);
    return child->kind == QUID_TERM_DATE ? child->date.first : child->value;
}

// The smallest and the greatest value of a choice(…), and the likeliest.
static void choice_range(const QuidDealTables *model, const QuidTerm *term, QuidInput *input)
{
    double likeliest = -1;
    for (uint32_t i = 0; i + 1 < term->child_count; i += 2) {
        const double value = parameter(model, term, i);
        const double weight = parameter(model, term, i + 1);
        if (weight <= 0)
            continue;
        input->low = likeliest < 0 || value < input->low ? value : input->low;
        input->high = likeliest < 0 || value > input->high ? value : input->high;
        input->middle = weight > likeliest ? value : input->middle;
        likeliest = weight > likeliest ? weight : likeliest;
    }
}

// Low, middle and high of a range or a distribution; false where the term is neither.
static bool range_of(const Listing *listing, QuidTermId id, QuidInput *input)
{
    const QuidTerm *term = &listing->model->terms[id.index];
    QuidEstimate estimate;
    if (term->kind == QUID_TERM_INTERVAL && quid_deal_estimate(listing->deal, id, &estimate)) {
        input->low = estimate.low;
        input->middle = estimate.middle;
        input->high = estimate.high;
        return true;
    }
    if (term->kind != QUID_TERM_DISTRIBUTION)
        return false;
    if (term->shape == QUID_SHAPE_CHOICE) {
        choice_range(listing->model, term, input);
        return true;
    }
    return quid_program_quantile(listing->deal, id, 0.05, &input->low) &&
           quid_program_quantile(listing->deal, id, 0.5, &input->middle) &&
           quid_program_quantile(listing->deal, id, 0.95, &input->high);
}

// The quantities inside a term, each an input of its own. Terms nest no deeper than the parser
// allows.
static void list_term(Listing *listing, QuidTermId id, QuidInput input)
{
    const QuidTerm *term = &listing->model->terms[id.index];
    if (id.index == 0)
        return;
    input.kind = QUID_INPUT_QUANTITY;
    input.term = id;
    input.type = term->type;
    input.changes_game = listing->is_of_game[id.index] != 0;
    if (range_of(listing, id, &input)) {
        add(listing, input);
        return;
    }
    for (uint32_t i = 0; i < term->child_count; i++)
        list_term(listing, listing->model->term_childs[term->child_first + i], input);
}

// A lone chance: its range, or ten points either way. An expression's quantities stand for
// themselves.
static bool chance_range(Listing *listing, QuidTermId id, QuidInput *input)
{
    const QuidTerm *term = &listing->model->terms[id.index];
    input->term = id;
    input->type = term->type;
    input->changes_game = true;
    if (range_of(listing, id, input)) {
        QuidEstimate used;
        if (term->kind == QUID_TERM_INTERVAL && quid_deal_chance(listing->deal, id, &used))
            input->middle = used.middle;
        return true;
    }
    if (term->kind != QUID_TERM_CONSTANT)
        return false;
    const double low = term->value - ASSUMED_CHANCE;
    const double high = term->value + ASSUMED_CHANCE;
    input->is_assumed = true;
    input->low = low > 0 ? low : 0;
    input->middle = term->value;
    input->high = high < 1 ? high : 1;
    return true;
}

static void list_chances(Listing *listing, uint32_t index)
{
    const QuidEvent *event = &listing->model->events[index];
    const QuidOutcome *outcomes = &listing->model->outcomes[event->outcome_first];
    for (uint32_t i = 0; i < event->outcome_count; i++) {
        QuidInput input = {.kind = QUID_INPUT_CHANCE,
                           .owner = {QUID_THING_EVENT, index},
                           .choice = i,
                           .origin = outcomes[i].origin};
        // Of two outcomes, the second is the first one's rest.
        const bool is_rest = outcomes[i].chance.index == 0 ||
                             (i == 1 && event->outcome_count == 2 && outcomes[0].chance.index != 0);
        if (is_rest)
            continue;
        input.label = quid__arena_format(listing->arena, "%.*s = %.*s", QUID_PRINT(event->id),
                                         QUID_PRINT(outcomes[i].id));
        if (chance_range(listing, outcomes[i].chance, &input))
            add(listing, input);
        else
            list_term(listing, outcomes[i].chance, input);
    }
}

static bool is_second_belief(const Listing *listing, const QuidEvent *event, uint32_t belief)
{
    const QuidBelief *own = &listing->model->beliefs[belief];
    for (uint32_t i = event->belief_first; event->outcome_count == 2 && i < belief; i++) {
        if (listing->model->beliefs[i].party.index == own->party.index)
            return true;
    }
    return false;
}

static void list_beliefs(Listing *listing, uint32_t index)
{
    const QuidEvent *event = &listing->model->events[index];
    for (uint32_t i = event->belief_first; i < event->belief_first + event->belief_count; i++) {
        const QuidBelief *belief = &listing->model->beliefs[i];
        QuidInput input = {.kind = QUID_INPUT_BELIEF,
                           .owner = {QUID_THING_EVENT, index},
                           .choice = belief->outcome,
                           .party = belief->party,
                           .origin = belief->origin};
        input.label = quid__arena_format(
            listing->arena, "%.*s: %.*s = %.*s",
            QUID_PRINT(listing->model->partys[belief->party.index].id), QUID_PRINT(event->id),
            QUID_PRINT(listing->model->outcomes[event->outcome_first + belief->outcome].id));
        if (!is_second_belief(listing, event, i) && chance_range(listing, belief->chance, &input))
            add(listing, input);
    }
}

static QuidInput of_thing(QuidThingKind kind, uint32_t index, QuidString label, QuidOrigin origin)
{
    return (QuidInput){.owner = {kind, index}, .label = label, .origin = origin};
}

static void list_things(Listing *listing)
{
    const QuidDealTables *model = listing->model;
    for (uint32_t i = 1; i < model->let_count; i++)
        list_term(listing, model->lets[i].value,
                  of_thing(QUID_THING_LET, i, model->lets[i].id, model->lets[i].origin));
    for (uint32_t i = 1; i < model->milestone_count; i++) {
        const QuidMilestone *milestone = &model->milestones[i];
        const QuidInput input = of_thing(QUID_THING_MILESTONE, i, milestone->id, milestone->origin);
        list_term(listing, milestone->takes, input);
        list_term(listing, milestone->needs, input);
    }
    for (uint32_t i = 1; i < model->supply_count; i++) {
        const QuidSupply *supply = &model->supplys[i];
        for (uint32_t s = 0; s < supply->supplier_count; s++) {
            const QuidSupplier *supplier = &model->suppliers[supply->supplier_first + s];
            QuidInput input = of_thing(QUID_THING_SUPPLY, i, supplier->id, supplier->origin);
            input.choice = s;
            input.label = quid__arena_format(listing->arena, "%.*s: %.*s", QUID_PRINT(supply->id),
                                             QUID_PRINT(supplier->id));
            list_term(listing, supplier->amount, input);
        }
    }
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        const QuidInput input =
            of_thing(QUID_THING_PLEDGE, i, model->pledges[i].id, model->pledges[i].origin);
        list_term(listing, model->pledges[i].disbursed_over, input);
        list_term(listing, model->pledges[i].lapses_if, input);
    }
    for (uint32_t i = 1; i < model->event_count; i++)
        list_term(listing, model->events[i].when,
                  of_thing(QUID_THING_EVENT, i, model->events[i].id, model->events[i].when_origin));
}

static void list_worths_and_asks(Listing *listing)
{
    const QuidDealTables *model = listing->model;
    for (uint32_t i = 0; i < model->worth_count; i++) {
        const QuidWorth *worth = &model->worths[i];
        QuidInput input = of_thing(QUID_THING_NONE, 0, worth->why, worth->origin);
        input.party = worth->party;
        list_term(listing, worth->amount, input);
        list_term(listing, worth->condition, input);
    }
    for (uint32_t i = 0; i < model->ask_count; i++)
        list_term(listing, model->asks[i].term,
                  of_thing(QUID_THING_NONE, 0, model->asks[i].question, model->asks[i].origin));
}

bool quid__list_inputs(const QuidDeal *deal, QuidArena *arena, QuidVector *inputs)
{
    const QuidDealTables *model = quid_deal_tables(deal);
    Reach reached = {.model = model};
    quid__vector_init(&reached.pending, arena->context, sizeof(uint32_t));
    reached.terms = quid__arena_push(arena, model->term_count);
    reached.milestones = quid__arena_push(arena, model->milestone_count);
    if (!arena->has_failed)
        reach_game(&reached);
    const bool has_failed = arena->has_failed || reached.pending.has_failed;
    quid__vector_free(&reached.pending);
    if (has_failed)
        return false;
    Listing listing = {deal, model, arena, inputs, reached.terms};
    for (uint32_t i = 1; i < model->event_count; i++) {
        list_chances(&listing, i);
        list_beliefs(&listing, i);
    }
    list_things(&listing);
    list_worths_and_asks(&listing);
    return !inputs->has_failed && !arena->has_failed;
}

// ---- Setting

static QuidSetting held(QuidTermId term, double number)
{
    return (QuidSetting){.is_term = true, .term = term, .number = number};
}

// A party's other beliefs about the event, where it has one of every outcome, keep their
// proportions.
static uint32_t belief_settings(const QuidDeal *deal, const QuidInput *input, double value,
                                QuidSetting *settings)
{
    const QuidDealTables *model = quid_deal_tables(deal);
    const QuidEvent *event = &model->events[input->owner.index];
    uint32_t said = 0;
    for (uint32_t i = 0; i < event->belief_count; i++)
        said += model->beliefs[event->belief_first + i].party.index == input->party.index;
    uint32_t count = 0;
    settings[count++] = held(input->term, value);
    for (uint32_t i = 0; said == event->outcome_count && i < event->belief_count; i++) {
        const QuidBelief *other = &model->beliefs[event->belief_first + i];
        const QuidTermKind kind = model->terms[other->chance.index].kind;
        const bool is_lone = kind == QUID_TERM_CONSTANT || kind == QUID_TERM_INTERVAL;
        QuidEstimate chance;
        const bool is_scaled = other->party.index == input->party.index &&
                               other->outcome != input->choice && is_lone && input->middle < 1 &&
                               quid_deal_chance(deal, other->chance, &chance);
        if (is_scaled && count < QUID_INPUT_SETTING_COUNT_MAX)
            settings[count++] =
                held(other->chance, chance.middle * (1 - value) / (1 - input->middle));
    }
    return count;
}

uint32_t quid_input_settings(const QuidDeal *deal, const QuidInput *input, double value,
                             QuidSetting settings[QUID_INPUT_SETTING_COUNT_MAX])
{
    switch (input->kind) {
    case QUID_INPUT_CHANCE:
        settings[0] = (QuidSetting){
            .thing = input->owner, .is_chance = true, .choice = input->choice, .chance = value};
        return 1;
    case QUID_INPUT_BELIEF:
        return belief_settings(deal, input, value, settings);
    case QUID_INPUT_QUANTITY:
        settings[0] = held(input->term, value);
        return 1;
    }
    return 0;
}
