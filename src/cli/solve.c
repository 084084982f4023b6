// A game in Gambit's format, from its file to its solution.
#include "solve.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool is_game_file(const char *path)
{
    const size_t size = strlen(path);
    return size > 4 && strcmp(path + size - 4, ".efg") == 0;
}

// ---- Progress

static volatile sig_atomic_t has_interrupt;

static void note_interrupt(int number)
{
    (void)number;
    has_interrupt = 1;
}

bool is_interrupted(void)
{
    return has_interrupt != 0;
}

static double seconds_now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

// From the second second on, ten times a second.
static bool report(void *user, double lambda, double regret)
{
    Watched *watched = user;
    if (has_interrupt != 0)
        return false;
    const double now = seconds_now();
    if (!watched->is_terminal || now - watched->started < 1 || now - watched->shown < 0.1)
        return true;
    watched->shown = now;
    watched->has_line = true;
    fprintf(stderr, "\rsolving: lambda %.3g, ", lambda);
    if (regret >= 0)
        fprintf(stderr, "regret %.2g of the range, ", regret);
    fprintf(stderr, "%.0f s (Ctrl-C: the best answer so far)\033[K", now - watched->started);
    (void)fflush(stderr);
    return true;
}

QuidProgress watch_progress(Watched *watched)
{
    *watched = (Watched){.started = seconds_now(), .is_terminal = isatty(STDERR_FILENO) == 1};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note_interrupt;
    action.sa_flags = (int)SA_RESETHAND; // a second Ctrl-C ends the program at once
    (void)sigaction(SIGINT, &action, NULL);
    return (QuidProgress){report, watched};
}

void end_progress(Watched *watched)
{
    if (watched->has_line)
        fprintf(stderr, "\r\033[K");
    (void)signal(SIGINT, SIG_DFL);
}

// ---- From file to answer

static QuidStatus solve_and_print(QuidContext *context, const QuidGame *game,
                                  const Options *options, bool is_coloured, QuidOutput output)
{
    Watched watched;
    QuidSolveOptions how = quid_solve_options();
    how.lambda = options->precision;
    how.start_count = options->start_count;
    how.thread_count = options->thread_count;
    how.seed = options->seed;
    how.progress = watch_progress(&watched);
    QuidSolution *solution = NULL;
    QuidStatus status = quid_game_solve(context, game, &how, &solution);
    end_progress(&watched);
    if (status != QUID_OK)
        return status;
    QuidBriefOptions form = quid_brief_options();
    form.width = options->width;
    form.is_json = options->is_json;
    form.is_coloured = is_coloured;
    form.is_whole = options->is_strategy;
    status = quid_brief_game(context, game, solution, options->precision, &form, output);
    quid_solution_free(solution);
    return status == QUID_OK && is_interrupted() ? QUID_CANCELLED : status;
}

QuidStatus solve_game_file(QuidContext *context, const Options *options, bool is_coloured,
                           QuidOutput output)
{
    const char *path = options->files[0];
    const char *reason = "";
    QuidFileId file;
    const QuidStatus loaded =
        quid_context_load_file(context, (QuidString){path, (uint32_t)strlen(path)}, &file, &reason);
    if (loaded == QUID_IO || loaded == QUID_LIMIT) {
        fprintf(stderr, "quid: %s cannot be read: %s\n", path, reason);
        return QUID_INVALID;
    }
    if (loaded != QUID_OK)
        return loaded;
    QuidGame *game = NULL;
    QuidStatus status = quid_game_read_efg(context, file, &game);
    if (status == QUID_OK)
        status = solve_and_print(context, game, options, is_coloured, output);
    quid_game_free(game);
    return status;
}
