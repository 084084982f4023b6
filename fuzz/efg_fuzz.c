// Any bytes as a game in Gambit's format: read, written and read again, and solved where it is
// small.
#include "fuzz.h"

static bool grow(void *user, const char *bytes, size_t size)
{
    (void)bytes;
    size_t *written = user;
    *written += size;
    return *written < 10000000;
}

static bool be_patient(void *user, double lambda, double regret)
{
    uint32_t *left = user;
    (void)lambda;
    (void)regret;
    *left -= *left > 0 ? 1 : 0;
    return *left > 0;
}

static void try_solving(QuidContext *context, const QuidGame *game, double lambda)
{
    uint32_t left = 300;
    QuidSolveOptions options = quid_solve_options();
    QuidSolution *solution = NULL;
    options.lambda = lambda;
    options.progress = (QuidProgress){be_patient, &left};
    const QuidStatus status = quid_game_solve(context, game, &options, &solution);
    if (status == QUID_OK)
        quid_solution_free(solution);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QuidContext *context = quid_context_create(NULL);
    QuidFileId file = {0};
    QuidGame *game = NULL;
    size_t written = 0;
    const QuidString bytes = {(const char *)data, (uint32_t)size};
    if (context != NULL &&
        quid_context_add_file(context, QUID_FUZZ_NAME("fuzz.efg"), bytes, &file) == QUID_OK &&
        quid_game_read_efg(context, file, &game) == QUID_OK) {
        const QuidOutput output = {grow, &written};
        const QuidStatus status = quid_game_write_efg(game, bytes, output);
        (void)status;
        if (quid_game_tables(game)->node_count < 2000) {
            try_solving(context, game, 1);
            try_solving(context, game, 0);
        }
    }
    quid_game_free(game);
    quid_context_free(context);
    return 0;
}
