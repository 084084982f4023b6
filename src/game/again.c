// Solving a deal's game, and solving it anew from the as-of date on with moves bound: what is earlier stays as solved.
#include "game_internal.h"

static QuidDate set_date(const QuidGame *game, uint32_t set)
{
    const QuidDealGameTables *tables = &game->deal_tables;
    return tables->epochs[tables->steps[tables->set_step[set]].epoch];
}

// The sets of a player up to a date, in the order of first visit, are the same in games that are alike up to it.
static uint32_t next_early(const QuidGame *game, uint32_t player, QuidDate last, uint32_t from)
{
    for (uint32_t set = from; set < game->tables.set_count; set++) {
        if (game->tables.set_player[set] == player && set_date(game, set) <= last)
            return set;
    }
    return QUID_NO_INDEX;
}

static void fix_early(const QuidGame *game, const QuidGame *base_game, const double *base_probability,
                      QuidDate last, bool *is_fixed, double *probability)
{
    for (uint32_t player = 1; player <= game->tables.player_count; player++) {
        uint32_t set = next_early(game, player, last, 0);
        uint32_t base = next_early(base_game, player, last, 0);
        while (set != QUID_NO_INDEX && base != QUID_NO_INDEX) {
            const uint32_t first = game->tables.set_action_first[set];
            const uint32_t base_first = base_game->tables.set_action_first[base];
            const uint32_t count = game->tables.set_action_first[set + 1] - first;
            QUID_ASSERT(count == base_game->tables.set_action_first[base + 1] - base_first);
            is_fixed[set] = true;
            for (uint32_t i = 0; i < count; i++)
                probability[first + i] = base_probability[base_first + i];
            set = next_early(game, player, last, set + 1);
            base = next_early(base_game, player, last, base + 1);
        }
        QUID_ASSERT(set == base || set == QUID_NO_INDEX || base == QUID_NO_INDEX);
    }
}

// Holds one set to an option where the option is open there.
static void bind_set(const QuidGame *game, uint32_t set, QuidString option, bool *is_fixed, double *probability)
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
        if (step->thing == binding.move && step->position >= binding.first && step->position <= binding.last)
            bind_set(game, set, option, is_fixed, probability);
    }
}

// Where a move's dates after the as-of day begin.
static uint32_t first_open(const Asker *asker, uint32_t move)
{
    const QuidMove *what = &asker->model->moves[move];
    uint32_t position = 0;
    while (position < what->date_count &&
           asker->model->move_dates[what->date_first + position] <= asker->facts->as_of)
        position += 1;
    return position;
}

static void bind_deal(const Asker *asker, const QuidGame *game, bool *is_fixed, double *probability)
{
    for (uint32_t move = 1; move < asker->model->move_count; move++) {
        if (asker->model->moves[move].is_bound)
            bind_move(asker, game,
                      (Binding){move, asker->model->moves[move].bound_option, first_open(asker, move), UINT32_MAX},
                      is_fixed, probability);
    }
}

QuidStatus quid__solve_again(Asker *asker, const QuidGame *game, const QuidGame *base_game,
                             const QuidSolution *base, Binding binding, QuidSolution **solution)
{
    QuidArena arena;
    quid__arena_init(&arena, asker->context);
    bool *is_fixed = quid__arena_push(&arena, game->tables.set_count + (size_t)1);
    double *probability = quid__arena_push(&arena, (game->tables.action_count + (size_t)1) * sizeof(double));
    QuidStatus status = QUID_NO_MEMORY;
    if (!arena.has_failed) {
        fix_early(game, base_game, quid_solution_tables(base)->profile.probability, asker->facts->as_of,
                  is_fixed, probability);
        bind_deal(asker, game, is_fixed, probability);
        if (binding.move != 0)
            bind_move(asker, game, binding, is_fixed, probability);
        QuidSolveOptions options = asker->options->solve;
        options.fixed = (QuidFixed){is_fixed, probability};
        options.start_count = 0;
        status = quid_game_solve(asker->context, game, &options, solution);
    }
    quid__arena_free(&arena);
    return status;
}

QuidStatus quid__solve_deal(Asker *asker, const QuidGame *game, QuidSolution **solution)
{
    bool is_bound = false;
    for (uint32_t move = 1; move < asker->model->move_count; move++)
        is_bound = is_bound || asker->model->moves[move].is_bound;
    QuidStatus status = quid_game_solve(asker->context, game, &asker->options->solve, solution);
    if (status != QUID_OK || !is_bound)
        return status;
    QuidSolution *free_play = *solution;
    *solution = NULL;
    status = quid__solve_again(asker, game, game, free_play, (Binding){0}, solution);
    quid_solution_free(free_play);
    return status;
}
