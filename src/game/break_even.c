// Break-evens: the probability of an outcome at which the likeliest option of a move at its next
// date changes.
//
// A game's chances and payoffs are linear in the probability of one outcome (the others keep their
// proportions), so two compiled games, at both ends, give all between them.
#include "game_internal.h"

#include <math.h>

#define SCAN_COUNT 16u       // crossings are looked for between so many probabilities
#define REFINE_COUNT 40u     // steps of refining one, at most
#define PRECISION 1e-6       // to which it is refined
#define SPLIT_COUNT_MAX 16u  // ends of intervals at hand between two probabilities of the scan
#define PROBABILITY_MIN 1e-9 // an outcome without any chance would leave the tree

// One probability of the outcome, and how much likelier the likeliest option is than the next.
typedef struct Trial {
    double probability;
    double chances[QUID_CHOICE_COUNT_MAX]; // by option
    uint32_t likeliest;
    bool is_certified;
} Trial;

typedef struct Search {
    uint32_t move;
    uint32_t event;
    uint32_t outcome;
    bool is_decided;   // nothing to look for
    QuidGame *ends[2]; // at PROBABILITY_MIN and 1 - PROBABILITY_MIN
    QuidVector found;  // QuidBreakEven
    QuidStatus status;
} Search;

bool quid__is_undecided(const Asker *asker, uint32_t event)
{
    return !asker->model->events[event].is_secret && !asker->facts->events[event].is_known &&
           !asker->model->events[event].is_set;
}

// ---- Games between two ends

static QuidStatus compile_end(Asker *asker, const Search *search, double probability,
                              QuidDeal **changed, QuidGame **game)
{
    const QuidSetting setting = {.thing = {QUID_THING_EVENT, search->event},
                                 .is_chance = true,
                                 .choice = search->outcome,
                                 .chance = probability};
    QuidGameOptions options = asker->options->game;
    options.common_event = search->event;
    const QuidStatus status = quid_deal_apply(asker->context, asker->deal, &setting, 1, changed);
    if (status != QUID_OK)
        return status;
    return quid__game_compile(asker->context, *changed, asker->ledger, &options,
                              asker->answers->game, NULL, game);
}

static double between(double first, double last, double share)
{
    return first + (last - first) * share;
}

// The game at a probability: shares ends[0]'s tables but for chances and payoffs, which lie in the
// arena. false: no memory.
static bool mix(const Search *search, double probability, QuidArena *arena, QuidGame *mixed)
{
    const QuidGameTables *first = &search->ends[0]->tables;
    const QuidGameTables *last = &search->ends[1]->tables;
    const double share = (probability - PROBABILITY_MIN) / (1 - 2 * PROBABILITY_MIN);
    const size_t chance_count = (size_t)first->node_count * first->belief_count;
    const size_t payoff_count = (size_t)first->terminal_count * first->player_count;
    QUID_ASSERT(first->node_count == last->node_count);
    double *chance = quid__arena_push_bare(arena, chance_count * sizeof(double));
    double *payoff = quid__arena_push_bare(arena, payoff_count * sizeof(double));
    double *low = quid__arena_push_bare(arena, first->player_count * sizeof(double));
    double *high = quid__arena_push_bare(arena, first->player_count * sizeof(double));
    if (arena->has_failed)
        return false;
    for (size_t i = 0; i < chance_count; i++)
        chance[i] = between(first->chance[i], last->chance[i], share);
    for (size_t i = 0; i < payoff_count; i++)
        payoff[i] = between(first->payoff[i], last->payoff[i], share);
    for (uint32_t player = 0; player < first->player_count; player++) {
        const double *own = payoff + (size_t)player * first->terminal_count;
        low[player] = QUID_NEVER;
        high[player] = -QUID_NEVER;
        for (uint32_t i = 0; i < first->terminal_count; i++) {
            low[player] = own[i] < low[player] ? own[i] : low[player];
            high[player] = own[i] > high[player] ? own[i] : high[player];
        }
    }
    *mixed = *search->ends[0];
    mixed->tables.chance = chance;
    mixed->tables.payoff = payoff;
    mixed->tables.payoff_low = low;
    mixed->tables.payoff_high = high;
    return true;
}

// ---- Trials

static void find_likeliest(const Asker *asker, const Search *search, const QuidPosition *position,
                           Trial *trial)
{
    const QuidGameTables *tree = &search->ends[0]->tables;
    const QuidDealGameTables *deal = &search->ends[0]->deal_tables;
    const uint32_t option_count = asker->model->moves[search->move].option_count;
    for (uint32_t option = 0; option < option_count; option++)
        trial->chances[option] = 0;
    for (uint32_t node = 1; node < tree->node_count; node++) {
        const QuidStep *step = &deal->steps[deal->node_step[tree->parent[node]]];
        if (step->kind == QUID_STEP_MOVE && step->thing == search->move &&
            step->position == asker->next[search->move])
            trial->chances[deal->node_slot[node]] += position->tables.reach[node];
    }
    trial->likeliest = 0;
    for (uint32_t option = 1; option < option_count; option++) {
        if (trial->chances[option] > trial->chances[trial->likeliest])
            trial->likeliest = option;
    }
}

static QuidStatus try_probability(Asker *asker, const Search *search, double probability,
                                  Trial *trial)
{
    Resolved resolved = {0};
    QuidPosition *position = NULL;
    QuidGame mixed;
    QuidArena arena;
    quid__arena_init(&arena, asker->context);
    trial->probability = probability;
    QuidStatus status = mix(search, probability, &arena, &mixed) ? QUID_OK : QUID_NO_MEMORY;
    if (status == QUID_OK)
        status = quid__solve_again(asker, &mixed, asker->answers->game, &asker->answers->resolved,
                                   (Binding){0}, &resolved);
    if (status == QUID_OK)
        status = quid__position_of(asker->context, &mixed, resolved.log_probability, asker->ledger,
                                   &position);
    if (status == QUID_OK) {
        find_likeliest(asker, search, position, trial);
        trial->is_certified = quid_solution_tables(resolved.solution)->profile.is_certified;
    }
    quid_position_free(position);
    quid__resolved_free(asker->context, &resolved);
    quid__arena_free(&arena);
    return status;
}

static void store_crossing(Search *search, const Trial *below, const Trial *above)
{
    QuidBreakEven *added = quid__vector_push(&search->found);
    if (added != NULL)
        *added = (QuidBreakEven){.move = search->move,
                                 .event = search->event,
                                 .outcome = search->outcome,
                                 .at = (below->probability + above->probability) / 2,
                                 .below = below->likeliest,
                                 .above = above->likeliest,
                                 .is_certified = below->is_certified && above->is_certified};
}

// How far the option that is likeliest below stays ahead of the one that is likeliest above.
static double lead(const Trial *trial, uint32_t below, uint32_t above)
{
    return trial->chances[below] - trial->chances[above];
}

// Pins a change of option down between two trials: by regula falsi (Illinois) where the lead is
// smooth, every third step by halving, so that a jump ends as well. true: a third option turned up
// between the two, at *third.
static bool refine(Asker *asker, Search *search, Trial *below, Trial *above, Trial *third)
{
    const uint32_t first = below->likeliest;
    const uint32_t last = above->likeliest;
    double lead_below = lead(below, first, last);
    double lead_above = lead(above, first, last);
    for (uint32_t i = 0; i < REFINE_COUNT && above->probability - below->probability > PRECISION;
         i++) {
        const double share = i % 3 == 2 ? 0.5 : lead_below / (lead_below - lead_above);
        const double inside = share < 0.001 ? 0.001 : share > 0.999 ? 0.999 : share;
        Trial trial;
        search->status = try_probability(
            asker, search, between(below->probability, above->probability, inside), &trial);
        if (search->status != QUID_OK)
            return false;
        if (trial.likeliest != first && trial.likeliest != last) {
            *third = trial;
            return true;
        }
        if (trial.likeliest == first) {
            *below = trial;
            lead_below = lead(&trial, first, last);
            lead_above /= 2;
        } else {
            *above = trial;
            lead_above = lead(&trial, first, last);
            lead_below /= 2;
        }
    }
    return false;
}

// All crossings between two trials of the scan, in order; those of options in between split the
// interval.
static void find_crossings(Asker *asker, Search *search, const Trial *below, const Trial *above)
{
    Trial ends[SPLIT_COUNT_MAX + 1];
    uint32_t count = 2; // a stack: the lowest interval on top
    ends[0] = *above;
    ends[1] = *below;
    while (count > 1 && search->status == QUID_OK) {
        Trial low = ends[count - 1];
        Trial high = ends[count - 2];
        Trial third;
        const bool has_third =
            low.likeliest != high.likeliest && refine(asker, search, &low, &high, &third);
        if (has_third && count < SPLIT_COUNT_MAX) {
            ends[count] = ends[count - 1];
            ends[count - 1] = third;
            count += 1;
            continue;
        }
        if (low.likeliest != high.likeliest && search->status == QUID_OK)
            store_crossing(search, &low, &high);
        count -= 1;
    }
}

// ---- The search

typedef struct Scan {
    Asker *asker;
    const Search *search;
    Trial trials[SCAN_COUNT + 1];
    QuidStatus statuses[SCAN_COUNT + 1];
} Scan;

static void scan_one(void *user, uint32_t block, uint32_t worker)
{
    Scan *scan = user;
    const double share = (double)block / SCAN_COUNT;
    (void)worker;
    scan->statuses[block] =
        try_probability(scan->asker, scan->search,
                        between(PROBABILITY_MIN, 1 - PROBABILITY_MIN, share), &scan->trials[block]);
}

static void find_all(Asker *asker, Search *search)
{
    Scan scan = {.asker = asker, .search = search};
    quid__pool_run(asker->pool, SCAN_COUNT + 1, scan_one, &scan);
    for (uint32_t i = 0; i <= SCAN_COUNT && search->status == QUID_OK; i++) {
        search->status = scan.statuses[i];
        if (search->status == QUID_OK && i > 0)
            find_crossings(asker, search, &scan.trials[i - 1], &scan.trials[i]);
    }
    const Trial before = scan.trials[SCAN_COUNT];
    QuidBreakEven *none = search->found.count > 0 || search->status != QUID_OK
                              ? NULL
                              : quid__vector_push(&search->found);
    if (none != NULL)
        *none = (QuidBreakEven){.move = search->move,
                                .event = search->event,
                                .outcome = search->outcome,
                                .at = NAN,
                                .below = before.likeliest,
                                .above = before.likeliest,
                                .is_certified = before.is_certified};
}

void quid__run_search(Asker *asker, QuidVector *searches, uint32_t number)
{
    Search *search = &QUID_AT(searches, Search, number);
    QuidDeal *changed[2] = {NULL, NULL};
    if (search->is_decided)
        return;
    for (uint32_t i = 0; i < 2 && search->status == QUID_OK; i++)
        search->status = compile_end(asker, search, i == 0 ? PROBABILITY_MIN : 1 - PROBABILITY_MIN,
                                     &changed[i], &search->ends[i]);
    if (search->status == QUID_OK)
        find_all(asker, search);
    for (uint32_t i = 0; i < 2; i++) {
        quid_game_free(search->ends[i]);
        quid_deal_free(changed[i]);
    }
}

static void add_search(const Asker *asker, QuidVector *searches, uint32_t move, uint32_t event,
                       uint32_t outcome)
{
    for (uint32_t i = 0; i < searches->count; i++) {
        const Search *before = &QUID_AT(searches, Search, i);
        if (before->move == move && before->event == event && before->outcome == outcome)
            return;
    }
    Search *added = quid__vector_push(searches);
    if (added == NULL)
        return;
    *added = (Search){.move = move, .event = event, .outcome = outcome};
    quid__vector_init(&added->found, asker->context, sizeof(QuidBreakEven));
    if (asker->next[move] != UINT32_MAX && quid__is_undecided(asker, event))
        return;
    added->is_decided = true;
    QuidBreakEven *decided = quid__vector_push(&added->found);
    if (decided != NULL)
        *decided = (QuidBreakEven){.move = move,
                                   .event = event,
                                   .outcome = outcome,
                                   .at = NAN,
                                   .is_decided = true,
                                   .is_certified = true};
}

void quid__list_searches(Asker *asker, QuidVector *searches)
{
    quid__vector_init(searches, asker->context, sizeof(Search));
    if (!asker->options->has_break_evens && !asker->options->has_asked_break_evens)
        return;
    for (uint32_t i = 0; i < asker->model->ask_count; i++) {
        const QuidAsk *ask = &asker->model->asks[i];
        if (ask->kind == QUID_ASK_BREAK_EVEN)
            add_search(asker, searches, ask->move.index, ask->event.index, ask->outcome);
    }
    for (uint32_t move = 1; asker->options->has_break_evens && move < asker->model->move_count;
         move++) {
        for (uint32_t event = 1; event < asker->model->event_count; event++) {
            if (asker->next[move] != UINT32_MAX && quid__is_undecided(asker, event))
                add_search(asker, searches, move, event, 0);
        }
    }
}

static void collect(Asker *asker, Search *search)
{
    if (asker->status == QUID_OK)
        asker->status = search->found.has_failed ? QUID_NO_MEMORY : search->status;
    for (uint32_t i = 0; i < search->found.count; i++) {
        QuidBreakEven *added = quid__vector_push(&asker->answers->break_evens);
        if (added != NULL)
            *added = QUID_AT(&search->found, QuidBreakEven, i);
    }
    quid__vector_free(&search->found);
}

void quid__store_searches(Asker *asker, QuidVector *searches)
{
    if (searches->has_failed)
        asker->status = QUID_NO_MEMORY;
    for (uint32_t i = 0; i < searches->count; i++)
        collect(asker, &QUID_AT(searches, Search, i));
    quid__vector_free(searches);
}
