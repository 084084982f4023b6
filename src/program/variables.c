// Names for everything that is drawn. A draw is keyed by its name, which follows from the statement
// that it belongs to, so that changing one line leaves the draws of the others alone. Sobol
// dimensions are given in the order of declaration to all names of the deal, used or not, and a
// quantity that is certain keeps one in reserve: what a program computes has no influence on them.
#include "program_internal.h"

#include <string.h>

#define PART_COUNT_MAX 5u

// A name by its parts, "let" "savings": most of what could own a quantity has none inside, so names
// are put together where one turns up.
typedef struct Name {
    QuidString parts[PART_COUNT_MAX]; // the first empty one ends it
} Name;

typedef struct Naming {
    Builder *builder;
    Name owner;
    uint32_t number; // of the next quantity inside
    uint32_t dimension;
} Naming;

uint64_t quid__name_hash(QuidString name)
{
    return quid__hash_bytes(name.bytes, name.size);
}

#define DIGIT_COUNT_MAX 10u // of 32 bits

static QuidString number_text(uint32_t number, char digits[DIGIT_COUNT_MAX])
{
    uint32_t first = DIGIT_COUNT_MAX;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return (QuidString){digits + first, DIGIT_COUNT_MAX - first};
}

// One part more.
static Name with(Name name, QuidString part)
{
    uint32_t count = 0;
    while (name.parts[count].size > 0)
        count += 1;
    QUID_ASSERT(count < PART_COUNT_MAX);
    name.parts[count] = part;
    return name;
}

// The parts with slashes between them.
static QuidString join(QuidArena *arena, const Name *name)
{
    size_t size = 0;
    for (uint32_t i = 0; i < PART_COUNT_MAX && name->parts[i].size > 0; i++)
        size += name->parts[i].size + 1;
    char *bytes = quid__arena_push(arena, size);
    size_t used = 0;
    for (uint32_t i = 0; bytes != NULL && i < PART_COUNT_MAX && name->parts[i].size > 0; i++) {
        if (used > 0)
            bytes[used++] = '/';
        memcpy(bytes + used, name->parts[i].bytes, name->parts[i].size);
        used += name->parts[i].size;
    }
    return (QuidString){bytes == NULL ? "" : bytes, (uint32_t)used};
}

static uint32_t add_variable(Naming *naming, Name parts)
{
    QuidProgram *program = naming->builder->program;
    const QuidString name = join(&program->arena, &parts);
    Variable *variable = quid__vector_push(&program->variables);
    if (variable == NULL)
        return 0;
    *variable = (Variable){name, naming->dimension++, false};
    const uint32_t index = program->variables.count - 1;
    quid__map_put(&program->variable_of_name, quid__name_hash(name), index);
    return index;
}

// Quantities drawn inside a term, from left to right. Terms nest no deeper than the parser allows.
static void name_term(Naming *naming, QuidTermId id)
{
    Builder *builder = naming->builder;
    const QuidTerm *term = term_at(builder, id);
    if (term->kind == QUID_TERM_INTERVAL || term->kind == QUID_TERM_DISTRIBUTION) {
        char digits[DIGIT_COUNT_MAX];
        builder->term_variables[id.index] =
            add_variable(naming, with(naming->owner, number_text(naming->number++, digits)));
        return;
    }
    // One that a host holds at a number keeps its own, so that those beside it keep theirs.
    if (term->kind == QUID_TERM_CONSTANT && term->shape != QUID_SHAPE_NONE) {
        naming->number += 1;
        naming->dimension += 1;
    }
    for (uint32_t i = 0; i < term->child_count; i++)
        name_term(naming, term_child(builder, term, i));
}

static void name_owner(Naming *naming, Name owner, QuidTermId term, bool is_reserved)
{
    naming->owner = owner;
    naming->number = 0;
    if (term.index != 0)
        name_term(naming, term);
    if (is_reserved && naming->number == 0)
        naming->dimension += 1;
}

#define NAME(...) ((Name){{__VA_ARGS__}})

static void name_events(Naming *naming, bool is_secret)
{
    Builder *builder = naming->builder;
    for (uint32_t i = 1; i < builder->model->event_count; i++) {
        const QuidEvent *event = &builder->model->events[i];
        if (event->is_secret != is_secret)
            continue;
        if (!is_secret)
            builder->event_variables[i] =
                add_variable(naming, NAME(QUID_STRING("event"), event->id, QUID_STRING("date")));
        builder->outcome_variables[i] = add_variable(
            naming, is_secret ? NAME(QUID_STRING("secret"), event->id)
                              : NAME(QUID_STRING("event"), event->id, QUID_STRING("outcome")));
    }
}

static void name_chances(Naming *naming)
{
    const QuidDealTables *model = naming->builder->model;
    for (uint32_t i = 1; i < model->event_count; i++) {
        const QuidEvent *event = &model->events[i];
        for (uint32_t o = 0; o < event->outcome_count; o++) {
            const QuidOutcome *outcome = &model->outcomes[event->outcome_first + o];
            name_owner(naming, NAME(QUID_STRING("event"), event->id, outcome->id), outcome->chance,
                       false);
        }
    }
}

static void name_milestones(Naming *naming)
{
    const QuidDealTables *model = naming->builder->model;
    for (uint32_t i = 1; i < model->milestone_count; i++) {
        const QuidMilestone *milestone = &model->milestones[i];
        name_owner(naming, NAME(QUID_STRING("milestone"), milestone->id, QUID_STRING("takes")),
                   milestone->takes, true);
        name_owner(naming, NAME(QUID_STRING("milestone"), milestone->id, QUID_STRING("needs")),
                   milestone->needs, false);
        name_owner(naming, NAME(QUID_STRING("milestone"), milestone->id, QUID_STRING("date")),
                   milestone->set_date, false);
    }
}

static void name_supplies(Naming *naming)
{
    const QuidDealTables *model = naming->builder->model;
    for (uint32_t i = 1; i < model->supply_count; i++) {
        const QuidSupply *supply = &model->supplys[i];
        for (uint32_t s = 0; s < supply->supplier_count; s++) {
            const QuidSupplier *supplier = &model->suppliers[supply->supplier_first + s];
            name_owner(naming, NAME(QUID_STRING("supply"), supply->id, supplier->id),
                       supplier->amount, true);
        }
    }
}

static void name_pledges(Naming *naming)
{
    const QuidDealTables *model = naming->builder->model;
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        const QuidPledge *pledge = &model->pledges[i];
        name_owner(naming, NAME(QUID_STRING("pledge"), pledge->id, QUID_STRING("over")),
                   pledge->disbursed_over, true);
        name_owner(naming, NAME(QUID_STRING("pledge"), pledge->id, QUID_STRING("lapses")),
                   pledge->lapses_if, false);
    }
}

// A term of worth is known by its label; where it has none, or an earlier one of its party has the
// same, by its number.
static Name worth_name(const Naming *naming, uint32_t index, char digits[DIGIT_COUNT_MAX])
{
    const QuidDealTables *model = naming->builder->model;
    const QuidWorth *worth = &model->worths[index];
    const QuidString party = model->partys[worth->party.index].id;
    uint32_t number = 0;
    bool is_repeated = worth->why.size == 0;
    for (uint32_t i = 0; i < index; i++) {
        const QuidWorth *before = &model->worths[i];
        const bool is_own = before->party.index == worth->party.index;
        number += is_own;
        is_repeated = is_repeated || (is_own && quid__string_equal(before->why, worth->why));
    }
    return is_repeated ? NAME(QUID_STRING("worth"), party, number_text(number, digits))
                       : NAME(QUID_STRING("worth"), party, worth->why);
}

static void name_worths_and_asks(Naming *naming)
{
    const QuidDealTables *model = naming->builder->model;
    for (uint32_t i = 0; i < model->worth_count; i++) {
        char digits[DIGIT_COUNT_MAX];
        const Name name = worth_name(naming, i, digits);
        name_owner(naming, name, model->worths[i].amount, false);
        name_owner(naming, with(name, QUID_STRING("if")), model->worths[i].condition, false);
        name_owner(naming, with(name, QUID_STRING("at")), model->worths[i].at, false);
    }
    for (uint32_t i = 0; i < model->ask_count; i++)
        name_owner(naming, NAME(QUID_STRING("ask"), model->asks[i].question), model->asks[i].term,
                   false);
}

static void name_moves(Naming *naming)
{
    const QuidDealTables *model = naming->builder->model;
    for (uint32_t i = 1; i < model->move_count; i++) {
        const QuidMove *move = &model->moves[i];
        name_owner(naming, NAME(QUID_STRING("move"), move->id, QUID_STRING("if")), move->condition,
                   false);
        for (uint32_t o = 0; o < move->option_count; o++) {
            const QuidOption *option = &model->options[move->option_first + o];
            name_owner(naming, NAME(QUID_STRING("move"), move->id, option->id), option->condition,
                       false);
        }
    }
    for (uint32_t i = 1; i < model->move_count; i++) {
        const QuidMove *move = &model->moves[i];
        for (uint32_t d = 0; d < move->date_count; d++) {
            char date[11];
            quid_date_text(model->move_dates[move->date_first + d], date);
            const uint32_t added =
                add_variable(naming, NAME(QUID_STRING("move"), move->id, ((QuidString){date, 10})));
            QUID_AT(&naming->builder->program->variables, Variable, added).is_used = true;
        }
    }
}

void quid__name_variables(Builder *builder)
{
    Naming naming = {.builder = builder};
    const QuidDealTables *model = builder->model;
    name_events(&naming, false);
    name_events(&naming, true);
    for (uint32_t i = 1; i < model->let_count; i++)
        name_owner(&naming, NAME(QUID_STRING("let"), model->lets[i].id), model->lets[i].value,
                   true);
    name_milestones(&naming);
    name_supplies(&naming);
    name_pledges(&naming);
    name_chances(&naming);
    name_worths_and_asks(&naming);
    name_moves(&naming);
}
