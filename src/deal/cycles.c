// Circles: a milestone that waits for itself by way of others, a pledge that is a part of its own
// part, a move on the same day as one that waits for it, chances that depend on each other.
#include "deal_internal.h"

#define PLEDGE_DEPTH_MAX 16u // pledges inside one another

// Depth-first over things of one kind. States: 0 new, 1 on the path, 2 done.
typedef struct Walk {
    Checker *checker;
    QuidThingKind kind;
    uint8_t *states;
    uint32_t *path;
    uint32_t depth;
    uint32_t count;
    bool has_cycle;
} Walk;

static void visit(Walk *walk, uint32_t index);

static QuidString id_of(const Checker *checker, QuidThingKind kind, uint32_t index)
{
    if (kind == QUID_THING_MILESTONE)
        return DEAL_AT(checker, QuidMilestone, milestone, index).id;
    if (kind == QUID_THING_PLEDGE)
        return DEAL_AT(checker, QuidPledge, pledge, index).id;
    if (kind == QUID_THING_MOVE)
        return DEAL_AT(checker, QuidMove, move, index).id;
    return DEAL_AT(checker, QuidEvent, event, index).id;
}

static QuidSpan span_of(const Checker *checker, QuidThingKind kind, uint32_t index)
{
    if (kind == QUID_THING_MILESTONE)
        return DEAL_AT(checker, QuidMilestone, milestone, index).origin.span;
    if (kind == QUID_THING_PLEDGE)
        return DEAL_AT(checker, QuidPledge, pledge, index).origin.span;
    if (kind == QUID_THING_MOVE)
        return DEAL_AT(checker, QuidMove, move, index).origin.span;
    return DEAL_AT(checker, QuidEvent, event, index).origin.span;
}

static void report_cycle(Walk *walk, uint32_t from)
{
    Checker *checker = walk->checker;
    const uint32_t first = walk->path[from];
    walk->has_cycle = true;
    quid__report(checker->context, QUID_E0502_WAITING_CYCLE, span_of(checker, walk->kind, first),
                 "the %s `%.*s` waits for itself in the end", quid__thing_word(walk->kind),
                 QUID_PRINT(id_of(checker, walk->kind, first)));
    for (uint32_t i = from; i < walk->depth; i++) {
        const uint32_t next = i + 1 < walk->depth ? walk->path[i + 1] : first;
        quid__report_related(checker->context, span_of(checker, walk->kind, walk->path[i]),
                             "`%.*s` waits for `%.*s`",
                             QUID_PRINT(id_of(checker, walk->kind, walk->path[i])),
                             QUID_PRINT(id_of(checker, walk->kind, next)));
    }
    quid__report_hint(checker->context, "take one of these links out");
}

static void follow(Walk *walk, QuidThing thing)
{
    if (thing.kind != walk->kind || thing.index == 0)
        return;
    if (walk->states[thing.index] == 1) {
        for (uint32_t i = 0; i < walk->depth; i++) {
            if (walk->path[i] == thing.index)
                report_cycle(walk, i);
        }
    } else if (walk->states[thing.index] == 0) {
        visit(walk, thing.index);
    }
}

// Everything of the kind that an expression names, also by way of lets.
static void follow_term(Walk *walk, QuidTermId id, uint32_t depth)
{
    if (id.index == 0 || depth > QUID_TERM_DEPTH_MAX)
        return;
    const QuidTerm term = *quid__term(walk->checker, id);
    if (term.kind == QUID_TERM_LET)
        follow_term(walk, DEAL_AT(walk->checker, QuidLet, let, term.thing.index).value, depth + 1);
    else
        follow(walk, term.thing);
    for (uint32_t i = 0; i < term.child_count; i++)
        follow_term(walk, DEAL_AT(walk->checker, QuidTermId, term_child, term.child_first + i),
                    depth + 1);
}

static void follow_milestone(Walk *walk, uint32_t index)
{
    const QuidMilestone milestone = DEAL_AT(walk->checker, QuidMilestone, milestone, index);
    for (uint32_t i = 0; i < milestone.after_count; i++)
        follow(
            walk,
            DEAL_AT(walk->checker, QuidPredecessor, predecessor, milestone.after_first + i).thing);
    follow_term(walk, milestone.needs, 0);
    follow_term(walk, milestone.takes, 0);
}

static void visit(Walk *walk, uint32_t index)
{
    if (walk->has_cycle || walk->depth >= walk->count)
        return;
    walk->states[index] = 1;
    walk->path[walk->depth++] = index;
    const Checker *checker = walk->checker;
    if (walk->kind == QUID_THING_MILESTONE) {
        follow_milestone(walk, index);
    } else if (walk->kind == QUID_THING_PLEDGE) {
        follow(walk, (QuidThing){QUID_THING_PLEDGE,
                                 DEAL_AT(checker, QuidPledge, pledge, index).parent.index});
    } else if (walk->kind == QUID_THING_MOVE) {
        follow(walk,
               (QuidThing){QUID_THING_MOVE, DEAL_AT(checker, QuidMove, move, index).after.index});
    } else {
        const QuidEvent event = DEAL_AT(checker, QuidEvent, event, index);
        for (uint32_t i = 0; i < event.outcome_count; i++)
            follow_term(walk,
                        DEAL_AT(checker, QuidOutcome, outcome, event.outcome_first + i).chance, 0);
        follow_term(walk, event.when, 0);
    }
    walk->depth -= 1;
    walk->states[index] = 2;
}

static void check_kind(Checker *checker, QuidThingKind kind, uint32_t count)
{
    Walk walk = {.checker = checker, .kind = kind, .count = count};
    walk.states = quid__arena_push(&checker->deal->arena, count);
    walk.path = quid__arena_push(&checker->deal->arena, (size_t)count * sizeof(uint32_t));
    if (walk.states == NULL || walk.path == NULL)
        return;
    for (uint32_t i = 1; i < count; i++) {
        walk.has_cycle = false;
        walk.depth = 0;
        if (walk.states[i] == 0)
            visit(&walk, i);
    }
}

static void check_depths(Checker *checker)
{
    for (uint32_t i = 1; i < checker->deal->pledge.count; i++) {
        uint32_t depth = 0;
        uint32_t at = i;
        while (at != 0 && depth <= PLEDGE_DEPTH_MAX) {
            at = DEAL_AT(checker, QuidPledge, pledge, at).parent.index;
            depth += 1;
        }
        if (depth <= PLEDGE_DEPTH_MAX)
            continue;
        quid__report(checker->context, QUID_E0502_WAITING_CYCLE,
                     DEAL_AT(checker, QuidPledge, pledge, i).origin.span,
                     "pledges stand more than %u deep inside one another", PLEDGE_DEPTH_MAX);
        return;
    }
}

// A chain may be as long as the deal has milestones, moves or events; the walk recurs that deep, so
// their numbers are limited here.
#define CHAIN_MAX 5000u

static void check_chains(Checker *checker, QuidThingKind kind, uint32_t count)
{
    if (count <= CHAIN_MAX + 1) // an inert one among them
        check_kind(checker, kind, count);
    else
        quid__report(checker->context, QUID_E0502_WAITING_CYCLE,
                     span_of(checker, kind, CHAIN_MAX + 1), "a deal has at most %u %ss", CHAIN_MAX,
                     quid__thing_word(kind));
}

void quid__check_cycles(Checker *checker)
{
    const uint32_t errors = quid__report_error_count(checker->context);
    check_chains(checker, QUID_THING_MILESTONE, checker->deal->milestone.count);
    check_chains(checker, QUID_THING_MOVE, checker->deal->move.count);
    check_chains(checker, QUID_THING_EVENT, checker->deal->event.count);
    // Parents form chains, not trees, downwards: no recursion is needed, and there may be many
    // pledges.
    check_depths(checker);
    if (quid__report_error_count(checker->context) == errors)
        return;
}
