// The command line: one table of commands and one of options, from which parsing, help and
// completions come.
#ifndef QUID_CLI_OPTIONS_H
#define QUID_CLI_OPTIONS_H

#include "quid.h"

#include <stdio.h>

typedef enum Command {
    COMMAND_NONE,
    COMMAND_CHECK,
    COMMAND_FMT,
    COMMAND_STATUS,
    COMMAND_SOLVE,
    COMMAND_FORECAST,
    COMMAND_BRIEF,
    COMMAND_WHAT_IF,
    COMMAND_SENSITIVITY,
    COMMAND_SWEEP,
    COMMAND_BACKTEST,
    COMMAND_EXPLAIN,
    COMMAND_COMPARE,
    COMMAND_EXPORT,
    COMMAND_SERVE,
    COMMAND_HELP,
    COMMAND_VERSION,
    COMMAND_COMPLETIONS,
} Command;

typedef enum Colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER } Colour;

#define FILE_COUNT_MAX 1000
#define SETTING_COUNT_MAX 100 // of --set, and of --what-if

typedef struct Options {
    Command command;
    Command help_about; // help: which command
    const char *files[FILE_COUNT_MAX];
    int file_count;
    const char *settings[SETTING_COUNT_MAX]; // --set, as typed
    int setting_count;
    const char *what_ifs[SETTING_COUNT_MAX]; // --what-if, as typed
    int what_if_count;
    const char *varied[SETTING_COUNT_MAX]; // --vary, as typed
    int vary_count;
    const char *question; // explain
    QuidDate as_of;
    QuidDate and_date; // compare: the later day
    double min_trust;
    bool has_precision;
    double precision; // λ; 0: the limit
    uint64_t seed;
    unsigned thread_count;
    unsigned start_count;
    bool is_zero_sum; // solve: by regret minimisation
    uint64_t scenario_count;
    unsigned width;
    Colour colour;
    bool is_json;
    bool is_watching;
    bool is_checking; // fmt --check
    bool is_quick;    // leaves out what takes long
    bool has_strategy;
    bool is_efg;         // export --efg
    bool is_manual;      // help --man
    bool is_language;    // … of the language
    const char *shell;   // completions
    const char *address; // serve: NULL: this machine alone
    unsigned port;
    const char *html; // brief: the page's file, or NULL
    const char *dump; // a stage to print, or NULL
} Options;

// A command: one row, from which parsing, help, completions and the manual come.
typedef struct CommandRow {
    Command command;
    const char *word;
    const char *arguments;
    int file_count_min;
    int file_count_max;
    const char *summary;
    const char *details; // for the manual; whole sentences
} CommandRow;

// An option: likewise. commands: a bit for each that takes it (1 << command). read: false where
// the value is wrong, and a message stands on stderr; value is NULL where there is no argument.
typedef struct OptionRow {
    const char *word;
    const char *argument; // NULL: none
    unsigned commands;
    const char *summary;
    bool (*read)(const char *value, Options *options);
    bool is_hidden; // from help: for builds and tests
} OptionRow;

// The tables, each ending in a row whose word is NULL.
const CommandRow *command_table(void);
const OptionRow *option_table(void);
// Why a command that has no JSON has none; NULL for others.
const char *why_no_json(Command command);
const CommandRow *find_command(Command command);

// Reads the command line. false: it is wrong, and a message stands on stderr (exit 2).
bool read_options(int count, char **words, Options *options);
void print_help(FILE *stream, Command about);
void print_version(FILE *stream);
bool print_completions(FILE *stream, const char *shell);
// The manual's pages in man(7): quid(1), or quid(5) where is_language.
void print_manual(FILE *stream, bool is_language);

#endif
