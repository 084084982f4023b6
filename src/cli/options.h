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
    COMMAND_BRIEF,
    COMMAND_SOLVE,
    COMMAND_HELP,
    COMMAND_VERSION,
    COMMAND_COMPLETIONS,
} Command;

typedef enum Colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER } Colour;

#define FILE_COUNT_MAX 1000

typedef struct Options {
    Command command;
    Command help_about; // help: which command
    const char *files[FILE_COUNT_MAX];
    int file_count;
    QuidDate as_of;
    double min_trust;
    unsigned width;
    Colour colour;
    double precision; // 0: the limit
    unsigned start_count;
    unsigned thread_count;
    uint64_t seed;
    bool is_strategy;
    bool is_json;
    bool is_watching;
    bool is_checking;  // fmt --check
    bool is_manual;    // help --man
    bool is_language;  // … of the language
    const char *shell; // completions
    const char *dump;  // a stage to print, or NULL
} Options;

// A command: one row, from which parsing, help, completions and the manual come.
typedef struct CommandRow {
    Command command;
    const char *word;
    const char *arguments;
    const char *summary;
    const char *details; // for the manual; whole sentences
} CommandRow;

// An option: likewise. commands: a bit for each that takes it (1 << command).
typedef struct OptionRow {
    int kind;
    const char *word;
    const char *argument; // NULL: none
    unsigned commands;
    const char *summary;
    bool is_hidden; // from help: for builds and tests
} OptionRow;

// The tables, each ending in a row whose word is NULL.
const CommandRow *command_table(void);
const OptionRow *option_table(void);

// Reads the command line. false: it is wrong, and a message stands on stderr (exit 2).
bool read_options(int count, char **words, Options *options);
void print_help(FILE *stream, Command about);
bool print_completions(FILE *stream, const char *shell);
// The manual's pages in man(7): quid(1), or quid(5) where is_language.
void print_manual(FILE *stream, bool is_language);

#endif
