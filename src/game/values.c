// What a change of the game from now on would be worth: waiting, commitment, information; and the odds at which a choice
// turns. Each solves a changed game; the changes are independent of each other and run side by side.
#include "game_internal.h"
#include "pool.h"

#include <math.h>

#define SCAN_COUNT 16u      // break-evens are looked for between so many probabilities …
#define BISECTION_COUNT 24u // … and each halved so often: to 4e-9

// One changed game: what to solve, and what it brings.
typedef struct Change {
    QuidValueKind kind;
    uint32_t move;
    uint32_t choice;
    uint32_t event;
    double payoff; // of the move's party, given the facts
    bool is_certified;
    QuidStatus status;
} Change;

typedef struct Changes {
    Asker *asker;
    QuidVector list; // Change
} Changes;

// The party's expected payoff given the facts, by its own prior.
static QuidStatus payoff_now(const Asker *asker, const QuidGame *game, const QuidSolution *solution,
                             uint32_t party, double *payoff)
{
    QuidPosition *position;
    const QuidStatus status = quid_position_create(asker->context, game, solution, asker->ledger, &position);
    if (status != QUID_OK)
        return status;
    const QuidGameTables *tree = &game->tables;
    const double *reach =
        quid_position_tables(position)->reach + (size_t)tree->player_belief[party - 1] * tree->node_count;
    const double *of_party = tree->payoff + (size_t)(party - 1) * tree->terminal_count;
    *payoff = 0;
    for (uint32_t node = 0; node < tree->node_count; node++) {
        if (tree->terminal[node] != QUID_NO_INDEX)
            *payoff += reach[node] * of_party[tree->terminal[node]];
    }
    quid_position_free(position);
    return QUID_OK;
}

static Binding binding_of(const Asker *asker, const Change *change)
{
    const uint32_t next = asker->next[change->move];
    switch (change->kind) {
    case QUID_VALUE_WAITING:
        return (Binding){change->move, change->choice, next, next};
    case QUID_VALUE_COMMITMENT:
        return (Binding){change->move, change->choice, next, UINT32_MAX};
    case QUID_VALUE_INFORMATION:
        return (Binding){0};
    }
    return (Binding){0};
}

static uint32_t next_epoch(const Asker *asker, uint32_t move)
{
    const QuidDealGameTables *game = &asker->answers->game->deal_tables;
    for (uint32_t i = 0; i < game->step_count; i++) {
        const QuidStep *step = &game->steps[i];
        if (step->kind == QUID_STEP_MOVE && step->thing == move && step->position == asker->next[move])
            return step->epoch;
    }
    return 0;
}

static void solve_change(void *user, uint32_t block, uint32_t worker)
{
    const Changes *changes = user;
    Asker *asker = changes->asker;
    Change *change = &QUID_AT(&changes->list, Change, block);
    const QuidPartyId party = asker->model->moves[change->move].party;
    const QuidGame *base_game = asker->answers->game;
    QuidGame *revealed = NULL;
    QuidSolution *solution = NULL;
    (void)worker;
    if (change->kind == QUID_VALUE_INFORMATION) {
        QuidGameOptions options = asker->options->game;
        options.reveal = (QuidReveal){change->event, party, next_epoch(asker, change->move)};
        change->status = quid_game_compile(asker->context, asker->deal, asker->ledger, &options, &revealed);
    }
    const QuidGame *game = revealed != NULL ? revealed : base_game;
    if (change->status == QUID_OK)
        change->status = quid__solve_again(asker, game, base_game, asker->answers->solution,
                                           binding_of(asker, change), &solution);
    if (change->status == QUID_OK) {
        change->is_certified = quid_solution_tables(solution)->profile.is_certified;
        change->status = payoff_now(asker, game, solution, party.index, &change->payoff);
    }
    quid_solution_free(solution);
    quid_game_free(revealed);
}

static void add_change(Changes *changes, QuidValueKind kind, uint32_t move, uint32_t choice, uint32_t event)
{
    Change *added = quid__vector_push(&changes->list);
    if (added != NULL)
        *added = (Change){.kind = kind, .move = move, .choice = choice, .event = event};
}

static bool is_open(const Asker *asker, uint32_t event)
{
    return !asker->model->events[event].is_secret && !asker->facts->events[event].is_known &&
           !asker->model->events[event].is_set;
}

// Whether the move's party has an option at its next date at all, as the reasons say.
static bool has_reason(const Asker *asker, uint32_t move, uint32_t option)
{
    for (uint32_t i = 0; i < asker->answers->reasons.count; i++) {
        const QuidReason *reason = &QUID_AT(&asker->answers->reasons, QuidReason, i);
        if (reason->move == move && reason->option == option)
            return true;
    }
    return false;
}

static void list_changes(Changes *changes)
{
    const Asker *asker = changes->asker;
    for (uint32_t move = 1; move < asker->model->move_count; move++) {
        const QuidMove *what = &asker->model->moves[move];
        if (asker->next[move] == UINT32_MAX || what->is_bound)
            continue;
        const bool has_later = asker->next[move] + 1 < what->date_count;
        for (uint32_t i = 0; i < what->option_count; i++) {
            if (asker->model->options[what->option_first + i].is_until && has_reason(asker, move, i) && has_later)
                add_change(changes, QUID_VALUE_WAITING, move, i, 0);
        }
        for (uint32_t i = 0; i < what->option_count; i++) {
            if (has_reason(asker, move, i))
                add_change(changes, QUID_VALUE_COMMITMENT, move, i, 0);
        }
        for (uint32_t event = 1; event < asker->model->event_count; event++) {
            if (is_open(asker, event))
                add_change(changes, QUID_VALUE_INFORMATION, move, 0, event);
        }
    }
}

// Of the `until` options only the best counts: a party that had to act would take it.
static void store_waiting(Asker *asker, const Changes *changes, uint32_t move, double now)
{
    const Change *best = NULL;
    for (uint32_t i = 0; i < changes->list.count; i++) {
        const Change *change = &QUID_AT(&changes->list, Change, i);
        if (change->kind == QUID_VALUE_WAITING && change->move == move &&
            (best == NULL || change->payoff > best->payoff))
            best = change;
    }
    QuidValue *added = best == NULL ? NULL : quid__vector_push(&asker->answers->values);
    if (added != NULL)
        *added = (QuidValue){QUID_VALUE_WAITING, move, best->choice, 0, now - best->payoff, best->is_certified};
}

static void store_changes(Asker *asker, const Changes *changes)
{
    for (uint32_t move = 1; move < asker->model->move_count; move++) {
        const double now = asker->answers->tables.payoff[asker->model->moves[move].party.index - 1];
        store_waiting(asker, changes, move, now);
        for (uint32_t i = 0; i < changes->list.count; i++) {
            const Change *change = &QUID_AT(&changes->list, Change, i);
            if (change->kind == QUID_VALUE_WAITING || change->move != move)
                continue;
            QuidValue *added = quid__vector_push(&asker->answers->values);
            if (added != NULL)
                *added = (QuidValue){change->kind,  move, change->choice, change->event, change->payoff - now,
                                     change->is_certified};
        }
    }
}

void quid__answer_values(Asker *asker)
{
    if (!asker->options->has_values)
        return;
    Changes changes = {.asker = asker};
    quid__vector_init(&changes.list, asker->context, sizeof(Change));
    list_changes(&changes);
    QuidPool *pool = quid__pool_create(asker->context, asker->options->solve.thread_count);
    quid__pool_run(pool, changes.list.count, solve_change, &changes);
    quid__pool_free(pool);
    for (uint32_t i = 0; i < changes.list.count && asker->status == QUID_OK; i++)
        asker->status = QUID_AT(&changes.list, Change, i).status;
    if (changes.list.has_failed)
        asker->status = QUID_NO_MEMORY;
    if (asker->status == QUID_OK)
        store_changes(asker, &changes);
    quid__vector_free(&changes.list);
}

// ---- Break-evens

// One probability of one outcome, and what the move's party most likely does then.
typedef struct Trial {
    uint32_t likeliest;
    bool is_certified;
} Trial;

typedef struct Search {
    uint32_t move;
    uint32_t event;
    uint32_t outcome;
    bool is_decided;  // nothing to look for
    QuidVector found; // QuidBreakEven
    QuidStatus status;
} Search;

typedef struct Searches {
    Asker *asker;
    QuidVector list; // Search
} Searches;

static uint32_t likeliest_option(const Asker *asker, const QuidGame *game, const QuidPosition *position,
                                 uint32_t move)
{
    const QuidGameTables *tree = &game->tables;
    const QuidDealGameTables *deal = &game->deal_tables;
    double best = -1;
    uint32_t likeliest = 0;
    for (uint32_t option = 0; option < asker->model->moves[move].option_count; option++) {
        double sum = 0;
        for (uint32_t node = 1; node < tree->node_count; node++) {
            const uint32_t number = deal->node_step[tree->parent[node]];
            const QuidStep *step = &deal->steps[number];
            if (step->kind == QUID_STEP_MOVE && step->thing == move && step->position == asker->next[move] &&
                (uint32_t)deal->node_slot[node] == option)
                sum += position->tables.reach[node];
        }
        if (sum > best) {
            best = sum;
            likeliest = option;
        }
    }
    return likeliest;
}

static QuidStatus try_probability(Asker *asker, const Search *search, double probability, Trial *trial)
{
    const QuidSetting setting = {.thing = {QUID_THING_EVENT, search->event},
                                 .is_chance = true,
                                 .choice = search->outcome,
                                 .chance = probability};
    QuidDeal *changed = NULL;
    QuidGame *game = NULL;
    QuidSolution *solution = NULL;
    QuidPosition *position = NULL;
    QuidGameOptions options = asker->options->game;
    options.common_event = search->event;
    QuidStatus status = quid_deal_apply(asker->context, asker->deal, &setting, 1, &changed);
    if (status == QUID_OK)
        status = quid_game_compile(asker->context, changed, asker->ledger, &options, &game);
    if (status == QUID_OK)
        status = quid__solve_again(asker, game, asker->answers->game, asker->answers->solution, (Binding){0},
                                   &solution);
    if (status == QUID_OK)
        status = quid_position_create(asker->context, game, solution, asker->ledger, &position);
    if (status == QUID_OK) {
        trial->likeliest = likeliest_option(asker, game, position, search->move);
        trial->is_certified = quid_solution_tables(solution)->profile.is_certified;
    }
    quid_position_free(position);
    quid_solution_free(solution);
    quid_game_free(game);
    quid_deal_free(changed);
    return status;
}

// Halves [low, high] until the change of option is pinned down.
static QuidStatus bisect(Asker *asker, Search *search, double low, double high, Trial below, Trial above)
{
    QuidStatus status = QUID_OK;
    for (uint32_t i = 0; i < BISECTION_COUNT && status == QUID_OK; i++) {
        const double middle = (low + high) / 2;
        Trial trial;
        status = try_probability(asker, search, middle, &trial);
        if (status == QUID_OK && trial.likeliest == below.likeliest) {
            low = middle;
            below = trial;
        } else if (status == QUID_OK) {
            high = middle;
            above = trial;
        }
    }
    QuidBreakEven *added = quid__vector_push(&search->found);
    if (added != NULL)
        *added = (QuidBreakEven){.move = search->move,
                                 .event = search->event,
                                 .outcome = search->outcome,
                                 .at = (low + high) / 2,
                                 .below = below.likeliest,
                                 .above = above.likeliest,
                                 .is_certified = below.is_certified && above.is_certified};
    return status;
}

static void run_search(void *user, uint32_t block, uint32_t worker)
{
    const Searches *searches = user;
    Search *search = &QUID_AT(&searches->list, Search, block);
    Trial before = {0, true};
    (void)worker;
    for (uint32_t i = 0; i <= SCAN_COUNT && search->status == QUID_OK && !search->is_decided; i++) {
        // Just inside 0..1: an outcome without any chance would leave the tree.
        const double probability = i == 0 ? 1e-9 : i == SCAN_COUNT ? 1 - 1e-9 : (double)i / SCAN_COUNT;
        const double last = i <= 1 ? 1e-9 : (double)(i - 1) / SCAN_COUNT;
        Trial trial;
        search->status = try_probability(searches->asker, search, probability, &trial);
        if (search->status == QUID_OK && i > 0 && trial.likeliest != before.likeliest)
            search->status = bisect(searches->asker, search, last, probability, before, trial);
        before = trial;
    }
    QuidBreakEven *none = search->found.count > 0 ? NULL : quid__vector_push(&search->found);
    if (none != NULL)
        *none = (QuidBreakEven){.move = search->move,
                                .event = search->event,
                                .outcome = search->outcome,
                                .at = NAN,
                                .below = before.likeliest,
                                .above = before.likeliest,
                                .is_certified = before.is_certified};
}

static void add_search(Searches *searches, uint32_t move, uint32_t event, uint32_t outcome)
{
    const Asker *asker = searches->asker;
    for (uint32_t i = 0; i < searches->list.count; i++) {
        const Search *before = &QUID_AT(&searches->list, Search, i);
        if (before->move == move && before->event == event && before->outcome == outcome)
            return;
    }
    Search *added = quid__vector_push(&searches->list);
    if (added == NULL)
        return;
    *added = (Search){.move = move, .event = event, .outcome = outcome};
    quid__vector_init(&added->found, asker->context, sizeof(QuidBreakEven));
    if (asker->next[move] != UINT32_MAX && is_open(asker, event))
        return;
    QuidBreakEven *decided = quid__vector_push(&added->found);
    if (decided != NULL)
        *decided = (QuidBreakEven){move, event, outcome, NAN, 0, 0, true, true};
    added->is_decided = true;
}

static void list_searches(Searches *searches)
{
    const Asker *asker = searches->asker;
    for (uint32_t i = 0; i < asker->model->ask_count; i++) {
        const QuidAsk *ask = &asker->model->asks[i];
        if (ask->kind == QUID_ASK_BREAK_EVEN)
            add_search(searches, ask->move.index, ask->event.index, ask->outcome);
    }
    for (uint32_t move = 1; asker->options->has_break_evens && move < asker->model->move_count; move++) {
        for (uint32_t event = 1; event < asker->model->event_count; event++) {
            if (asker->next[move] != UINT32_MAX && is_open(asker, event))
                add_search(searches, move, event, 0);
        }
    }
}

void quid__answer_break_evens(Asker *asker)
{
    if (!asker->options->has_break_evens && !asker->options->has_asked_break_evens)
        return;
    Searches searches = {.asker = asker};
    quid__vector_init(&searches.list, asker->context, sizeof(Search));
    list_searches(&searches);
    QuidPool *pool = quid__pool_create(asker->context, asker->options->solve.thread_count);
    quid__pool_run(pool, searches.list.count, run_search, &searches);
    quid__pool_free(pool);
    if (searches.list.has_failed)
        asker->status = QUID_NO_MEMORY;
    for (uint32_t i = 0; i < searches.list.count; i++) {
        Search *search = &QUID_AT(&searches.list, Search, i);
        if (search->status != QUID_OK && asker->status == QUID_OK)
            asker->status = search->status;
        for (uint32_t n = 0; n < search->found.count; n++) {
            QuidBreakEven *added = quid__vector_push(&asker->answers->break_evens);
            if (added != NULL)
                *added = QUID_AT(&search->found, QuidBreakEven, n);
        }
        quid__vector_free(&search->found);
    }
    quid__vector_free(&searches.list);
}
