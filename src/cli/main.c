// The quid command: read, call libquid, print. No judgement of its own.
#include "io.h"
#include "solve.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_DONE = 0, EXIT_INPUT = 1, EXIT_USAGE = 2, EXIT_MACHINE = 3 };

// One run over one deal.
typedef struct Run {
    const Options *options;
    QuidContext *context;
    QuidText *text;
    QuidDeal *deal;
    QuidLedger *ledger;
    QuidIoStream output;
} Run;

static bool is_coloured(const Options *options, int descriptor)
{
    if (options->colour != COLOUR_AUTO)
        return options->colour == COLOUR_ALWAYS;
    const char *no_colour = getenv("NO_COLOR");
    return (no_colour == NULL || *no_colour == '\0') && isatty(descriptor) == 1;
}

static int machine_failure(const char *what)
{
    fprintf(stderr, "quid: %s\n", what);
    return EXIT_MACHINE;
}

static int exit_for(QuidStatus status)
{
    switch (status) {
    case QUID_OK:
        return EXIT_DONE;
    case QUID_INVALID:
        return EXIT_INPUT;
    case QUID_NO_MEMORY:
    case QUID_LIMIT:
    case QUID_CANCELLED:
    case QUID_IO:
        return machine_failure(quid_status_text(status));
    }
    return EXIT_MACHINE;
}

static QuidStatus read_deal(Run *run)
{
    QuidFileId file;
    const char *reason = "";
    const char *path = run->options->files[0];
    const QuidStatus loaded = quid_context_load_file(
        run->context, (QuidString){path, (uint32_t)strlen(path)}, &file, &reason);
    if (loaded == QUID_IO || loaded == QUID_LIMIT) {
        fprintf(stderr, "quid: %s cannot be read: %s\n", path, reason);
        return QUID_INVALID;
    }
    if (loaded != QUID_OK)
        return loaded;
    const QuidStatus parsed = quid_text_parse(run->context, file, &run->text);
    if (parsed != QUID_OK && parsed != QUID_INVALID)
        return parsed;
    // A text with errors is checked all the same, so that one run reports every mistake.
    const QuidStatus checked = quid_deal_check(run->context, run->text, &run->deal);
    if (checked != QUID_OK)
        return checked;
    QuidLedgerOptions options = quid_ledger_options();
    options.as_of = run->options->as_of;
    options.min_trust = run->options->min_trust;
    const QuidStatus settled = quid_ledger_settle(run->context, run->deal, &options, &run->ledger);
    if (settled != QUID_OK || run->options->command != COMMAND_CHECK)
        return settled;
    return quid_game_check(run->context, run->deal, run->ledger);
}

static void print_diagnostics(Run *run)
{
    const QuidDiagnosticList list = quid_context_diagnostics(run->context);
    if (list.count == 0)
        return;
    static QuidIoStream errors;
    quid_io_open_stream(&errors, STDERR_FILENO);
    QuidStatus status = quid_diagnostics_print(
        run->context, is_coloured(run->options, STDERR_FILENO), quid_io_output(&errors));
    (void)status; // stderr is the last resort: nobody is left to tell
    (void)quid_io_flush(&errors);
    fprintf(stderr, "%u error%s, %u warning%s\n", list.error_count,
            list.error_count == 1 ? "" : "s", list.warning_count,
            list.warning_count == 1 ? "" : "s");
}

static void print_summary(const Run *run)
{
    const QuidDealTables *tables = quid_deal_tables(run->deal);
    printf("%s: no errors (%u facts, %u pledges, %u parties)\n", run->options->files[0],
           tables->fact_count, tables->pledge_count - 1, tables->party_count - 1);
}

// ---- Dumps ------------------------------------------------------------------

static QuidStatus dump_text(const Run *run, QuidOutput output)
{
    return quid_text_dump(run->text, output);
}

static QuidStatus dump_deal(const Run *run, QuidOutput output)
{
    return run->deal == NULL ? QUID_INVALID : quid_deal_dump(run->deal, output);
}

static QuidStatus dump_ledger(const Run *run, QuidOutput output)
{
    return run->ledger == NULL ? QUID_INVALID : quid_ledger_dump(run->ledger, output);
}

typedef struct DumpRow {
    const char *stage;
    QuidStatus (*dump)(const Run *run, QuidOutput output);
} DumpRow;

static const DumpRow dump_rows[] = {
    {"text", dump_text},
    {"deal", dump_deal},
    {"ledger", dump_ledger},
};

static const DumpRow *find_dump(const char *stage)
{
    for (size_t i = 0; i < sizeof dump_rows / sizeof dump_rows[0]; i++) {
        if (strcmp(dump_rows[i].stage, stage) == 0)
            return &dump_rows[i];
    }
    return NULL;
}

// ---- One run ----------------------------------------------------------------

static QuidStatus answer(Run *run, QuidStatus status)
{
    const Options *options = run->options;
    const QuidOutput output = quid_io_output(&run->output);
    QuidBriefOptions how = quid_brief_options();
    how.width = options->width;
    how.is_json = options->is_json;
    how.is_coloured = is_coloured(options, STDOUT_FILENO);
    if (options->command == COMMAND_CHECK && options->is_json)
        return quid_brief_diagnostics(run->context, output);
    print_diagnostics(run);
    // What the stages before a mistake found can be printed all the same.
    const DumpRow *dump = options->dump == NULL ? NULL : find_dump(options->dump);
    if (dump != NULL)
        return dump->dump(run, output);
    if (status != QUID_OK)
        return status;
    if (options->command == COMMAND_CHECK)
        print_summary(run);
    else if (options->command == COMMAND_STATUS)
        return quid_brief_status(run->context, run->ledger, run->deal, &how, output);
    else
        return quid_brief_write(run->context, run->ledger, run->deal, &how, output);
    return QUID_OK;
}

static int finish_output(Run *run, QuidStatus printed)
{
    bool is_written = quid_io_flush(&run->output) && printed != QUID_IO;
    is_written = fflush(stdout) == 0 && is_written;
    if (is_written)
        return EXIT_DONE;
    const int error = run->output.error != 0 ? run->output.error : errno;
    fprintf(stderr, "quid: the output could not be written: %s\n", strerror(error));
    return EXIT_MACHINE;
}

// The files of the deal, for --watch. Returns their count.
static size_t list_files(const Run *run, char **paths)
{
    size_t count = 0;
    for (uint32_t i = 1; count < FILE_COUNT_MAX; i++) {
        const QuidString path = quid_context_path(run->context, (QuidFileId){i});
        paths[count] = strndup(path.bytes, path.size);
        if (paths[count] == NULL || path.size == 0)
            break;
        count += 1;
        if (i + 1 >= quid_context_file_count(run->context))
            break;
    }
    return count;
}

static int run_once(const Options *options, char **watched, size_t *watched_count)
{
    const QuidContextOptions context_options = {.loader = quid_io_loader()};
    Run run = {.options = options, .context = quid_context_create(&context_options)};
    if (run.context == NULL)
        return machine_failure(quid_status_text(QUID_NO_MEMORY));
    quid_io_open_stream(&run.output, STDOUT_FILENO);
    const QuidStatus status = read_deal(&run);
    int code = EXIT_INPUT;
    if (status == QUID_OK || status == QUID_INVALID) {
        const QuidStatus printed = answer(&run, status);
        code = finish_output(&run, printed);
        if (code == EXIT_DONE)
            code = exit_for(status == QUID_INVALID ? status : printed);
    } else {
        code = exit_for(status);
    }
    if (watched != NULL && quid_context_file_count(run.context) > 1)
        *watched_count = list_files(&run, watched);
    quid_ledger_free(run.ledger);
    quid_deal_free(run.deal);
    quid_text_free(run.text);
    quid_context_free(run.context);
    return code;
}

// ---- solve ------------------------------------------------------------------

static int solve(const Options *options)
{
    if (!is_game_file(options->files[0])) {
        fprintf(stderr, "quid: solving a deal is not here yet; a game's file ends in .efg\n");
        return EXIT_USAGE;
    }
    const QuidContextOptions context_options = {.loader = quid_io_loader()};
    Run run = {.options = options, .context = quid_context_create(&context_options)};
    if (run.context == NULL)
        return machine_failure(quid_status_text(QUID_NO_MEMORY));
    quid_io_open_stream(&run.output, STDOUT_FILENO);
    const QuidStatus status = solve_game_file(
        run.context, options, is_coloured(options, STDOUT_FILENO), quid_io_output(&run.output));
    print_diagnostics(&run);
    int code = finish_output(&run, status);
    if (code == EXIT_DONE)
        code = exit_for(status);
    quid_context_free(run.context);
    return code;
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
        if (count == 0)
            paths[count++] = strdup(options->files[0]);
        if (!quid_io_wait_for_change((const char *const *)paths, count))
            return EXIT_DONE;
        for (size_t i = 0; i < count; i++)
            free(paths[i]);
        count = 0;
    }
}

// ---- fmt --------------------------------------------------------------------

static int write_formatted(const Options *options, const char *path, QuidString before,
                           const QuidIoBuffer *after)
{
    const bool is_same =
        before.size == after->size && memcmp(before.bytes, after->bytes, after->size) == 0;
    if (strcmp(path, "-") == 0)
        return fwrite(after->bytes, 1, after->size, stdout) == after->size && fflush(stdout) == 0
                   ? EXIT_DONE
                   : machine_failure("the output could not be written");
    if (is_same)
        return EXIT_DONE;
    if (options->is_checking) {
        printf("%s is not in the canonical layout\n", path);
        return EXIT_INPUT;
    }
    const char *reason;
    if (quid_io_replace_file(path, after->bytes, after->size, &reason))
        return EXIT_DONE;
    fprintf(stderr, "quid: %s could not be written, and is as it was: %s\n", path, reason);
    return EXIT_MACHINE;
}

static int format_file(const Options *options, const char *path)
{
    const QuidContextOptions context_options = {.loader = quid_io_loader()};
    Run run = {.options = options, .context = quid_context_create(&context_options)};
    if (run.context == NULL)
        return machine_failure(quid_status_text(QUID_NO_MEMORY));
    QuidIoBuffer after = {NULL, 0, 0, false};
    QuidFileId file;
    const char *reason = "";
    int code;
    const QuidStatus loaded = quid_context_load_file(
        run.context, (QuidString){path, (uint32_t)strlen(path)}, &file, &reason);
    if (loaded != QUID_OK) {
        fprintf(stderr, "quid: %s cannot be read: %s\n", path, reason);
        code = loaded == QUID_NO_MEMORY ? EXIT_MACHINE : EXIT_INPUT;
    } else {
        const QuidStatus status =
            quid_text_format(run.context, file, quid_io_buffer_output(&after));
        print_diagnostics(&run);
        code = status == QUID_OK
                   ? write_formatted(options, path, quid_context_bytes(run.context, file), &after)
                   : exit_for(status);
    }
    free(after.bytes);
    quid_context_free(run.context);
    return code;
}

static int format_files(const Options *options)
{
    int worst = EXIT_DONE;
    for (int i = 0; i < options->file_count; i++) {
        const int code = format_file(options, options->files[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}

int main(int count, char **words)
{
    (void)signal(SIGPIPE, SIG_IGN); // a closed pipe is an error of writing, with its own exit code
    static Options options;
    if (!read_options(count, words, &options))
        return EXIT_USAGE;
    if (options.dump != NULL && find_dump(options.dump) == NULL) {
        fprintf(stderr, "quid: there is no stage `%s` to print\n", options.dump);
        return EXIT_USAGE;
    }
    switch (options.command) {
    case COMMAND_HELP:
        if (options.is_manual)
            print_manual(stdout, options.is_language);
        else
            print_help(stdout, options.help_about);
        return fflush(stdout) == 0 ? EXIT_DONE : machine_failure("the output could not be written");
    case COMMAND_VERSION:
        printf("quid %s\n", QUID_VERSION);
        return EXIT_DONE;
    case COMMAND_COMPLETIONS:
        return print_completions(stdout, options.shell) ? EXIT_DONE : EXIT_USAGE;
    case COMMAND_FMT:
        return format_files(&options);
    case COMMAND_SOLVE:
        return solve(&options);
    case COMMAND_NONE:
    case COMMAND_CHECK:
    case COMMAND_STATUS:
    case COMMAND_BRIEF:
        break;
    }
    return options.is_watching ? watch(&options) : run_once(&options, NULL, NULL);
}
