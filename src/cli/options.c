// Reads the command line by the tables.
#include "options.h"

#include <string.h>

// A small edit distance for "did you mean": letters that differ at the same place, and the
// difference in length.
static size_t difference(const char *left, const char *right)
{
    size_t count = 0;
    while (*left != '\0' && *right != '\0')
        count += *left++ != *right++;
    return count + strlen(left) + strlen(right);
}

typedef struct Suggestion {
    const char *best;
    size_t distance;
} Suggestion;

static void offer(Suggestion *suggestion, const char *word, const char *candidate)
{
    const size_t distance = difference(word, candidate);
    if (distance < suggestion->distance)
        *suggestion = (Suggestion){candidate, distance};
}

static void suggest(const char *word, bool is_option)
{
    Suggestion suggestion = {NULL, 3};
    for (const OptionRow *row = option_table(); is_option && row->word != NULL; row++)
        offer(&suggestion, word, row->word);
    for (const CommandRow *row = command_table(); !is_option && row->word != NULL; row++)
        offer(&suggestion, word, row->word);
    if (suggestion.best != NULL)
        fprintf(stderr, "did you mean `%s`?\n", suggestion.best);
    else
        fprintf(stderr, "`quid help` lists the %s\n", is_option ? "options" : "commands");
}

static const OptionRow *find_option(const char *word, size_t size)
{
    for (const OptionRow *row = option_table(); row->word != NULL; row++) {
        if (strlen(row->word) == size && memcmp(row->word, word, size) == 0)
            return row;
    }
    return NULL;
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
    if ((row->commands & (1u << options->command)) == 0) {
        const char *why = strcmp(row->word, "--json") == 0 ? why_no_json(options->command) : NULL;
        fprintf(stderr, "quid: this command takes no %s%s%s\n", row->word, why == NULL ? "" : ": ",
                why == NULL ? "" : why);
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
    return row->read(value, options);
}

static Command named_command(const char *word)
{
    for (const CommandRow *row = command_table(); row->word != NULL; row++) {
        if (strcmp(row->word, word) == 0)
            return row->command;
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
            options->help_about = named_command(word);
            if (options->help_about == COMMAND_NONE) {
                fprintf(stderr, "quid: there is no command `%s`\n", word);
                suggest(word, false);
                return false;
            }
        } else if (options->command == COMMAND_COMPLETIONS) {
            options->shell = word;
        } else if (options->command == COMMAND_EXPLAIN && options->file_count == 1) {
            options->question = word;
        } else if (options->file_count == FILE_COUNT_MAX) {
            fprintf(stderr, "quid: more than %d files\n", FILE_COUNT_MAX);
            return false;
        } else {
            options->files[options->file_count++] = word;
        }
    }
    return true;
}

// What only makes sense together.
static bool check_options(const Options *options)
{
    const CommandRow *row = find_command(options->command);
    if (options->file_count < row->file_count_min) {
        fprintf(stderr, "quid: which file? `quid %s %s`\n", row->word, row->arguments);
        return false;
    }
    if (options->file_count > row->file_count_max) {
        fprintf(stderr, "quid: one deal at a time; other files belong to it by `include`\n");
        return false;
    }
    if (options->command == COMMAND_EXPORT && !options->is_efg) {
        fprintf(stderr, "quid: export to what? `quid export FILE --efg`\n");
        return false;
    }
    if (options->command == COMMAND_SWEEP && options->vary_count == 0) {
        fprintf(stderr,
                "quid: what is varied? `quid sweep FILE --vary ruling.struck=0..100%%:21`\n");
        return false;
    }
    if (options->command == COMMAND_EXPLAIN && options->question == NULL) {
        fprintf(stderr, "quid: which question? `quid explain FILE 1`, or a part of its text\n");
        return false;
    }
    const bool has_two_days = options->and_date != QUID_NO_DATE;
    if (options->command == COMMAND_COMPARE && has_two_days == (options->file_count == 2)) {
        fprintf(stderr,
                "quid: compare two files, or one as of two days: `quid compare FILE --as-of "
                "DATE --and DATE`\n");
        return false;
    }
    if (has_two_days && options->as_of == QUID_NO_DATE) {
        fprintf(stderr, "quid: --and needs --as-of, the earlier day\n");
        return false;
    }
    if (options->is_zero_sum && (options->start_count > 0 || options->precision > 0)) {
        fprintf(stderr, "quid: --zero-sum finds one equilibrium, in which nobody errs: it takes "
                        "neither --starts nor a --precision below the limit\n");
        return false;
    }
    return true;
}

bool read_options(int count, char **words, Options *options)
{
    *options = (Options){.as_of = QUID_NO_DATE,
                         .and_date = QUID_NO_DATE,
                         .seed = 1,
                         .port = 8017,
                         .scenario_count = 100000,
                         .width = 100};
    if (count < 2) {
        print_help(stderr, COMMAND_NONE);
        return false;
    }
    if (strcmp(words[1], "--version") == 0 || strcmp(words[1], "--help") == 0) {
        options->command = words[1][2] == 'v' ? COMMAND_VERSION : COMMAND_HELP;
        return true;
    }
    options->command = named_command(words[1]);
    if (options->command == COMMAND_NONE) {
        fprintf(stderr, "quid: there is no command `%s`\n", words[1]);
        suggest(words[1], words[1][0] == '-');
        return false;
    }
    return read_arguments(count, words, options) &&
           (options->command == COMMAND_HELP || check_options(options));
}
