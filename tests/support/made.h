// Games made for a test, and solved.
#ifndef QUID_TESTS_MADE_H
#define QUID_TESTS_MADE_H

#include "games.h"
#include "pipeline.h"

#include <math.h>

typedef struct Made {
    QuidContext *context;
    QuidGame *game;
    const QuidGameTables *tables;
    QuidSolution *solution;
    const QuidSolutionTables *solved;
} Made;

static inline Made make_from_bytes(QuidString bytes)
{
    Made made = {.context = quid_context_create(NULL)};
    QuidFileId file;
    assert_int_equal(quid_context_add_file(made.context, string_of("game.efg"), bytes, &file),
                     QUID_OK);
    assert_int_equal(quid_game_read_efg(made.context, file, &made.game), QUID_OK);
    made.tables = quid_game_tables(made.game);
    return made;
}

static inline Made make_from_text(GameText *text)
{
    const Made made = make_from_bytes((QuidString){text->bytes, (uint32_t)text->size});
    free(text->bytes);
    *text = (GameText){.size = 0};
    return made;
}

static inline Made make_from_file(const char *name)
{
    char path[200];
    (void)snprintf(path, sizeof path, "tests/games/%s.efg", name);
    const QuidContextOptions options = {.loader = quid_io_loader()};
    Made made = {.context = quid_context_create(&options)};
    QuidFileId file;
    const char *reason = "";
    assert_int_equal(quid_context_load_file(made.context, string_of(path), &file, &reason),
                     QUID_OK);
    assert_int_equal(quid_game_read_efg(made.context, file, &made.game), QUID_OK);
    made.tables = quid_game_tables(made.game);
    return made;
}

static inline void solve_with(Made *made, const QuidSolveOptions *options)
{
    quid_solution_free(made->solution);
    assert_int_equal(quid_game_solve(made->context, made->game, options, &made->solution), QUID_OK);
    made->solved = quid_solution_tables(made->solution);
}

static inline void solve_at(Made *made, double lambda)
{
    QuidSolveOptions options = quid_solve_options();
    options.lambda = lambda;
    solve_with(made, &options);
}

static inline void free_made(Made *made)
{
    quid_solution_free(made->solution);
    quid_game_free(made->game);
    quid_context_free(made->context);
}

static inline void assert_near(double found, double expected, double tolerance)
{
    if (!(fabs(found - expected) <= tolerance))
        printf("found %.17g, expected %.17g\n", found, expected);
    assert_true(fabs(found - expected) <= tolerance);
}

// ---- Memory and patience that run out

typedef struct Countdown {
    int left;
} Countdown;

static inline void *reallocate_or_fail(void *user, void *pointer, size_t old_size, size_t new_size)
{
    Countdown *countdown = user;
    (void)old_size;
    if (new_size == 0) {
        free(pointer);
        return NULL;
    }
    if (countdown->left-- <= 0)
        return NULL;
    return realloc(pointer, new_size);
}

static inline QuidStatus read_game(QuidContext *context, const GameText *text, QuidGame **game)
{
    QuidFileId file;
    const QuidStatus status = quid_context_add_file(
        context, string_of("x.efg"), (QuidString){text->bytes, (uint32_t)text->size}, &file);
    return status == QUID_OK ? quid_game_read_efg(context, file, game) : status;
}

typedef struct Patience {
    uint32_t left;
    bool is_lost;
} Patience;

static inline bool lose_patience(void *user, double lambda, double regret)
{
    Patience *patience = user;
    (void)lambda;
    (void)regret;
    patience->is_lost = patience->left == 0;
    patience->left -= patience->is_lost ? 0 : 1;
    return !patience->is_lost;
}

#endif
