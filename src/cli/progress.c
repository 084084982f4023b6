// The progress line, and the signal that stops.
#include "progress.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static atomic_bool is_stopped;
static atomic_flag is_drawing = ATOMIC_FLAG_INIT;
static struct timespec begun;
static atomic_bool is_shown;

static void stop(int number)
{
    is_stopped = true;
    (void)signal(number, SIG_DFL);
}

void watch_for_stop(void)
{
    (void)signal(SIGINT, stop);
    (void)clock_gettime(CLOCK_MONOTONIC, &begun);
}

void stop_computing(void)
{
    is_stopped = true;
}

bool was_stopped(void)
{
    return is_stopped;
}

static bool is_late(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - begun.tv_sec) * 1000 + (now.tv_nsec - begun.tv_nsec) / 1000000 > 1000 &&
           isatty(STDERR_FILENO) == 1;
}

// Workers may report at the same time: one of them draws, the others go on.
static bool draw(const char *text)
{
    if (atomic_flag_test_and_set(&is_drawing))
        return !is_stopped;
    if (is_late()) {
        is_shown = true;
        fprintf(stderr, "\r\033[K%s (Ctrl-C: stop with what there is)", text);
        (void)fflush(stderr);
    }
    atomic_flag_clear(&is_drawing);
    return !is_stopped;
}

static bool report_solving(void *user, double lambda, double regret)
{
    (void)user;
    char text[120];
    if (!(lambda > 0) && regret >= 0)
        (void)snprintf(text, sizeof text, "Solving: regret %.2g of the stakes", regret);
    else if (regret < 0)
        (void)snprintf(text, sizeof text, "Solving: precision %.3g", lambda);
    else
        (void)snprintf(text, sizeof text, "Solving: precision %.3g, regret %.2g of the stakes",
                       lambda, regret);
    return draw(text);
}

static bool report_forecasting(void *user, double share)
{
    enum { WIDTH = 30 };
    char text[120];
    const char *what = atomic_load((_Atomic(const char *) *)user);
    const int done = (int)(share * WIDTH);
    (void)snprintf(text, sizeof text, "%s: [%.*s%*s] %d%%", what, done,
                   "##############################", WIDTH - done, "", (int)(share * 100));
    return draw(text);
}

QuidProgress solving_progress(void)
{
    return (QuidProgress){report_solving, NULL};
}

QuidForecastProgress forecasting_progress(const char *what)
{
    static _Atomic(const char *) text;
    text = what;
    return (QuidForecastProgress){report_forecasting, &text};
}

void clear_progress(void)
{
    if (is_shown)
        fprintf(stderr, "\r\033[K");
    is_shown = false;
}
