// The result of the text stage as text: statements with their clauses, expressions in prefix form,
// and facts; each with its place.
#include "parser.h"
#include "print.h"

typedef struct Dump {
    const QuidText *text;
    QuidPrinter printer;
} Dump;

static const char *const node_words[] = {
    [QUID_NODE_NONE] = "broken",   [QUID_NODE_NUMBER] = "number",
    [QUID_NODE_DATE] = "date",     [QUID_NODE_TEXT] = "text",
    [QUID_NODE_NAME] = "name",     [QUID_NODE_DOT] = ".",
    [QUID_NODE_RANGE] = "to",      [QUID_NODE_CALL] = "call",
    [QUID_NODE_WEIGHT] = "weight", [QUID_NODE_NEGATE] = "-",
    [QUID_NODE_NOT] = "not",       [QUID_NODE_ADD] = "+",
    [QUID_NODE_SUBTRACT] = "-",    [QUID_NODE_MULTIPLY] = "*",
    [QUID_NODE_DIVIDE] = "/",      [QUID_NODE_POWER] = "^",
    [QUID_NODE_EQUAL] = "=",       [QUID_NODE_NOT_EQUAL] = "!=",
    [QUID_NODE_LESS] = "<",        [QUID_NODE_LESS_EQUAL] = "<=",
    [QUID_NODE_GREATER] = ">",     [QUID_NODE_GREATER_EQUAL] = ">=",
    [QUID_NODE_AND] = "and",       [QUID_NODE_OR] = "or",
    [QUID_NODE_IF] = "if",         [QUID_NODE_BY] = "by",
    [QUID_NODE_BEFORE] = "before", [QUID_NODE_ON] = "on",
};

static void print_name(Dump *dump, QuidName name)
{
    quid__print_string(&dump->printer, quid__names_text(&dump->text->names, name));
}

// mantissa e exponent, as it was read: nothing is rounded.
static void print_decimal(Dump *dump, QuidDecimal value)
{
    quid__print(&dump->printer, "%lld", (long long)value.mantissa);
    if (value.exponent != 0)
        quid__print(&dump->printer, "e%d", value.exponent);
}

static void print_source(Dump *dump, QuidName source)
{
    if (source.id == 0)
        return;
    quid__print(&dump->printer, " @");
    print_name(dump, source);
}

static void print_place(Dump *dump, QuidSpan span)
{
    const QuidPlace place = quid_context_place(dump->text->context, span);
    quid__print(&dump->printer, " (");
    quid__print_string(&dump->printer, quid_context_path(dump->text->context, span.file));
    quid__print(&dump->printer, ":%u:%u)\n", place.line, place.column);
}

static void print_leaf(Dump *dump, const QuidNode *node)
{
    if (node->kind == QUID_NODE_DATE) {
        quid__print_dates(&dump->printer, node->date);
    } else if (node->kind == QUID_NODE_NAME) {
        print_name(dump, node->name);
    } else if (node->kind == QUID_NODE_NUMBER) {
        print_decimal(dump, node->value);
        quid__print(&dump->printer, "%s%s%s", node->is_percent ? "%" : "",
                    node->unit.id != 0 ? " " : "", node->is_business ? "business " : "");
        print_name(dump, node->unit);
    } else {
        quid__print(&dump->printer, "%s", node_words[node->kind]);
    }
}

// Recursion is as deep as the parser's limit of nesting.
static void print_node(Dump *dump, uint32_t index)
{
    const QuidNode *node = &QUID_AT(&dump->text->nodes, QuidNode, index);
    if (node->child_count == 0) {
        print_leaf(dump, node);
        return;
    }
    quid__print(&dump->printer, "(");
    if (node->kind == QUID_NODE_CALL)
        print_name(dump, node->name);
    else
        quid__print(&dump->printer, "%s", node_words[node->kind]);
    for (uint32_t i = 0; i < node->child_count; i++) {
        quid__print(&dump->printer, " ");
        print_node(dump, QUID_AT(&dump->text->operands, uint32_t, node->child_first + i));
    }
    quid__print(&dump->printer, ")");
}

static void print_clause(Dump *dump, const QuidClause *clause)
{
    QuidPrinter *printer = &dump->printer;
    const char *keyword = quid_clause_keyword(clause->kind);
    quid__print(printer, "  %s", clause->is_negative ? "-" : keyword[0] == '\0' ? ":" : keyword);
    if (clause->name.id != 0) {
        quid__print(printer, " ");
        print_name(dump, clause->name);
    }
    for (uint32_t i = 0; i < clause->operand_count; i++) {
        const uint32_t node = QUID_AT(&dump->text->operands, uint32_t, clause->operand_first + i);
        quid__print(printer, i == 0 ? " " : ", ");
        if (node == 0)
            quid__print(printer, "none");
        else
            print_node(dump, node);
    }
    quid__print(printer, "%s%s%s", clause->is_up_to ? " up to" : "",
                clause->is_or_more ? " or more" : "", clause->is_otherwise ? " otherwise" : "");
    if (clause->label.size > 0) {
        quid__print(printer, " ");
        quid__print_quoted(printer, clause->label);
    }
    print_source(dump, clause->source);
    print_place(dump, clause->span);
}

static void print_statement(Dump *dump, const QuidStatement *statement)
{
    QuidPrinter *printer = &dump->printer;
    quid__print(printer, "%s", quid_statement_keyword(statement->kind));
    if (statement->name.id != 0) {
        quid__print(printer, " ");
        print_name(dump, statement->name);
    }
    if (statement->label.size > 0) {
        quid__print(printer, " ");
        quid__print_quoted(printer, statement->label);
    }
    print_source(dump, statement->source);
    print_place(dump, statement->span);
    for (uint32_t i = 0; i < statement->clause_count; i++)
        print_clause(dump, &QUID_AT(&dump->text->clauses, QuidClause, statement->clause_first + i));
}

static void print_word(Dump *dump, const char *before, uint32_t name)
{
    if (name == 0)
        return;
    quid__print(&dump->printer, "%s", before);
    print_name(dump, (QuidName){name});
}

static void print_fact(Dump *dump, const QuidFactSyntax *fact)
{
    QuidPrinter *printer = &dump->printer;
    quid__print_dates(printer, (QuidDateRange){fact->date, fact->date_last});
    quid__print(printer, " %s", quid_verb_word((QuidVerb)fact->verb));
    print_word(dump, " ", fact->subject);
    print_word(dump, fact->verb == QUID_VERB_RATE ? "/" : " ", fact->object);
    if (fact->verb == QUID_VERB_STATE)
        quid__print(printer, fact->is_private ? " private" : " public");
    if (fact->has_amount) {
        quid__print(printer, " ");
        print_decimal(dump, (QuidDecimal){fact->mantissa, fact->exponent});
        print_word(dump, " ", fact->unit);
    }
    if (fact->until != QUID_NO_DATE) {
        quid__print(printer, " to ");
        quid__print_date(printer, fact->until);
    }
    if (fact->text != 0) {
        quid__print(printer, " ");
        quid__print_quoted(printer, QUID_AT(&dump->text->strings, QuidString, fact->text));
    }
    print_word(dump, " about ", fact->about);
    if (fact->reported != QUID_NO_DATE) {
        quid__print(printer, " reported ");
        quid__print_date(printer, fact->reported);
    }
    print_source(dump, (QuidName){fact->source});
    print_place(dump, (QuidSpan){{fact->file}, fact->offset, fact->size});
}

QuidStatus quid_text_dump(const QuidText *text, QuidOutput output)
{
    Dump dump = {text, {output, false}};
    for (uint32_t i = 0; i < text->tables.statement_count; i++)
        print_statement(&dump, &text->tables.statements[i]);
    for (uint32_t i = 0; i < text->tables.fact_count; i++)
        print_fact(&dump, &text->tables.facts[i]);
    return quid__print_status(&dump.printer);
}
