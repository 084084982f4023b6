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
    bool is_json;
    bool is_watching;
    bool is_checking;  // fmt --check
    const char *shell; // completions
} Options;

// Reads the command line. false: it is wrong, and a message stands on stderr (exit 2).
bool read_options(int count, char **words, Options *options);
void print_help(FILE *stream, Command about);
bool print_completions(FILE *stream, const char *shell);

#endif
