// Declares every command and option once, and reads the options' values.
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const CommandRow commands[] = {
    {COMMAND_CHECK, "check", "FILE", 1, 1, "report every mistake of a deal",
     "Reads the deal and everything that it includes, and reports every mistake in one run: what "
     "is misspelt, impossible, overdrawn or contradicts itself. Exit 1 where there is an error; "
     "warnings alone are no error."},
    {COMMAND_STATUS, "status", "FILE", 1, 1,
     "where the promises stand: stages, given and got, deadlines, statements",
     "The ledger's answer alone: each promise by stage with its parts, what each party gave and "
     "got, deadlines with their extensions, and what was said in public beside what was said in "
     "private."},
    {COMMAND_SOLVE, "solve", "FILE", 1, 1, "what each party will do, and why",
     "Solves the game that the deal states and says of each move when it comes, how likely each "
     "option is and why, what waiting, binding oneself and knowing more are worth, at which odds a "
     "choice turns, and what each party believes of the others' secrets; with the certificate of "
     "the answer."},
    {COMMAND_FORECAST, "forecast", "FILE", 1, 1, "how late, how much, how sure",
     "Draws scenarios under the solved strategies, given the facts: the answers to the deal's own "
     "questions, when each milestone is reached and what it waits for, amounts by date, and the "
     "chance of each outcome; each with its sampling error."},
    {COMMAND_BRIEF, "brief", "FILE", 1, 1, "the deal on one page, every figure with its source",
     "All that Quid knows of the deal, for a reader with two minutes. A figure says whether it is "
     "a fact (with its source's number), an assumption (with its line) or computed."},
    {COMMAND_WHAT_IF, "what-if", "FILE", 1, 1, "the answers of changed deals beside each other",
     "With --set or --what-if: the deal as it is beside the changed one, each answer's difference "
     "with its own error, by the same draws. Without: every what-if of the file, side by side."},
    {COMMAND_SENSITIVITY, "sensitivity", "FILE", 1, 1, "which inputs would change the answers most",
     "A tornado: each chance, belief and quantity goes from the low to the high end of its own "
     "range, the rest as it is; the game is solved anew where it rests on the input. A chance "
     "without a range is moved by ten points either way."},
    {COMMAND_SWEEP, "sweep", "FILE", 1, 1, "the answers on a grid of settings, as CSV or JSON",
     "Each --vary gives a setting values: --vary ruling.struck=0..100%:21 (21 values, both ends "
     "among them) or --vary wave=deliver,wait. The answers are printed for every combination, the "
     "last --vary running fastest."},
    {COMMAND_BACKTEST, "backtest", "FILE", 1, 1, "how such forecasts would have done so far",
     "Replays the deal as of each day on which a fact was reported, forecasts what later facts "
     "resolve, and scores it: Brier and log scores, and how often the 90% intervals held; beside "
     "the baselines that deadlines are met, and that they slip as before."},
    {COMMAND_EXPLAIN, "explain", "FILE QUESTION", 1, 1, "what an answer follows from",
     "QUESTION is a question's number in the file, its text, or a part of it that no other has. "
     "Prints its answer, the "
     "three inputs that would change it most, and every line and fact that it rests on, each with "
     "its source."},
    {COMMAND_COMPARE, "compare", "FILE [FILE]", 1, 2, "what changed between two files or two days",
     "Answers two deals, or one deal as of --as-of and as of --and, and prints what changed: the "
     "answers, moves, beliefs, amounts and deadlines. Between two days it also says what each fact "
     "that became known in between did to the answers, taken one by one in the order in which they "
     "became known."},
    {COMMAND_EXPORT, "export", "FILE", 1, 1, "the game in another program's format",
     "With --efg: the game in Gambit's extensive form, version 2, on standard output."},
    {COMMAND_SERVE, "serve", "FOLDER…", 1, FILE_COUNT_MAX,
     "deals as pages in the browser, always fresh",
     "Serves the page of each deal, and a list that compares them, to this machine alone; a page "
     "reloads when a file of its deal changes. A folder stands for its *.quid files and the "
     "deal.quid of each folder in it."},
    {COMMAND_FMT, "fmt", "FILE…", 1, FILE_COUNT_MAX, "bring files into the canonical layout",
     "Rewrites each file in place, comments and order kept; - is standard input, written to "
     "standard output. A file with errors of form is left as it was."},
    {COMMAND_HELP, "help", "[COMMAND]", 0, 0, "this text, or that of a command", ""},
    {COMMAND_COMPLETIONS, "completions", "bash|zsh", 0, 0, "completions for a shell",
     "Prints a script for the shell to read: eval \"$(quid completions bash)\"."},
    {COMMAND_NONE, NULL, NULL, 0, 0, NULL, NULL},
};

const CommandRow *command_table(void)
{
    return commands;
}

const CommandRow *find_command(Command command)
{
    const CommandRow *row = commands;
    while (row->word != NULL && row->command != command)
        row += 1;
    return row;
}

// ---- Values -----------------------------------------------------------------

static bool read_date(const char *value, const char *option, QuidDate *date)
{
    QuidDateRange range;
    if (!quid_date_parse((QuidString){value, (uint32_t)strlen(value)}, &range)) {
        fprintf(stderr, "quid: `%s` is no date; write for instance %s 2026-02-11\n", value, option);
        return false;
    }
    *date = range.last;
    return true;
}

static bool read_as_of(const char *value, Options *options)
{
    return read_date(value, "--as-of", &options->as_of);
}

static bool read_and(const char *value, Options *options)
{
    return read_date(value, "--and", &options->and_date);
}

static bool read_count(const char *value, const char *option, unsigned long long max,
                       unsigned long long *count)
{
    char *end = NULL;
    errno = 0;
    *count = strtoull(value, &end, 10);
    if (end == value || *end != '\0' || value[0] == '-' || errno != 0 || *count > max) {
        fprintf(stderr, "quid: %s takes a whole number up to %llu, not `%s`\n", option, max, value);
        return false;
    }
    return true;
}

static bool read_seed(const char *value, Options *options)
{
    unsigned long long count;
    if (!read_count(value, "--seed", UINT64_MAX, &count))
        return false;
    options->seed = count;
    return true;
}

static bool read_threads(const char *value, Options *options)
{
    unsigned long long count;
    if (!read_count(value, "--threads", 256, &count))
        return false;
    options->thread_count = (unsigned)count;
    return true;
}

static bool read_starts(const char *value, Options *options)
{
    unsigned long long count;
    if (!read_count(value, "--starts", 100000, &count))
        return false;
    options->start_count = (unsigned)count;
    return true;
}

static bool read_scenarios(const char *value, Options *options)
{
    unsigned long long count;
    if (!read_count(value, "--scenarios", QUID_SCENARIO_COUNT_MAX, &count))
        return false;
    options->scenario_count = count > 0 ? count : 1;
    return true;
}

static bool read_precision(const char *value, Options *options)
{
    char *end = NULL;
    options->has_precision = true;
    options->precision = 0;
    if (strcmp(value, "limit") == 0)
        return true;
    options->precision = strtod(value, &end);
    if (end != value && *end == '\0' && options->precision > 0 && options->precision < 1e9)
        return true;
    fprintf(stderr,
            "quid: --precision takes a number above 0 and below 1e9, or the word limit, not `%s`\n",
            value);
    return false;
}

static bool read_trust(const char *value, Options *options)
{
    char *end = NULL;
    const double percent = strtod(value, &end);
    if (end == value || strcmp(end, "%") != 0 || percent < 0 || percent > 100) {
        fprintf(stderr, "quid: `%s` is no percentage; write for instance --min-trust 60%%\n",
                value);
        return false;
    }
    options->min_trust = percent / 100;
    return true;
}

static bool read_width(const char *value, Options *options)
{
    char *end = NULL;
    const long width = strtol(value, &end, 10);
    if (end == value || *end != '\0' || width < 60 || width > 200) {
        fprintf(stderr, "quid: the width is a number from 60 to 200, not `%s`\n", value);
        return false;
    }
    options->width = (unsigned)width;
    return true;
}

static bool read_colour(const char *value, Options *options)
{
    static const char *const words[] = {"auto", "always", "never"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(value, words[i]) == 0) {
            options->colour = (Colour)i;
            return true;
        }
    }
    fprintf(stderr, "quid: --color takes auto, always or never, not `%s`\n", value);
    return false;
}

static bool read_list(const char *value, const char *option, const char **list, int *count)
{
    if (*count == SETTING_COUNT_MAX) {
        fprintf(stderr, "quid: more than %d times %s\n", SETTING_COUNT_MAX, option);
        return false;
    }
    list[(*count)++] = value;
    return true;
}

static bool read_set(const char *value, Options *options)
{
    return read_list(value, "--set", options->settings, &options->setting_count);
}

static bool read_what_if(const char *value, Options *options)
{
    return read_list(value, "--what-if", options->what_ifs, &options->what_if_count);
}

static bool read_vary(const char *value, Options *options)
{
    return read_list(value, "--vary", options->varied, &options->vary_count);
}

static bool read_json(const char *value, Options *options)
{
    (void)value;
    options->is_json = true;
    return true;
}

static bool read_watch(const char *value, Options *options)
{
    (void)value;
    options->is_watching = true;
    return true;
}

static bool read_check(const char *value, Options *options)
{
    (void)value;
    options->is_checking = true;
    return true;
}

static bool read_quick(const char *value, Options *options)
{
    (void)value;
    options->is_quick = true;
    return true;
}

static bool read_zero_sum(const char *value, Options *options)
{
    (void)value;
    options->is_zero_sum = true;
    return true;
}

static bool read_strategy(const char *value, Options *options)
{
    (void)value;
    options->has_strategy = true;
    return true;
}

static bool read_efg(const char *value, Options *options)
{
    (void)value;
    options->is_efg = true;
    return true;
}

static bool read_address(const char *value, Options *options)
{
    options->address = value;
    return true;
}

static bool read_port(const char *value, Options *options)
{
    unsigned long long count;
    if (!read_count(value, "--port", UINT16_MAX, &count))
        return false;
    options->port = (unsigned)count;
    return true;
}

static bool read_html(const char *value, Options *options)
{
    options->html = value;
    return true;
}

static bool read_dump(const char *value, Options *options)
{
    options->dump = value;
    return true;
}

static bool read_manual(const char *value, Options *options)
{
    options->is_manual = true;
    options->is_language = strcmp(value, "5") == 0;
    return true;
}

static bool read_help(const char *value, Options *options)
{
    (void)value;
    options->help_about = options->command;
    options->command = COMMAND_HELP;
    return true;
}

// ---- The options ------------------------------------------------------------

#define FOR(command) (1u << (command))
#define FOR_SOLVING (FOR(COMMAND_SOLVE) | FOR_FORECASTING)
#define FOR_FORECASTING                                                                            \
    (FOR(COMMAND_BRIEF) | FOR(COMMAND_FORECAST) | FOR(COMMAND_COMPARE) | FOR(COMMAND_WHAT_IF) |    \
     FOR(COMMAND_SENSITIVITY) | FOR(COMMAND_SWEEP) | FOR(COMMAND_BACKTEST) | FOR(COMMAND_EXPLAIN))
#define FOR_VIEWS (FOR_SOLVING | FOR(COMMAND_STATUS))
#define FOR_READING (FOR_VIEWS | FOR(COMMAND_CHECK) | FOR(COMMAND_EXPORT))
// Every command that reads a deal takes these, so that one list of options serves them all.
#define FOR_DEALS (FOR_READING | FOR(COMMAND_SERVE) | FOR(COMMAND_FMT))

static const OptionRow option_rows[] = {
    {"--as-of", "DATE", FOR_DEALS,
     "see only what was known by the end of DATE (2026-02-11, 2026-02, 2026)", read_as_of, false},
    {"--and", "DATE", FOR(COMMAND_COMPARE), "the later day of a comparison", read_and, false},
    {"--set", "NAME=VALUE", FOR_SOLVING | FOR(COMMAND_EXPORT),
     "what if: ruling=struck, ruling.struck=20%, wave=deliver, summit=2026-07-01; repeatable",
     read_set, false},
    {"--what-if", "ID", FOR_SOLVING | FOR(COMMAND_EXPORT), "a what-if of the file; repeatable",
     read_what_if, false},
    {"--vary", "NAME=VALUES", FOR(COMMAND_SWEEP),
     "ruling.struck=0..100%:21, or wave=deliver,wait; repeatable", read_vary, false},
    {"--min-trust", "PERCENT", FOR_READING | FOR(COMMAND_SERVE),
     "leave out facts whose source is trusted less (60%)", read_trust, false},
    {"--precision", "NUMBER", FOR_SOLVING | FOR(COMMAND_EXPORT) | FOR(COMMAND_SERVE),
     "how well the parties choose: 20 errs now and then; limit: never", read_precision, false},
    {"--quick", NULL, FOR(COMMAND_BRIEF) | FOR(COMMAND_SOLVE),
     "leave out what takes long: values, break-evens, sensitivity", read_quick, false},
    {"--starts", "COUNT", FOR_SOLVING, "look for other equilibria from COUNT random starts",
     read_starts, false},
    {"--zero-sum", NULL, FOR(COMMAND_SOLVE),
     "any equilibrium of a game of two whose payoffs are opposed; fast where it is large",
     read_zero_sum, false},
    {"--strategy", NULL, FOR(COMMAND_SOLVE), "also print what is chosen in every situation",
     read_strategy, false},
    {"--efg", NULL, FOR(COMMAND_EXPORT), "Gambit's extensive form", read_efg, false},
    {"--scenarios", "COUNT", FOR_FORECASTING, "scenarios of the forecast (100000)", read_scenarios,
     false},
    {"--seed", "NUMBER", FOR_DEALS, "of the random draws (1); the same seed, the same answers",
     read_seed, false},
    {"--threads", "COUNT", FOR_DEALS, "threads (all cores); the answers do not depend on it",
     read_threads, false},
    {"--json", NULL, FOR_VIEWS | FOR(COMMAND_CHECK), "print JSON for programs", read_json, false},
    {"--html", "FILE", FOR(COMMAND_BRIEF),
     "write one page that opens anywhere, offline, with the engine inside it", read_html, false},
    {"--port", "NUMBER", FOR(COMMAND_SERVE), "port (8017); 0: any that is free", read_port, false},
    {"--address", "ADDRESS", FOR(COMMAND_SERVE),
     "listen on another address than 127.0.0.1; whoever reaches it reads the deals", read_address,
     false},
    {"--watch", NULL, FOR_VIEWS | FOR(COMMAND_CHECK),
     "print again whenever a file of the deal changes", read_watch, false},
    {"--check", NULL, FOR(COMMAND_FMT),
     "change nothing; exit 1 where a file is not in the canonical layout", read_check, false},
    {"--width", "COLUMNS", FOR_VIEWS, "width of the text, 60 to 200 (100)", read_width, false},
    {"--color", "WHEN", ~0u, "auto, always or never; NO_COLOR is honoured", read_colour, false},
    {"--dump", "STAGE", FOR(COMMAND_CHECK), "print the result of a stage: text, deal or ledger",
     read_dump, false},
    {"--man", "1|5", FOR(COMMAND_HELP), "print a page of the manual", read_manual, true},
    {"--help", NULL, ~0u, "print help", read_help, false},
    {NULL, NULL, 0, NULL, NULL, false},
};

const OptionRow *option_table(void)
{
    return option_rows;
}

const char *why_no_json(Command command)
{
    switch (command) {
    case COMMAND_FMT:
        return "it writes the files themselves; `quid check --json` has their mistakes";
    case COMMAND_EXPORT:
        return "it writes the other program's format; `quid solve --json` has the game's answers";
    case COMMAND_SERVE:
        return "it answers a browser; `quid brief --json` has what its pages show";
    default:
        return NULL;
    }
}
