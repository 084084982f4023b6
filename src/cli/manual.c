// The manual's pages, from the tables that the command and the parser themselves use.
#include "options.h"

#include <string.h>

// Text for man(7): a backslash, a leading point or quote and a hyphen would be read as layout.
static void put(FILE *stream, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\\')
            (void)fputs("\\e", stream);
        else if (*at == '-')
            (void)fputs("\\-", stream);
        else if ((*at == '.' || *at == '\'') && at == text)
            fprintf(stream, "\\&%c", *at);
        else
            (void)fputc(*at, stream);
    }
}

static void put_head(FILE *stream, const char *section, const char *summary)
{
    fprintf(stream, ".TH QUID %s \"\" \"Quid %s\" \"Quid\"\n.SH NAME\nquid \\- ", section,
            QUID_VERSION);
    put(stream, summary);
    fprintf(stream, "\n");
}

static void put_entry(FILE *stream, const char *word, const char *form, const char *text)
{
    fprintf(stream, ".TP\n\\fB");
    put(stream, word);
    fprintf(stream, "\\fR");
    if (form != NULL && form[0] != '\0') {
        fprintf(stream, " \\fI");
        put(stream, form);
        fprintf(stream, "\\fR");
    }
    fprintf(stream, "\n");
    put(stream, text);
    fprintf(stream, "\n");
}

// ---- quid(1) ----------------------------------------------------------------

static void put_commands(FILE *stream)
{
    fprintf(stream, ".SH COMMANDS\n");
    for (const CommandRow *row = command_table(); row->word != NULL; row++) {
        put_entry(stream, row->word, row->arguments, row->summary);
        fprintf(stream, ".\n");
        if (row->details[0] == '\0')
            continue;
        fprintf(stream, ".IP\n");
        put(stream, row->details);
        fprintf(stream, "\n");
    }
}

static void put_options(FILE *stream)
{
    fprintf(stream, ".SH OPTIONS\n");
    for (const OptionRow *row = option_table(); row->word != NULL; row++) {
        if (row->is_hidden)
            continue;
        put_entry(stream, row->word, row->argument, row->summary);
        if (row->commands == ~0u)
            continue;
        const char *before = "(";
        for (const CommandRow *command = command_table(); command->word != NULL; command++) {
            if ((row->commands & (1u << command->command)) == 0)
                continue;
            fprintf(stream, "%s", before);
            put(stream, command->word);
            before = ", ";
        }
        fprintf(stream, ")\n");
    }
}

static void put_command_page(FILE *stream)
{
    put_head(stream, "1", "plain-text accounting for promises");
    fprintf(stream, ".SH SYNOPSIS\n.B quid\n.I COMMAND FILE\n[\\fIOPTIONS\\fR]\n.SH DESCRIPTION\n"
                    "Quid reads a deal written as plain text (who promised what to whom, by when "
                    "and in return for what; the dated, sourced facts as they arrive) and answers "
                    "where it stands. The language is described in\n.BR quid (5).\n");
    put_commands(stream);
    put_options(stream);
    fprintf(
        stream,
        ".SH \"EXIT STATUS\"\n.TP\n.B 0\nDone.\n.TP\n.B 1\nThe input is wrong: diagnostics "
        "are on standard error.\n.TP\n.B 2\nThe command line is wrong.\n.TP\n.B 3\nThe machine "
        "failed (no memory, no disk), or a signal stopped it.\n.SH ENVIRONMENT\n.TP\n.B "
        "NO_COLOR\nIf set and not empty, "
        "nothing is coloured unless \\-\\-color always is given.\n.SH EXAMPLES\n.nf\nquid check "
        "deal.quid\nquid brief deal.quid \\-\\-as\\-of 2026\\-02\\-11\nquid status deal.quid "
        "\\-\\-json\n.fi\n.SH \"SEE ALSO\"\n.BR quid (5)\n");
}

// ---- quid(5) ----------------------------------------------------------------

typedef struct FormRow {
    QuidStatementKind statement;
    const char *keyword;
    const char *form;
} FormRow;

static const FormRow statement_forms[] = {
#define X(name, keyword, form) {QUID_STATEMENT_##name, keyword, form},
    QUID_STATEMENT_LIST(X)
#undef X
};

static const FormRow clause_forms[] = {
#define X(statement, name, keyword, form) {QUID_STATEMENT_##statement, keyword, form},
    QUID_CLAUSE_LIST(X)
#undef X
};

static const FormRow verb_forms[] = {
#define X(name, verb, form) {QUID_STATEMENT_NONE, verb, form},
    QUID_VERB_LIST(X)
#undef X
};

static void put_form(FILE *stream, const FormRow *row, const char *before)
{
    fprintf(stream, "%s\\fB", before);
    put(stream, row->keyword[0] == '\0' ? row->form : row->keyword);
    fprintf(stream, "\\fR");
    if (row->keyword[0] != '\0') {
        fprintf(stream, " \\fI");
        put(stream, row->form);
        fprintf(stream, "\\fR");
    }
    fprintf(stream, "\n.br\n");
}

static void put_language_page(FILE *stream)
{
    put_head(stream, "5", "the language of deal files");
    fprintf(
        stream,
        ".SH DESCRIPTION\nA deal file is UTF\\-8 text, read line by line; # starts a comment. A "
        "statement or a fact begins in column one; the indented lines below a statement are "
        "its clauses. Any clause and any fact may end with \\fI@SOURCE\\fR.\n.SH STATEMENTS\n");
    for (size_t i = 0; i < sizeof statement_forms / sizeof statement_forms[0]; i++) {
        put_form(stream, &statement_forms[i], ".PP\n");
        fprintf(stream, ".RS\n");
        for (size_t j = 0; j < sizeof clause_forms / sizeof clause_forms[0]; j++) {
            if (clause_forms[j].statement == statement_forms[i].statement)
                put_form(stream, &clause_forms[j], "");
        }
        fprintf(stream, ".RE\n");
    }
    fprintf(stream, ".SH FACTS\nA fact begins with its date: \\fIDATE VERB …\\fR [\"remark\"] "
                    "[reported \\fIDATE\\fR] [\\fI@SOURCE\\fR].\n.PP\n");
    for (size_t i = 0; i < sizeof verb_forms / sizeof verb_forms[0]; i++)
        put_form(stream, &verb_forms[i], "");
    fprintf(stream, ".SH \"SEE ALSO\"\n.BR quid (1),\nand docs/language.md, which explains each "
                    "with an example.\n");
}

void print_manual(FILE *stream, bool is_language)
{
    if (is_language)
        put_language_page(stream);
    else
        put_command_page(stream);
}
