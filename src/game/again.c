// Solving a deal's game, and solving it anew from the as-of date on with moves bound: what is
// earlier stays as solved.
#include "game_internal.h"

static QuidDate set_date(const QuidGame *game, uint32_t set)
{
    const QuidDealGameTables *tables = &game->deal_tables;
    return tables->epochs[tables->steps[tables->set_step[set]].epoch];
}

// The sets of a player up to a date, in the order of first visit, are the same in games that are
// alike up to it.
static uint32_t next_early(const QuidGame *game, uint32_t player, QuidDate last, uint32_t from)
{
    for (uint32_t set = from; set < game->tables.set_count; set++) {
        if (game->tables.set_player[set] == player && set_date(game, set) <= last)
            return set;
    }
    return QUID_NO_INDEX;
}

// Holds one set to an option where the option is open there.
static void bind_set(const QuidGame *game, uint32_t set, QuidString option, bool *is_fixed,
                     double *probability)
{
    const uint32_t first = game->tables.set_action_first[set];
    const uint32_t end = game->tables.set_action_first[set + 1];
    uint32_t bound = QUID_NO_INDEX;
    for (uint32_t i = first; i < end; i++) {
        if (quid__string_equal(game->tables.action_label[i], option))
            bound = i;
    }
    if (bound == QUID_NO_INDEX)
        return;
    is_fixed[set] = true;
    for (uint32_t i = first; i < end; i++)
        probability[i] = i == bound;
}

static void bind_move(const Asker *asker, const QuidGame *game, Binding binding, bool *is_fixed,
                      double *probability)
{
    const QuidMove *move = &asker->model->moves[binding.move];
    const QuidString option = asker->model->options[move->option_first + binding.option].id;
    for (uint32_t set = 0; set < game->tables.set_count; set++) {
        const QuidStep *step = &game->deal_tables.steps[game->deal_tables.set_step[set]];
        if (step->thing == binding.move && step->position >= binding.first &&
            step->position <= binding.last)
            bind_set(game, set, option, is_fixed, probability);
    }
}

// The first of a move's dates that is still to come and has no recorded choice.
static uint32_t first_open(const Asker *asker, uint32_t move)
{
    const QuidMove *what = &asker->model->moves[move];
    const QuidChoice *choices = asker->facts->choices + asker->facts->moves[move].choice_first;
    uint32_t position = 0;
    while (position < what->date_count &&
           (asker->model->move_dates[what->date_first + position] <= asker->facts->as_of ||
            choices[position].option != QUID_NO_CHOICE))
        position += 1;
    return position;
}

static void bind_deal(const Asker *asker, const QuidGame *game, bool *is_fixed, double *probability)
{
    for (uint32_t move = 1; move < asker->model->move_count; move++) {
        if (asker->model->moves[move].is_bound)
            bind_move(asker, game,
                      (Binding){move, asker->model->moves[move].bound_option,
                                first_open(asker, move), UINT32_MAX},
                      is_fixed, probability);
    }
}

void quid__resolved_free(QuidContext *context, Resolved *resolved)
{
    quid_solution_free(resolved->solution);
    quid__release(context, resolved->log_probability,
                  ((size_t)resolved->action_count + 1) * sizeof(double));
    *resolved = (Resolved){0};
}

static bool take_logs(const Asker *asker, const QuidGame *game, Resolved *resolved)
{
    const uint32_t count = game->tables.action_count;
    resolved->log_probability =
        quid__allocate(asker->context, ((size_t)count + 1) * sizeof(double));
    if (resolved->log_probability == NULL)
        return false;
    resolved->action_count = count;
    const double *logs = quid_solution_tables(resolved->solution)->profile.log_probability;
    for (uint32_t i = 0; i < count; i++)
        resolved->log_probability[i] = logs[i];
    return true;
}

// What each early set is fixed to: probabilities for the solver, and their logs.
typedef struct Fixing {
    bool *is_fixed;
    double *probability;
    double *log_probability;
} Fixing;

static void fix_early(const Asker *asker, const QuidGame *game, const QuidGame *base_game,
                      const Resolved *base, const Fixing *fixing)
{
    const QuidDate last = asker->facts->as_of;
    const double *base_probability = quid_solution_tables(base->solution)->profile.probability;
    for (uint32_t player = 1; player <= game->tables.player_count; player++) {
        uint32_t set = next_early(game, player, last, 0);
        uint32_t from = next_early(base_game, player, last, 0);
        while (set != QUID_NO_INDEX && from != QUID_NO_INDEX) {
            const uint32_t first = game->tables.set_action_first[set];
            const uint32_t base_first = base_game->tables.set_action_first[from];
            const uint32_t count = game->tables.set_action_first[set + 1] - first;
            QUID_ASSERT(count == base_game->tables.set_action_first[from + 1] - base_first);
            fixing->is_fixed[set] = true;
            for (uint32_t i = 0; i < count; i++) {
                fixing->probability[first + i] = base_probability[base_first + i];
                fixing->log_probability[first + i] = base->log_probability[base_first + i];
            }
            set = next_early(game, player, last, set + 1);
            from = next_early(base_game, player, last, from + 1);
        }
        QUID_ASSERT(set == QUID_NO_INDEX && from == QUID_NO_INDEX);
    }
}

QuidStatus quid__solve_again(Asker *asker, const QuidGame *game, const QuidGame *base_game,
                             const Resolved *base, Binding binding, Resolved *resolved)
{
    QuidArena arena;
    quid__arena_init(&arena, asker->context);
    const Fixing fixing = {
        quid__arena_push(&arena, game->tables.set_count + (size_t)1),
        quid__arena_push(&arena, (game->tables.action_count + (size_t)1) * sizeof(double)),
        quid__arena_push(&arena, (game->tables.action_count + (size_t)1) * sizeof(double)),
    };
    QuidStatus status = QUID_NO_MEMORY;
    if (!arena.has_failed) {
        fix_early(asker, game, base_game, base, &fixing);
        bind_deal(asker, game, fixing.is_fixed, fixing.probability);
        if (binding.move != 0)
            bind_move(asker, game, binding, fixing.is_fixed, fixing.probability);
        QuidSolveOptions options = asker->solve;
        options.fixed = (QuidFixed){fixing.is_fixed, fixing.probability};
        options.start_count = 0;
        if (options.method == QUID_METHOD_BRANCH)
            options.method = QUID_METHOD_SWEEPS;
        options.thread_count = 1; // changed games run side by side
        options.progress = (QuidProgress){NULL, NULL};
        status = quid_game_solve(asker->context, game, &options, &resolved->solution);
    }
    if (status == QUID_OK && !take_logs(asker, game, resolved))
        status = QUID_NO_MEMORY;
    for (uint32_t set = 0; status == QUID_OK && set < game->tables.set_count; set++) {
        const bool is_early = set_date(game, set) <= asker->facts->as_of;
        for (uint32_t i = game->tables.set_action_first[set];
             is_early && i < game->tables.set_action_first[set + 1]; i++)
            resolved->log_probability[i] = fixing.log_probability[i];
    }
    quid__arena_free(&arena);
    return status;
}

QuidStatus quid__solve_deal(Asker *asker, const QuidGame *game, Resolved *resolved)
{
    bool is_bound = false;
    for (uint32_t move = 1; move < asker->model->move_count; move++)
        is_bound = is_bound || asker->model->moves[move].is_bound;
    QuidStatus status = quid_game_solve(asker->context, game, &asker->solve, &resolved->solution);
    if (status == QUID_OK && !take_logs(asker, game, resolved))
        return QUID_NO_MEMORY;
    if (status != QUID_OK || !is_bound)
        return status;
    Resolved free_play = *resolved;
    *resolved = (Resolved){0};
    status = quid__solve_again(asker, game, game, &free_play, (Binding){0}, resolved);
    quid__resolved_free(asker->context, &free_play);
    return status;
}
