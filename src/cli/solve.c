// A game in Gambit's format, from its file to its solution.
#include "solve.h"

#include "progress.h"
#include "run.h"

#include <string.h>

bool is_game_file(const char *path)
{
    const size_t size = strlen(path);
    return size > 4 && strcmp(path + size - 4, ".efg") == 0;
}

static QuidStatus solve_and_print(Run *run, const QuidGame *game)
{
    QuidSolveOptions how = outlook_options(run->options).answer.solve;
    how.is_scaled = false; // a game's payoffs are taken as they are, as other programs take them
    const QuidBriefOptions form = brief_options(run);
    QuidSolution *solution = NULL;
    QuidStatus status = quid_game_solve(run->context, game, &how, &solution);
    clear_progress();
    if (status == QUID_OK)
        status = quid_brief_game(run->context, game, solution, run->options->precision, &form,
                                 quid_io_output(&run->output));
    quid_solution_free(solution);
    return status;
}

static QuidStatus read_and_solve(Run *run)
{
    const QuidStatus loaded = load_deal(run);
    QuidGame *game = NULL;
    QuidStatus status =
        loaded == QUID_OK ? quid_game_read_efg(run->context, run->file, &game) : loaded;
    if (status == QUID_OK)
        status = solve_and_print(run, game);
    print_diagnostics(run);
    quid_game_free(game);
    return status;
}

int solve_game(const Options *options)
{
    static Run run;
    if (options->setting_count + options->what_if_count > 0) {
        fprintf(stderr, "quid: --set and --what-if change a deal by its names; %s is a game\n",
                options->files[0]);
        return EXIT_USAGE;
    }
    if (!open_run(&run, options, options->files[0], options->as_of))
        return EXIT_MACHINE;
    const int code = finish_run(&run, read_and_solve(&run));
    close_run(&run);
    return code;
}
