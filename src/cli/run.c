// The stages of a run, and how it ends.
#include "run.h"
#include "progress.h"
#include "ranks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SENSITIVITY_SCENARIO_COUNT 16384u

static QuidString string_of(const char *text)
{
    return (QuidString){text, (uint32_t)strlen(text)};
}

bool open_run(Run *run, const Options *options, const char *path, QuidDate as_of)
{
    const QuidContextOptions context_options = {.loader = quid_io_loader()};
    *run = (Run){.options = options,
                 .path = path,
                 .as_of = as_of,
                 .context = quid_context_create(&context_options)};
    quid_io_open_stream(&run->output, STDOUT_FILENO);
    if (run->context == NULL)
        (void)machine_failure(quid_status_text(QUID_NO_MEMORY));
    return run->context != NULL;
}

void close_run(Run *run)
{
    release_run(run);
    quid_context_free(run->context);
}

void release_run(Run *run)
{
    quid_backtest_free(run->backtest);
    quid_sensitivity_free(run->sensitivity);
    quid_outlook_free(run->outlook);
    quid_ledger_free(run->ledger);
    quid_deal_free(run->deal);
    quid_text_free(run->text);
    free(run->settings);
}

bool is_coloured(const Options *options, int descriptor)
{
    if (options->colour != COLOUR_AUTO)
        return options->colour == COLOUR_ALWAYS;
    const char *no_colour = getenv("NO_COLOR");
    return (no_colour == NULL || *no_colour == '\0') && isatty(descriptor) == 1;
}

QuidBriefOptions brief_options(const Run *run)
{
    QuidBriefOptions options = quid_brief_options();
    options.width = run->options->width;
    options.is_json = run->options->is_json;
    options.is_coloured = is_coloured(run->options, STDOUT_FILENO);
    options.has_strategy = run->options->has_strategy;
    options.outlook = run->outlook;
    options.sensitivity = run->sensitivity;
    return options;
}

// ---- Reading ----------------------------------------------------------------

// The values of --set as the lines of a file, so that they are read and checked with the deal.
static QuidStatus add_settings(Run *run, QuidFileId *file)
{
    const Options *options = run->options;
    size_t size = 0;
    for (int i = 0; i < options->setting_count; i++)
        size += strlen(options->settings[i]) + 1;
    if (size == 0)
        return QUID_OK;
    char *bytes = malloc(size);
    if (bytes == NULL)
        return QUID_NO_MEMORY;
    size_t used = 0;
    for (int i = 0; i < options->setting_count; i++) {
        const size_t length = strlen(options->settings[i]);
        memcpy(bytes + used, options->settings[i], length);
        bytes[used + length] = '\n';
        used += length + 1;
    }
    const QuidStatus status = quid_context_add_file(run->context, string_of("--set"),
                                                    (QuidString){bytes, (uint32_t)size}, file);
    free(bytes);
    return status;
}

// id: empty for that of the `--set`s, which has no name.
static const QuidWhatIf *find_what_if(const QuidDealTables *tables, QuidString id)
{
    for (uint32_t i = 0; i < tables->what_if_count; i++) {
        const QuidWhatIf *what_if = &tables->what_ifs[i];
        const bool is_alike = what_if->id.size == id.size;
        // Texts without a byte may have no address.
        if (is_alike && (id.size == 0 || memcmp(what_if->id.bytes, id.bytes, id.size) == 0))
            return what_if;
    }
    return NULL;
}

static void report_no_what_if(const Run *run, const char *id)
{
    const QuidDealTables *tables = quid_deal_tables(run->deal);
    fprintf(stderr, "quid: %s has no what-if `%s`; it has", run->path, id);
    const char *before = ": ";
    for (uint32_t i = 0; i < tables->what_if_count; i++) {
        if (tables->what_ifs[i].id.size == 0)
            continue;
        fprintf(stderr, "%s%.*s", before, (int)tables->what_ifs[i].id.size,
                tables->what_ifs[i].id.bytes);
        before = ", ";
    }
    fprintf(stderr, "%s\n", before[0] == ':' ? " none" : "");
}

// has_set: the first what-if without a name is that of --set.
static QuidStatus collect_settings(Run *run, bool has_set)
{
    const QuidDealTables *tables = quid_deal_tables(run->deal);
    run->settings =
        calloc((size_t)tables->setting_count * SETTING_COUNT_MAX + 1, sizeof *run->settings);
    if (run->settings == NULL)
        return QUID_NO_MEMORY;
    for (int i = 0; i <= run->options->what_if_count; i++) {
        const bool is_last = i == run->options->what_if_count;
        const char *id = is_last ? "" : run->options->what_ifs[i];
        const QuidWhatIf *what_if =
            is_last && !has_set ? NULL : find_what_if(tables, string_of(id));
        if (!is_last && (what_if == NULL || id[0] == '\0')) {
            report_no_what_if(run, id);
            return QUID_INVALID;
        }
        for (uint32_t j = 0; what_if != NULL && j < what_if->setting_count; j++)
            run->settings[run->setting_count++] = tables->settings[what_if->setting_first + j];
    }
    return QUID_OK;
}

QuidStatus read_deal(Run *run)
{
    return read_deal_with(run, NULL, 0);
}

QuidStatus load_deal(Run *run)
{
    return quid_text_load(run->context, string_of(run->path), &run->file);
}

QuidStatus read_deal_with(Run *run, const QuidFileId *settings, uint32_t count)
{
    const QuidStatus loaded = load_deal(run);
    QuidFileId files[SETTING_COUNT_MAX + 1] = {{0}};
    const QuidStatus added = loaded == QUID_OK ? add_settings(run, &files[0]) : loaded;
    if (added != QUID_OK)
        return added;
    const uint32_t first = files[0].index != 0;
    for (uint32_t i = 0; i < count; i++)
        files[first + i] = settings[i];
    const QuidStatus parsed =
        quid_text_parse_with(run->context, run->file, files, first + count, &run->text);
    if (parsed != QUID_OK && parsed != QUID_INVALID)
        return parsed;
    // A text with errors is checked all the same, so that one run reports every mistake.
    const QuidStatus checked = quid_deal_check(run->context, run->text, &run->deal);
    return checked == QUID_OK ? collect_settings(run, first > 0) : checked;
}

// ---- The stages behind ------------------------------------------------------

QuidStatus settle_facts(Run *run)
{
    QuidLedgerOptions options = quid_ledger_options();
    options.as_of = run->as_of;
    options.min_trust = run->options->min_trust;
    return quid_ledger_settle(run->context, run->deal, &options, &run->ledger);
}

static unsigned thread_count(const Options *options)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return options->thread_count != 0 ? options->thread_count : cores > 0 ? (unsigned)cores : 1;
}

QuidOutlookOptions outlook_options(const Options *options)
{
    QuidOutlookOptions outlook = quid_outlook_options();
    outlook.answer.has_precision = options->has_precision || options->is_zero_sum;
    outlook.answer.solve.lambda = options->precision;
    outlook.answer.solve.seed = options->seed;
    outlook.answer.solve.start_count = options->start_count;
    outlook.answer.solve.thread_count = thread_count(options);
    outlook.answer.solve.progress = solving_progress();
    outlook.answer.game.seed = options->seed;
    // Whoever asks for the solution alone wants all of it: what the branch does beyond, too.
    outlook.answer.solve.method = options->is_zero_sum                ? QUID_METHOD_REGRET
                                  : options->command == COMMAND_SOLVE ? QUID_METHOD_BRANCH
                                                                      : QUID_METHOD_SWEEPS;
    outlook.answer.has_break_evens = options->command == COMMAND_SOLVE && !options->is_quick;
    // What a command does not show is not computed for it.
    const bool shows_game = options->command == COMMAND_SOLVE || options->command == COMMAND_BRIEF;
    outlook.answer.has_values = shows_game && !options->is_quick;
    outlook.answer.has_explanations = shows_game || options->command == COMMAND_COMPARE;
    outlook.answer.has_asked_break_evens = !options->is_quick;
    outlook.has_forecast = options->command != COMMAND_SOLVE && options->command != COMMAND_EXPORT;
    outlook.forecast.has_shares = options->command == COMMAND_SENSITIVITY;
    outlook.forecast.has_amounts =
        options->command != COMMAND_SENSITIVITY && options->command != COMMAND_EXPLAIN;
    outlook.forecast.seed = options->seed;
    outlook.forecast.scenario_count = options->scenario_count;
    outlook.forecast.thread_count = thread_count(options);
    outlook.forecast.progress = forecasting_progress("Forecasting");
    return outlook;
}

QuidStatus look_ahead(Run *run)
{
    QuidOutlookOptions options = outlook_options(run->options);
    options.settings = run->settings;
    options.setting_count = run->setting_count;
    options.has_forecast = options.has_forecast && !run->is_shared;
    QuidStatus status =
        quid_outlook_create(run->context, run->deal, run->ledger, &options, &run->outlook);
    if (run->is_shared)
        status = agree_among_ranks(status);
    if (run->is_shared && status == QUID_OK)
        status = forecast_among_ranks(run, &options.forecast);
    clear_progress();
    return status;
}

QuidStatus weigh_inputs(Run *run)
{
    if (was_stopped())
        return QUID_OK;
    QuidOutlookOptions options = outlook_options(run->options);
    options.settings = run->settings;
    options.setting_count = run->setting_count;
    options.answer.has_asked_break_evens = false;
    options.answer.base = quid_outlook_tables(run->outlook)->answers;
    // Differences by the same draws need fewer of them.
    if (options.forecast.scenario_count > SENSITIVITY_SCENARIO_COUNT)
        options.forecast.scenario_count = SENSITIVITY_SCENARIO_COUNT;
    const QuidStatus status =
        quid_outlook_sensitivity(run->context, run->deal, run->ledger, &options,
                                 forecasting_progress("Trying each input"), &run->sensitivity);
    clear_progress();
    return status == QUID_CANCELLED ? QUID_OK : status;
}

QuidStatus replay_record(Run *run)
{
    const QuidOutlookOptions options = outlook_options(run->options);
    const QuidStatus status =
        quid_outlook_backtest(run->context, run->deal, run->options->min_trust, &options,
                              forecasting_progress("Replaying the record"), &run->backtest);
    clear_progress();
    return status == QUID_CANCELLED ? QUID_OK : status;
}

// ---- The end ----------------------------------------------------------------

int machine_failure(const char *what)
{
    fprintf(stderr, "quid: %s\n", what);
    return EXIT_MACHINE;
}

int finish_output(int code)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return code;
    fprintf(stderr, "quid: the output could not be written: %s\n", strerror(errno));
    return EXIT_MACHINE;
}

int exit_for(QuidStatus status)
{
    switch (status) {
    case QUID_OK:
        return was_stopped() ? EXIT_MACHINE : EXIT_DONE;
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

void print_diagnostics(Run *run)
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

int finish_run(Run *run, QuidStatus status)
{
    bool is_written = quid_io_flush(&run->output) && status != QUID_IO;
    is_written = fflush(stdout) == 0 && is_written;
    if (is_written)
        return exit_for(status);
    const int error = run->output.error != 0 ? run->output.error : errno;
    fprintf(stderr, "quid: the output could not be written: %s\n", strerror(error));
    return EXIT_MACHINE;
}

// ---- Dumps ------------------------------------------------------------------

static QuidStatus dump_text(const Run *run, QuidOutput output)
{
    return run->text == NULL ? QUID_INVALID : quid_text_dump(run->text, output);
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

bool has_dump(const char *stage)
{
    return find_dump(stage) != NULL;
}

QuidStatus print_dump(Run *run)
{
    const DumpRow *row = find_dump(run->options->dump);
    return row == NULL ? QUID_INVALID : row->dump(run, quid_io_output(&run->output));
}
