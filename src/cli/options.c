// Declares every command and option once.
#include "options.h"

#include <stdlib.h>
#include <string.h>

static const CommandRow commands[] = {
    {COMMAND_CHECK, "check", "FILE", "report every mistake of a deal",
     "Reads the deal and everything that it includes, and reports every mistake in one run: what "
     "is misspelt, impossible, overdrawn or contradicts itself. Exit 1 where there is an error; "
     "warnings alone are no error."},
    {COMMAND_STATUS, "status", "FILE",
     "where the promises stand: stages, given and got, deadlines, statements",
     "The ledger's answer alone: each promise by stage with its parts, what each party gave and "
     "got, deadlines with their extensions, and what was said in public beside what was said in "
     "private."},
    {COMMAND_BRIEF, "brief", "FILE", "the deal on one page, every figure with its source",
     "All that Quid knows of the deal, for a reader with two minutes. A figure says whether it is "
     "a fact (with its source's number), an assumption (with its line) or computed."},
    {COMMAND_SOLVE, "solve", "FILE",
     "how a game is played: strategies, payoffs, and a certificate of both",
     "FILE is a game in Gambit's extensive form (.efg). The principal branch of its agent logit "
     "quantal response equilibria is followed to the precision asked for, or to its limit. What is "
     "printed says how far that went and what each player could still gain. Ctrl-C prints the best "
     "answer so far, with exit 3."},
    {COMMAND_FMT, "fmt", "FILE…", "bring files into the canonical layout",
     "Rewrites each file in place, comments and order kept; - is standard input, written to "
     "standard output. A file with errors of form is left as it was."},
    {COMMAND_HELP, "help", "[COMMAND]", "this text, or that of a command", ""},
    {COMMAND_COMPLETIONS, "completions", "bash|zsh", "completions for a shell",
     "Prints a script for the shell to read: eval \"$(quid completions bash)\"."},
    {COMMAND_NONE, NULL, NULL, NULL, NULL},
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0] - 1)

const CommandRow *command_table(void)
{
    return commands;
}

typedef enum OptionKind {
    OPTION_AS_OF,
    OPTION_MIN_TRUST,
    OPTION_PRECISION,
    OPTION_STARTS,
    OPTION_STRATEGY,
    OPTION_THREADS,
    OPTION_SEED,
    OPTION_JSON,
    OPTION_WATCH,
    OPTION_CHECK,
    OPTION_WIDTH,
    OPTION_COLOR,
    OPTION_DUMP,
    OPTION_MANUAL,
    OPTION_HELP,
} OptionKind;

#define FOR(command) (1u << (command))
#define FOR_VIEWS (FOR(COMMAND_STATUS) | FOR(COMMAND_BRIEF))

static const OptionRow option_rows[] = {
    {OPTION_AS_OF, "--as-of", "DATE", FOR_VIEWS | FOR(COMMAND_CHECK),
     "see only what was known by the end of DATE (2026-02-11, 2026-02, 2026)", false},
    {OPTION_MIN_TRUST, "--min-trust", "PERCENT", FOR_VIEWS | FOR(COMMAND_CHECK),
     "leave out facts whose source is trusted less (60%)", false},
    {OPTION_PRECISION, "--precision", "LAMBDA", FOR(COMMAND_SOLVE),
     "stop where players err that much (20); default: the limit, without error", false},
    {OPTION_STARTS, "--starts", "N", FOR(COMMAND_SOLVE),
     "look for other equilibria from N random starts", false},
    {OPTION_STRATEGY, "--strategy", NULL, FOR(COMMAND_SOLVE), "print every information set", false},
    {OPTION_THREADS, "--threads", "N", FOR(COMMAND_SOLVE),
     "work on N threads (1); the answer does not depend on it", false},
    {OPTION_SEED, "--seed", "N", FOR(COMMAND_SOLVE), "of everything random (1)", false},
    {OPTION_JSON, "--json", NULL, FOR_VIEWS | FOR(COMMAND_SOLVE) | FOR(COMMAND_CHECK),
     "print JSON for programs", false},
    {OPTION_WATCH, "--watch", NULL, FOR_VIEWS | FOR(COMMAND_CHECK),
     "print again whenever a file of the deal changes", false},
    {OPTION_CHECK, "--check", NULL, FOR(COMMAND_FMT),
     "change nothing; exit 1 where a file is not in the canonical layout", false},
    {OPTION_WIDTH, "--width", "COLUMNS", FOR_VIEWS | FOR(COMMAND_SOLVE),
     "width of the text, 60 to 200 (100)", false},
    {OPTION_COLOR, "--color", "WHEN", ~0u, "auto, always or never; NO_COLOR is honoured", false},
    {OPTION_DUMP, "--dump", "STAGE", FOR(COMMAND_CHECK),
     "print the result of a stage: text, deal or ledger", false},
    {OPTION_MANUAL, "--man", "1|5", FOR(COMMAND_HELP), "print a page of the manual", true},
    {OPTION_HELP, "--help", NULL, ~0u, "print help", false},
    {0, NULL, NULL, 0, NULL, false},
};

#define OPTION_COUNT (sizeof option_rows / sizeof option_rows[0] - 1)

const OptionRow *option_table(void)
{
    return option_rows;
}

// A small edit distance for "did you mean": letters that differ at the same place, and the
// difference in length.
static size_t difference(const char *left, const char *right)
{
    size_t count = 0;
    while (*left != '\0' && *right != '\0')
        count += *left++ != *right++;
    return count + strlen(left) + strlen(right);
}

static void suggest(const char *word, bool is_option)
{
    const char *best = NULL;
    size_t distance = 3;
    for (size_t i = 0; i < (is_option ? OPTION_COUNT : COMMAND_COUNT); i++) {
        const char *candidate = is_option ? option_rows[i].word : commands[i].word;
        if (difference(word, candidate) < distance) {
            distance = difference(word, candidate);
            best = candidate;
        }
    }
    if (best != NULL)
        fprintf(stderr, "did you mean `%s`?\n", best);
    else
        fprintf(stderr, "`quid help` lists the %s\n", is_option ? "options" : "commands");
}

static const OptionRow *find_option(const char *word, size_t size)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (strlen(option_rows[i].word) == size && memcmp(option_rows[i].word, word, size) == 0)
            return &option_rows[i];
    }
    return NULL;
}

static bool read_as_of(const char *value, Options *options)
{
    QuidDateRange range;
    if (!quid_date_parse((QuidString){value, (uint32_t)strlen(value)}, &range)) {
        fprintf(stderr, "quid: `%s` is no date; write for instance --as-of 2026-02-11\n", value);
        return false;
    }
    options->as_of = range.last;
    return true;
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

static bool read_precision(const char *value, Options *options)
{
    char *end = NULL;
    const double lambda = strtod(value, &end);
    if (end == value || *end != '\0' || !(lambda > 0) || lambda > 1e12) {
        fprintf(stderr, "quid: the precision is a number above 0, not `%s`\n", value);
        return false;
    }
    options->precision = lambda;
    return true;
}

static bool read_whole(const OptionRow *row, const char *value, unsigned long long max,
                       unsigned long long *number)
{
    char *end = NULL;
    *number = value[0] >= '0' && value[0] <= '9' ? strtoull(value, &end, 10) : 0;
    if (end == NULL || *end != '\0' || *number > max) {
        fprintf(stderr, "quid: %s takes a whole number up to %llu, not `%s`\n", row->word, max,
                value);
        return false;
    }
    return true;
}

static bool apply_option(const OptionRow *row, const char *value, Options *options)
{
    unsigned long long number = 0;
    switch ((OptionKind)row->kind) {
    case OPTION_PRECISION:
        return read_precision(value, options);
    case OPTION_STARTS:
        if (!read_whole(row, value, 10000, &number))
            return false;
        options->start_count = (unsigned)number;
        return true;
    case OPTION_THREADS:
        if (!read_whole(row, value, 256, &number))
            return false;
        options->thread_count = (unsigned)number;
        return true;
    case OPTION_SEED:
        if (!read_whole(row, value, UINT64_MAX, &number))
            return false;
        options->seed = number;
        return true;
    case OPTION_STRATEGY:
        options->is_strategy = true;
        return true;
    case OPTION_AS_OF:
        return read_as_of(value, options);
    case OPTION_MIN_TRUST:
        return read_trust(value, options);
    case OPTION_WIDTH:
        return read_width(value, options);
    case OPTION_COLOR:
        return read_colour(value, options);
    case OPTION_JSON:
        options->is_json = true;
        return true;
    case OPTION_WATCH:
        options->is_watching = true;
        return true;
    case OPTION_CHECK:
        options->is_checking = true;
        return true;
    case OPTION_DUMP:
        options->dump = value;
        return true;
    case OPTION_MANUAL:
        options->is_manual = true;
        options->is_language = strcmp(value, "5") == 0;
        return true;
    case OPTION_HELP:
        options->help_about = options->command;
        options->command = COMMAND_HELP;
        return true;
    }
    return false;
}

// One option; *at moves on where its argument is a word of its own.
static bool read_option(int count, char **words, int *at, Options *options)
{
    const char *word = words[*at];
    const char *equal = strchr(word, '=');
    const size_t size = equal == NULL ? strlen(word) : (size_t)(equal - word);
    const OptionRow *row = find_option(word, size);
    if (row == NULL) {
        fprintf(stderr, "quid: there is no option `%.*s`\n", (int)size, word);
        suggest(word, true);
        return false;
    }
    if ((row->commands & FOR(options->command)) == 0) {
        fprintf(stderr, "quid: this command takes no %s\n", row->word);
        return false;
    }
    const char *value = equal == NULL ? NULL : equal + 1;
    if (row->argument != NULL && value == NULL) {
        if (*at + 1 >= count) {
            fprintf(stderr, "quid: %s needs a value: %s %s\n", row->word, row->word, row->argument);
            return false;
        }
        value = words[++*at];
    }
    if (row->argument == NULL && value != NULL) {
        fprintf(stderr, "quid: %s takes no value\n", row->word);
        return false;
    }
    return apply_option(row, value, options);
}

static Command find_command(const char *word)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].word, word) == 0)
            return commands[i].command;
    }
    return COMMAND_NONE;
}

static bool read_arguments(int count, char **words, Options *options)
{
    bool is_plain = false;
    for (int at = 2; at < count; at++) {
        const char *word = words[at];
        if (!is_plain && strcmp(word, "--") == 0) {
            is_plain = true;
        } else if (!is_plain && word[0] == '-' && word[1] != '\0') {
            if (!read_option(count, words, &at, options))
                return false;
        } else if (options->command == COMMAND_HELP && options->file_count == 0) {
            options->help_about = find_command(word);
        } else if (options->command == COMMAND_COMPLETIONS) {
            options->shell = word;
        } else if (options->file_count == FILE_COUNT_MAX) {
            fprintf(stderr, "quid: more than %d files\n", FILE_COUNT_MAX);
            return false;
        } else {
            options->files[options->file_count++] = word;
        }
    }
    return true;
}

bool read_options(int count, char **words, Options *options)
{
    *options = (Options){.as_of = QUID_NO_DATE, .width = 100, .thread_count = 1, .seed = 1};
    if (count < 2) {
        print_help(stderr, COMMAND_NONE);
        return false;
    }
    if (strcmp(words[1], "--version") == 0 || strcmp(words[1], "--help") == 0) {
        options->command = words[1][2] == 'v' ? COMMAND_VERSION : COMMAND_HELP;
        return true;
    }
    options->command = find_command(words[1]);
    if (options->command == COMMAND_NONE) {
        fprintf(stderr, "quid: there is no command `%s`\n", words[1]);
        suggest(words[1], words[1][0] == '-');
        return false;
    }
    if (!read_arguments(count, words, options))
        return false;
    const bool needs_file = options->command >= COMMAND_CHECK && options->command <= COMMAND_SOLVE;
    if (needs_file && options->file_count == 0) {
        fprintf(stderr, "quid: which file? `quid %s FILE`\n", words[1]);
        return false;
    }
    if (needs_file && options->command != COMMAND_FMT && options->file_count > 1) {
        fprintf(stderr, "quid: one deal at a time; other files belong to it by `include`\n");
        return false;
    }
    return true;
}

// ---- Help -------------------------------------------------------------------

static void print_options(FILE *stream, Command about)
{
    fprintf(stream, "\nOptions:\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const OptionRow *row = &option_rows[i];
        if (row->is_hidden || (about != COMMAND_NONE && (row->commands & FOR(about)) == 0))
            continue;
        char left[40];
        (void)snprintf(left, sizeof left, "%s%s%s", row->word, row->argument == NULL ? "" : " ",
                       row->argument == NULL ? "" : row->argument);
        fprintf(stream, "  %-22s %s\n", left, row->summary);
    }
}

void print_help(FILE *stream, Command about)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (commands[i].command == about && about != COMMAND_NONE) {
            fprintf(stream, "quid %s %s\n\n%s\n", commands[i].word, commands[i].arguments,
                    commands[i].summary);
            print_options(stream, about);
            return;
        }
    }
    fprintf(stream, "Quid: plain-text accounting for promises.\n\nUsage: quid COMMAND FILE "
                    "[OPTIONS]\n\nCommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(stream, "  %-12s %-10s %s\n", commands[i].word, commands[i].arguments,
                commands[i].summary);
    print_options(stream, COMMAND_NONE);
    fprintf(stream, "\nExit: 0 done, 1 the input is wrong, 2 the command line is wrong, 3 the "
                    "machine failed.\n");
}

static void print_words(FILE *stream)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(stream, "%s ", commands[i].word);
}

bool print_completions(FILE *stream, const char *shell)
{
    const bool is_zsh = shell != NULL && strcmp(shell, "zsh") == 0;
    if (!is_zsh && (shell == NULL || strcmp(shell, "bash") != 0)) {
        fprintf(stderr, "quid: completions for bash or zsh\n");
        return false;
    }
    if (is_zsh)
        fprintf(stream, "#compdef quid\nautoload -U +X bashcompinit && bashcompinit\n");
    fprintf(stream, "_quid() {\n    local word=${COMP_WORDS[COMP_CWORD]}\n    if [ \"$COMP_CWORD\" "
                    "-eq 1 ]; then\n"
                    "        COMPREPLY=($(compgen -W \"");
    print_words(stream);
    fprintf(
        stream,
        "\" -- \"$word\"))\n    elif [[ $word == -* ]]; then\n        COMPREPLY=($(compgen -W \"");
    for (size_t i = 0; i < OPTION_COUNT; i++)
        fprintf(stream, "%s%s", option_rows[i].is_hidden ? "" : option_rows[i].word,
                option_rows[i].is_hidden ? "" : " ");
    fprintf(
        stream,
        "\" -- \"$word\"))\n    else\n        COMPREPLY=($(compgen -f -- \"$word\"))\n    fi\n}\n"
        "complete -o filenames -F _quid quid\n");
    return true;
}
