// What a change of the game from now on would be worth: waiting, commitment, information. Each
// solves a changed game; the changes are independent of each other and run side by side.
#include "game_internal.h"

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

// The party's expected payoff given the facts, by its own prior.
static QuidStatus payoff_now(const Asker *asker, const QuidGame *game, const Resolved *resolved,
                             uint32_t party, double *payoff)
{
    QuidPosition *position;
    const QuidStatus status = quid__position_of(asker->context, game, resolved->log_probability,
                                                asker->ledger, &position);
    if (status != QUID_OK)
        return status;
    const QuidGameTables *tree = &game->tables;
    const double *reach = quid_position_tables(position)->reach +
                          (size_t)tree->player_belief[party - 1] * tree->node_count;
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
        if (step->kind == QUID_STEP_MOVE && step->thing == move &&
            step->position == asker->next[move])
            return step->epoch;
    }
    return 0;
}

void quid__solve_change(Asker *asker, QuidVector *changes, uint32_t number)
{
    Change *change = &QUID_AT(changes, Change, number);
    const QuidPartyId party = asker->model->moves[change->move].party;
    const QuidGame *base_game = asker->answers->game;
    QuidGame *revealed = NULL;
    Resolved resolved = {0};
    if (change->kind == QUID_VALUE_INFORMATION) {
        QuidGameOptions options = asker->options->game;
        options.reveal = (QuidReveal){change->event, party, next_epoch(asker, change->move)};
        change->status = quid__game_compile(asker->context, asker->deal, asker->ledger, &options,
                                            base_game, NULL, &revealed);
    }
    const QuidGame *game = revealed != NULL ? revealed : base_game;
    if (change->status == QUID_OK)
        change->status = quid__solve_again(asker, game, base_game, &asker->answers->resolved,
                                           binding_of(asker, change), &resolved);
    if (change->status == QUID_OK) {
        change->is_certified = quid_solution_tables(resolved.solution)->profile.is_certified;
        change->status = payoff_now(asker, game, &resolved, party.index, &change->payoff);
    }
    quid__resolved_free(asker->context, &resolved);
    quid_game_free(revealed);
}

static void add_change(QuidVector *changes, QuidValueKind kind, uint32_t move, uint32_t choice,
                       uint32_t event)
{
    Change *added = quid__vector_push(changes);
    if (added != NULL)
        *added = (Change){.kind = kind, .move = move, .choice = choice, .event = event};
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

static bool is_open(const Asker *asker, uint32_t move)
{
    return asker->next[move] != UINT32_MAX && !asker->model->moves[move].is_bound;
}

static void list_options(const Asker *asker, uint32_t move, QuidVector *changes)
{
    const QuidMove *what = &asker->model->moves[move];
    const bool has_later = asker->next[move] + 1 < what->date_count;
    for (uint32_t i = 0; i < what->option_count; i++) {
        if (!has_reason(asker, move, i))
            continue;
        if (asker->model->options[what->option_first + i].is_until && has_later)
            add_change(changes, QUID_VALUE_WAITING, move, i, 0);
        add_change(changes, QUID_VALUE_COMMITMENT, move, i, 0);
    }
}

// Those first whose game is compiled anew: they take longest.
void quid__list_changes(Asker *asker, QuidVector *changes)
{
    quid__vector_init(changes, asker->context, sizeof(Change));
    if (!asker->options->has_values)
        return;
    for (uint32_t move = 1; move < asker->model->move_count; move++) {
        for (uint32_t event = 1; event < asker->model->event_count; event++) {
            if (is_open(asker, move) && quid__is_undecided(asker, event))
                add_change(changes, QUID_VALUE_INFORMATION, move, 0, event);
        }
    }
    for (uint32_t move = 1; move < asker->model->move_count; move++) {
        if (is_open(asker, move))
            list_options(asker, move, changes);
    }
}

// Of the `until` options only the best counts: a party that had to act would take it.
static void store_waiting(Asker *asker, const QuidVector *changes, uint32_t move, double now)
{
    const Change *best = NULL;
    for (uint32_t i = 0; i < changes->count; i++) {
        const Change *change = &QUID_AT(changes, Change, i);
        if (change->kind == QUID_VALUE_WAITING && change->move == move &&
            (best == NULL || change->payoff > best->payoff))
            best = change;
    }
    QuidValue *added = best == NULL ? NULL : quid__vector_push(&asker->answers->values);
    if (added != NULL)
        *added = (QuidValue){QUID_VALUE_WAITING, move, best->choice, 0, now - best->payoff,
                             best->is_certified};
}

static void store_kind(Asker *asker, const QuidVector *changes, uint32_t move, QuidValueKind kind,
                       double now)
{
    for (uint32_t i = 0; i < changes->count; i++) {
        const Change *change = &QUID_AT(changes, Change, i);
        if (change->kind != kind || change->move != move)
            continue;
        QuidValue *added = quid__vector_push(&asker->answers->values);
        if (added != NULL)
            *added = (QuidValue){kind,
                                 move,
                                 change->choice,
                                 change->event,
                                 change->payoff - now,
                                 change->is_certified};
    }
}

void quid__store_changes(Asker *asker, QuidVector *changes)
{
    for (uint32_t i = 0; i < changes->count && asker->status == QUID_OK; i++)
        asker->status = QUID_AT(changes, Change, i).status;
    if (changes->has_failed)
        asker->status = QUID_NO_MEMORY;
    for (uint32_t move = 1; asker->status == QUID_OK && move < asker->model->move_count; move++) {
        const double now = asker->answers->tables.payoff[asker->model->moves[move].party.index - 1];
        store_waiting(asker, changes, move, now);
        store_kind(asker, changes, move, QUID_VALUE_COMMITMENT, now);
        store_kind(asker, changes, move, QUID_VALUE_INFORMATION, now);
    }
    quid__vector_free(changes);
}
