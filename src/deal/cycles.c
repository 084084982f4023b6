// Circles: things that depend on themselves in the end. A milestone waits for what stands in
// `after`, and rests on what it needs and takes; an event on its chances; a promise on the
// milestones that commit and pay it, and on what makes it or the promises around it lapse; an
// amount on all its parts; a supply on its suppliers. What moves decide is no part of it: a choice
// depends on nothing but the moves of the same day that it comes `after`.
#include "deal_internal.h"

#define PLEDGE_DEPTH_MAX 16u // pledges inside one another
#define CHAIN_MAX 5000u      // milestones: what is built from them recurs at most so deep
#define KIND_COUNT 6u

static const QuidThingKind kinds[KIND_COUNT] = {QUID_THING_MILESTONE, QUID_THING_EVENT,
                                                QUID_THING_PLEDGE,    QUID_THING_SUPPLY,
                                                QUID_THING_LET,       QUID_THING_MOVE};

// Depth first, with a stack of its own: chains may be as long as the deal has things.
typedef struct Frame {
    uint32_t node;
    uint32_t edge; // the next one to follow
    uint32_t edge_first;
} Frame;

typedef struct Walk {
    Checker *checker;
    uint32_t bases[KIND_COUNT + 1]; // a thing's node is its kind's base and its index
    uint8_t *states;                // by node: 0 new, 1 on the path, 2 done
    QuidVector frames;              // Frame: the path
    QuidVector edges;               // uint32_t: nodes that those on the path depend on
} Walk;

static QuidThing thing_of(const Walk *walk, uint32_t node)
{
    uint32_t kind = 0;
    while (node >= walk->bases[kind + 1])
        kind += 1;
    return (QuidThing){kinds[kind], node - walk->bases[kind]};
}

static void add_edge(Walk *walk, QuidThing thing)
{
    for (uint32_t kind = 0; thing.index != 0 && kind < KIND_COUNT; kind++) {
        uint32_t *edge = kinds[kind] == thing.kind ? quid__vector_push(&walk->edges) : NULL;
        if (edge != NULL)
            *edge = walk->bases[kind] + thing.index;
    }
}

// ---- What things depend on

static bool is_part_of(const Checker *checker, uint32_t part, uint32_t whole)
{
    for (uint32_t depth = 0; part != 0 && depth <= PLEDGE_DEPTH_MAX; depth++) {
        if (part == whole)
            return true;
        part = DEAL_AT(checker, QuidPledge, pledge, part).parent.index;
    }
    return false;
}

static void add_term(Walk *walk, QuidTermId id, uint32_t lapsing);

// What commits and pays a promise, or one that it is part of.
static void add_flows(Walk *walk, uint32_t index)
{
    uint32_t at = index;
    for (uint32_t depth = 0; at != 0 && depth <= PLEDGE_DEPTH_MAX; depth++) {
        const QuidPledge pledge = DEAL_AT(walk->checker, QuidPledge, pledge, at);
        add_edge(walk, (QuidThing){QUID_THING_MILESTONE, pledge.committed_at.index});
        add_edge(walk, (QuidThing){QUID_THING_MILESTONE, pledge.disbursed_from.index});
        add_term(walk, pledge.disbursed_over, 0);
        at = pledge.parent.index;
    }
}

// lapsing: the promise whose `lapses if` this stands in, or 0. There, its own amount and its parts'
// count as if nothing of it lapsed, so that a promise may lapse for want of an amount of its own.
static void add_parts(Walk *walk, uint32_t whole, uint32_t lapsing)
{
    for (uint32_t i = 1; i < walk->checker->deal->pledge.count; i++) {
        if (!is_part_of(walk->checker, i, whole))
            continue;
        if (lapsing != 0 && is_part_of(walk->checker, i, lapsing))
            add_flows(walk, i);
        else
            add_edge(walk, (QuidThing){QUID_THING_PLEDGE, i});
    }
}

// Terms nest at most QUID_NESTING_MAX deep; lets are things of their own.
static void add_term(Walk *walk, QuidTermId id, uint32_t lapsing)
{
    if (id.index == 0)
        return;
    const QuidTerm term = *quid__term(walk->checker, id);
    if (term.kind == QUID_TERM_STAGE)
        add_parts(walk, term.thing.index, lapsing);
    else if (term.thing.kind != QUID_THING_MOVE)
        add_edge(walk, term.thing);
    for (uint32_t i = 0; i < term.child_count; i++)
        add_term(walk, DEAL_AT(walk->checker, QuidTermId, term_child, term.child_first + i),
                 lapsing);
}

// What any what-if would set it to counts too.
static void add_settings(Walk *walk, QuidThing thing)
{
    for (uint32_t i = 0; i < walk->checker->deal->setting.count; i++) {
        const QuidSetting setting = DEAL_AT(walk->checker, QuidSetting, setting, i);
        if (setting.thing.kind == thing.kind && setting.thing.index == thing.index)
            add_term(walk, setting.value, 0);
    }
}

static void add_milestone(Walk *walk, uint32_t index)
{
    const Checker *checker = walk->checker;
    const QuidMilestone milestone = DEAL_AT(checker, QuidMilestone, milestone, index);
    for (uint32_t i = 0; i < milestone.after_count; i++) {
        const QuidThing before =
            DEAL_AT(checker, QuidPredecessor, predecessor, milestone.after_first + i).thing;
        if (before.kind != QUID_THING_MOVE)
            add_edge(walk, before);
    }
    add_term(walk, milestone.needs, 0);
    add_term(walk, milestone.takes, 0);
    add_settings(walk, (QuidThing){QUID_THING_MILESTONE, index});
}

static void add_event(Walk *walk, uint32_t index)
{
    const QuidEvent event = DEAL_AT(walk->checker, QuidEvent, event, index);
    for (uint32_t i = 0; i < event.outcome_count; i++)
        add_term(walk, DEAL_AT(walk->checker, QuidOutcome, outcome, event.outcome_first + i).chance,
                 0);
    add_term(walk, event.when, 0);
}

static void add_pledge(Walk *walk, uint32_t index)
{
    add_flows(walk, index);
    uint32_t at = index;
    for (uint32_t depth = 0; at != 0 && depth <= PLEDGE_DEPTH_MAX; depth++) {
        const QuidPledge pledge = DEAL_AT(walk->checker, QuidPledge, pledge, at);
        add_term(walk, pledge.lapses_if, at);
        at = pledge.parent.index;
    }
}

static void add_supply(Walk *walk, uint32_t index)
{
    const QuidSupply supply = DEAL_AT(walk->checker, QuidSupply, supply, index);
    for (uint32_t i = 0; i < supply.supplier_count; i++) {
        const QuidSupplier supplier =
            DEAL_AT(walk->checker, QuidSupplier, supplier, supply.supplier_first + i);
        add_term(walk, supplier.amount, 0);
        add_edge(walk, (QuidThing){QUID_THING_MILESTONE, supplier.once.index});
    }
}

static void add_edges(Walk *walk, QuidThing thing)
{
    switch (thing.kind) {
    case QUID_THING_MILESTONE:
        add_milestone(walk, thing.index);
        return;
    case QUID_THING_EVENT:
        add_event(walk, thing.index);
        return;
    case QUID_THING_PLEDGE:
        add_pledge(walk, thing.index);
        return;
    case QUID_THING_SUPPLY:
        add_supply(walk, thing.index);
        return;
    case QUID_THING_LET:
        add_term(walk, DEAL_AT(walk->checker, QuidLet, let, thing.index).value, 0);
        add_settings(walk, thing);
        return;
    case QUID_THING_MOVE:
        add_edge(walk,
                 (QuidThing){QUID_THING_MOVE,
                             DEAL_AT(walk->checker, QuidMove, move, thing.index).after.index});
        return;
    case QUID_THING_NONE:
    case QUID_THING_PARTY:
        return;
    }
}

// ---- The walk

static QuidString id_of(const Checker *checker, QuidThing thing)
{
    switch (thing.kind) {
    case QUID_THING_MILESTONE:
        return DEAL_AT(checker, QuidMilestone, milestone, thing.index).id;
    case QUID_THING_PLEDGE:
        return DEAL_AT(checker, QuidPledge, pledge, thing.index).id;
    case QUID_THING_SUPPLY:
        return DEAL_AT(checker, QuidSupply, supply, thing.index).id;
    case QUID_THING_LET:
        return DEAL_AT(checker, QuidLet, let, thing.index).id;
    case QUID_THING_MOVE:
        return DEAL_AT(checker, QuidMove, move, thing.index).id;
    default:
        return DEAL_AT(checker, QuidEvent, event, thing.index).id;
    }
}

static QuidSpan span_of(const Checker *checker, QuidThing thing)
{
    switch (thing.kind) {
    case QUID_THING_MILESTONE:
        return DEAL_AT(checker, QuidMilestone, milestone, thing.index).origin.span;
    case QUID_THING_PLEDGE:
        return DEAL_AT(checker, QuidPledge, pledge, thing.index).origin.span;
    case QUID_THING_SUPPLY:
        return DEAL_AT(checker, QuidSupply, supply, thing.index).origin.span;
    case QUID_THING_LET:
        return DEAL_AT(checker, QuidLet, let, thing.index).origin.span;
    case QUID_THING_MOVE:
        return DEAL_AT(checker, QuidMove, move, thing.index).origin.span;
    default:
        return DEAL_AT(checker, QuidEvent, event, thing.index).origin.span;
    }
}

// The path from its member `node` on leads back to it.
static void report_cycle(Walk *walk, uint32_t node)
{
    Checker *checker = walk->checker;
    uint32_t from = 0;
    while (QUID_AT(&walk->frames, Frame, from).node != node)
        from += 1;
    const QuidThing first = thing_of(walk, node);
    quid__report(checker->context, QUID_E0502_WAITING_CYCLE, span_of(checker, first),
                 "the %s `%.*s` waits for itself in the end", quid__thing_word(first.kind),
                 QUID_PRINT(id_of(checker, first)));
    for (uint32_t i = from; i < walk->frames.count; i++) {
        const bool is_last = i + 1 == walk->frames.count;
        const QuidThing thing = thing_of(walk, QUID_AT(&walk->frames, Frame, i).node);
        const QuidThing next =
            is_last ? first : thing_of(walk, QUID_AT(&walk->frames, Frame, i + 1).node);
        quid__report_related(checker->context, span_of(checker, thing), "`%.*s` waits for `%.*s`",
                             QUID_PRINT(id_of(checker, thing)), QUID_PRINT(id_of(checker, next)));
    }
    quid__report_hint(checker->context, "take one of these links out");
}

static void enter(Walk *walk, uint32_t node)
{
    Frame *frame = quid__vector_push(&walk->frames);
    if (frame == NULL)
        return;
    *frame = (Frame){node, walk->edges.count, walk->edges.count};
    walk->states[node] = 1;
    add_edges(walk, thing_of(walk, node));
}

// Walks from one thing; ends at the first circle, so that each is told once.
static void walk_from(Walk *walk, uint32_t start)
{
    bool has_cycle = false;
    enter(walk, start);
    while (walk->frames.count > 0 && !walk->edges.has_failed && !walk->frames.has_failed) {
        Frame *frame = &QUID_AT(&walk->frames, Frame, walk->frames.count - 1);
        if (has_cycle || frame->edge == walk->edges.count) {
            walk->states[frame->node] = 2;
            walk->edges.count = frame->edge_first;
            walk->frames.count -= 1;
            continue;
        }
        const uint32_t next = QUID_AT(&walk->edges, uint32_t, frame->edge++);
        has_cycle = walk->states[next] == 1;
        if (has_cycle)
            report_cycle(walk, next);
        else if (walk->states[next] == 0)
            enter(walk, next);
    }
}

static void walk_all(Checker *checker)
{
    const QuidDeal *deal = checker->deal;
    const uint32_t counts[KIND_COUNT] = {deal->milestone.count, deal->event.count,
                                         deal->pledge.count,    deal->supply.count,
                                         deal->let.count,       deal->move.count};
    Walk walk = {.checker = checker};
    for (uint32_t kind = 0; kind < KIND_COUNT; kind++)
        walk.bases[kind + 1] = walk.bases[kind] + counts[kind];
    const uint32_t node_count = walk.bases[KIND_COUNT];
    walk.states = quid__arena_push(&checker->deal->arena, node_count);
    quid__vector_init(&walk.frames, checker->context, sizeof(Frame));
    quid__vector_init(&walk.edges, checker->context, sizeof(uint32_t));
    for (uint32_t node = 0; walk.states != NULL && node < node_count; node++) {
        if (walk.states[node] == 0 && thing_of(&walk, node).index != 0)
            walk_from(&walk, node);
    }
    checker->has_failed = checker->has_failed || walk.frames.has_failed || walk.edges.has_failed;
    quid__vector_free(&walk.frames);
    quid__vector_free(&walk.edges);
}

static uint32_t parent_of(const Checker *checker, uint32_t pledge)
{
    return DEAL_AT(checker, QuidPledge, pledge, pledge).parent.index;
}

static void report_pledge_circle(Checker *checker, uint32_t first)
{
    const QuidThing thing = {QUID_THING_PLEDGE, first};
    quid__report(checker->context, QUID_E0502_WAITING_CYCLE, span_of(checker, thing),
                 "the promise `%.*s` is a part of itself in the end",
                 QUID_PRINT(id_of(checker, thing)));
    uint32_t at = first;
    do {
        const QuidThing part = {QUID_THING_PLEDGE, at};
        at = parent_of(checker, at);
        const QuidThing whole = {QUID_THING_PLEDGE, at};
        quid__report_related(checker->context, span_of(checker, part), "`%.*s` stands in `%.*s`",
                             QUID_PRINT(id_of(checker, part)), QUID_PRINT(id_of(checker, whole)));
    } while (at != first);
    quid__report_hint(checker->context, "take one of these `in` out");
}

// Each promise is passed once, on the way up from the first that leads to it. A way that meets
// itself is a circle. Returns whether there is one.
static bool report_pledge_circles(Checker *checker)
{
    const uint32_t count = checker->deal->pledge.count;
    uint32_t *way = quid__arena_push(&checker->deal->arena, count * sizeof *way);
    bool has_circle = false;
    for (uint32_t i = 1; way != NULL && i < count; i++) {
        uint32_t at = i;
        for (; at != 0 && way[at] == 0; at = parent_of(checker, at))
            way[at] = i;
        if (at == 0 || way[at] != i)
            continue;
        report_pledge_circle(checker, at);
        has_circle = true;
    }
    return has_circle;
}

static void check_depths(Checker *checker)
{
    for (uint32_t i = 1; i < checker->deal->pledge.count; i++) {
        uint32_t depth = 0;
        for (uint32_t at = i; at != 0 && depth <= PLEDGE_DEPTH_MAX; depth++)
            at = parent_of(checker, at);
        if (depth <= PLEDGE_DEPTH_MAX)
            continue;
        quid__report(checker->context, QUID_E0502_WAITING_CYCLE,
                     span_of(checker, (QuidThing){QUID_THING_PLEDGE, i}),
                     "pledges stand more than %u deep inside one another", PLEDGE_DEPTH_MAX);
        return;
    }
}

// Programs and games keep what they build per thing, so their numbers are limited here.
static bool check_count(Checker *checker, QuidThingKind kind, uint32_t count)
{
    if (count <= CHAIN_MAX + 1) // an inert one among them
        return true;
    const QuidSpan span = span_of(checker, (QuidThing){kind, CHAIN_MAX + 1});
    quid__report(checker->context, QUID_E0502_WAITING_CYCLE, span, "a deal has at most %u %ss",
                 CHAIN_MAX, quid__thing_word(kind));
    return false;
}

void quid__check_cycles(Checker *checker)
{
    const QuidDeal *deal = checker->deal;
    if (check_count(checker, QUID_THING_MILESTONE, deal->milestone.count) &&
        check_count(checker, QUID_THING_MOVE, deal->move.count) &&
        check_count(checker, QUID_THING_EVENT, deal->event.count)) {
        if (!report_pledge_circles(checker))
            check_depths(checker);
        walk_all(checker);
    }
}
