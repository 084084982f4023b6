// Help and completions, from the tables.
#include "options.h"

#include <string.h>

static void print_options(FILE *stream, Command about)
{
    fprintf(stream, "\nOptions:\n");
    for (const OptionRow *row = option_table(); row->word != NULL; row++) {
        if (row->is_hidden || (about != COMMAND_NONE && (row->commands & (1u << about)) == 0))
            continue;
        char left[40];
        (void)snprintf(left, sizeof left, "%s%s%s", row->word, row->argument == NULL ? "" : " ",
                       row->argument == NULL ? "" : row->argument);
        fprintf(stream, "  %-22s %s\n", left, row->summary);
    }
}

#define ARGUMENT_COLUMNS 13

// Characters of UTF-8 text: bytes that begin one.
static int columns(const char *text)
{
    int count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

void print_help(FILE *stream, Command about)
{
    const CommandRow *one = find_command(about);
    if (one->word != NULL) {
        fprintf(stream, "quid %s %s\n\n%s\n", one->word, one->arguments, one->summary);
        print_options(stream, about);
        return;
    }
    fprintf(stream, "Quid: plain-text accounting for promises.\n\nUsage: quid COMMAND FILE "
                    "[OPTIONS]\n\nCommands:\n");
    for (const CommandRow *row = command_table(); row->word != NULL; row++)
        fprintf(stream, "  %-12s %s%*s %s\n", row->word, row->arguments,
                ARGUMENT_COLUMNS - columns(row->arguments), "", row->summary);
    print_options(stream, COMMAND_NONE);
    fprintf(stream, "\nExit: 0 done, 1 the input is wrong, 2 the command line is wrong, 3 the "
                    "machine failed or was stopped.\n");
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
                    "-eq 1 ]; then\n        COMPREPLY=($(compgen -W \"");
    for (const CommandRow *row = command_table(); row->word != NULL; row++)
        fprintf(stream, "%s ", row->word);
    fprintf(stream, "\" -- \"$word\"))\n    elif [[ $word == -* ]]; then\n        "
                    "COMPREPLY=($(compgen -W \"");
    for (const OptionRow *row = option_table(); row->word != NULL; row++)
        fprintf(stream, "%s%s", row->is_hidden ? "" : row->word, row->is_hidden ? "" : " ");
    fprintf(
        stream,
        "\" -- \"$word\"))\n    else\n        COMPREPLY=($(compgen -f -- \"$word\"))\n    fi\n}\n"
        "complete -o filenames -F _quid quid\n");
    return true;
}
