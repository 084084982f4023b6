// The quid command: read, call libquid, print. No judgement of its own.
#include "progress.h"
#include "ranks.h"
#include "run.h"
#include "serve.h"
#include "solve.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define KEPT_BLOCK_SIZE_MAX (32 << 20) // bytes: the most that glibc takes
#define KEPT_SIZE_MAX (64 << 20)       // bytes that are free at the end of the heap

// ---- One deal ---------------------------------------------------------------

static QuidStatus print_summary(Run *run)
{
    const QuidDealTables *tables = quid_deal_tables(run->deal);
    printf("%s: no errors (%u facts, %u pledges, %u parties)\n", run->path, tables->fact_count,
           tables->pledge_count - 1, tables->party_count - 1);
    return QUID_OK;
}

static QuidStatus print_answer(Run *run)
{
    const QuidBriefOptions how = brief_options(run);
    const QuidOutput output = quid_io_output(&run->output);
    switch (run->options->command) {
    case COMMAND_STATUS:
        return quid_brief_status(run->context, run->ledger, run->deal, &how, output);
    case COMMAND_SOLVE:
        return quid_brief_solution(run->context, run->ledger, run->deal, &how, output);
    case COMMAND_SERVE:
    case COMMAND_EXPORT:
        return quid_game_write_efg(
            quid_answer_tables(quid_outlook_tables(run->outlook)->answers)->game,
            quid_deal_tables(run->deal)->title, output);
    case COMMAND_FORECAST:
        return quid_brief_forecast(run->context, run->ledger, run->deal, &how, output);
    case COMMAND_SENSITIVITY:
        return run->sensitivity == NULL
                   ? QUID_CANCELLED
                   : quid_brief_sensitivity(run->context, run->ledger, run->deal, &how, output);
    case COMMAND_BACKTEST:
        return run->backtest == NULL ? QUID_CANCELLED
                                     : quid_brief_backtest(run->context, run->ledger, run->deal,
                                                           run->backtest, &how, output);
    case COMMAND_EXPLAIN:
        return explain(run);
    case COMMAND_BRIEF:
        if (run->options->html != NULL)
            return write_html(run);
        return quid_brief_write(run->context, run->ledger, run->deal, &how, output);
    case COMMAND_CHECK:
    case COMMAND_WHAT_IF:
    case COMMAND_SWEEP:
    case COMMAND_COMPARE:
    case COMMAND_FMT:
    case COMMAND_HELP:
    case COMMAND_VERSION:
    case COMMAND_COMPLETIONS:
    case COMMAND_NONE:
        break;
    }
    return print_summary(run);
}

// Prints what the stages found: the mistakes, or the answer.
static QuidStatus print(Run *run, QuidStatus status)
{
    if (status != QUID_OK && status != QUID_INVALID)
        return status;
    if (run->options->command == COMMAND_CHECK && run->options->is_json) {
        const QuidStatus printed =
            quid_brief_diagnostics(run->context, quid_io_output(&run->output));
        return printed == QUID_OK ? status : printed;
    }
    print_diagnostics(run);
    // What the stages before a mistake found can be printed all the same.
    if (run->options->dump != NULL) {
        const QuidStatus printed = print_dump(run);
        return printed == QUID_OK ? status : printed;
    }
    return status == QUID_OK ? print_answer(run) : status;
}

// The files of the deal, for --watch. Returns their count.
static size_t list_files(const Run *run, char **paths)
{
    size_t count = 0;
    for (uint32_t i = 1; i < quid_context_file_count(run->context) && count < FILE_COUNT_MAX; i++) {
        const QuidString path = quid_context_path(run->context, (QuidFileId){i});
        if (path.size == 5 && memcmp(path.bytes, "--set", 5) == 0)
            continue;
        char *copy = strndup(path.bytes, path.size);
        if (copy != NULL)
            paths[count++] = copy;
    }
    return count;
}

static bool looks_ahead(const Options *options)
{
    return options->command != COMMAND_CHECK && options->command != COMMAND_STATUS &&
           options->command != COMMAND_BACKTEST;
}

static bool weighs_inputs(const Options *options)
{
    return options->command == COMMAND_SENSITIVITY || options->command == COMMAND_EXPLAIN ||
           (options->command == COMMAND_BRIEF && !options->is_quick);
}

// The stages that the command needs, each after the one before.
static QuidStatus run_stages(Run *run)
{
    const Options *options = run->options;
    QuidStatus status = read_deal(run);
    if (status == QUID_OK)
        status = settle_facts(run);
    if (status == QUID_OK && options->command == COMMAND_CHECK && options->dump == NULL)
        status = quid_game_check(run->context, run->deal, run->ledger);
    // A file that one process alone cannot read must not leave the others waiting.
    if (run->is_shared)
        status = agree_among_ranks(status);
    if (status == QUID_OK && looks_ahead(options))
        status = look_ahead(run);
    if (status == QUID_OK && weighs_inputs(options))
        status = weigh_inputs(run);
    if (status == QUID_OK && options->command == COMMAND_BACKTEST)
        status = replay_record(run);
    return status;
}

static int run_once(const Options *options, char **watched, size_t *watched_count)
{
    static Run run;
    if (!open_run(&run, options, options->files[0], options->as_of))
        return EXIT_MACHINE;
    run.is_shared = options->command == COMMAND_FORECAST && !options->is_watching && join_ranks();
    const QuidStatus status = run_stages(&run);
    // The others keep silent: they have no forecast.
    const bool is_printing = !run.is_shared || is_first_rank();
    const int code = finish_run(&run, is_printing ? print(&run, status) : status);
    if (watched != NULL)
        *watched_count = list_files(&run, watched);
    const bool is_shared = run.is_shared;
    close_run(&run);
    return is_shared ? leave_ranks(code) : code;
}

static int watch(const Options *options)
{
    static char *paths[FILE_COUNT_MAX];
    size_t count = 0;
    for (;;) {
        if (isatty(STDOUT_FILENO) == 1)
            (void)fputs("\033[H\033[2J", stdout);
        (void)fflush(stdout);
        const int code = run_once(options, paths, &count);
        if (code == EXIT_MACHINE)
            return code;
        if (count == 0 && (paths[count++] = strdup(options->files[0])) == NULL)
            return EXIT_MACHINE;
        if (!quid_io_wait_for_change((const char *const *)paths, count))
            return EXIT_DONE;
        for (size_t i = 0; i < count; i++)
            free(paths[i]);
        count = 0;
    }
}

static int help(const Options *options)
{
    if (options->is_manual)
        print_manual(stdout, options->is_language);
    else
        print_help(stdout, options->help_about);
    return finish_output(EXIT_DONE);
}

// Commands come to the same stages again and again: glibc would give each stage's memory back to
// the system, and have every page of it cleared anew for the next (a tenth of a sweep's time).
static void keep_memory(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, KEPT_BLOCK_SIZE_MAX);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_SIZE_MAX);
#endif
}

int main(int count, char **words)
{
    keep_memory();
    (void)signal(SIGPIPE, SIG_IGN); // a closed pipe is an error of writing, with its own exit code
    static Options options;
    if (!read_options(count, words, &options))
        return EXIT_USAGE;
    if (options.dump != NULL && !has_dump(options.dump)) {
        fprintf(stderr, "quid: there is no stage `%s` to print\n", options.dump);
        return EXIT_USAGE;
    }
    switch (options.command) {
    case COMMAND_HELP:
        return help(&options);
    case COMMAND_VERSION:
        print_version(stdout);
        return finish_output(EXIT_DONE);
    case COMMAND_COMPLETIONS:
        if (!print_completions(stdout, options.shell))
            return EXIT_USAGE;
        return finish_output(EXIT_DONE);
    case COMMAND_FMT:
        return format_files(&options);
    case COMMAND_SERVE:
        return serve(&options);
    case COMMAND_COMPARE:
        watch_for_stop();
        return compare(&options);
    case COMMAND_WHAT_IF:
        watch_for_stop();
        return compare_what_ifs(&options);
    case COMMAND_SWEEP:
        watch_for_stop();
        return sweep(&options);
    case COMMAND_NONE:
    case COMMAND_CHECK:
    case COMMAND_STATUS:
    case COMMAND_SOLVE:
    case COMMAND_FORECAST:
    case COMMAND_BRIEF:
    case COMMAND_SENSITIVITY:
    case COMMAND_BACKTEST:
    case COMMAND_EXPLAIN:
    case COMMAND_EXPORT:
        break;
    }
    if (options.is_watching)
        return watch(&options);
    watch_for_stop();
    if (options.command == COMMAND_SOLVE && is_game_file(options.files[0]))
        return solve_game(&options);
    return run_once(&options, NULL, NULL);
}
