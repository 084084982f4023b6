// The entry points of the text stage.
#include "parser.h"

void quid__init_text(QuidText *text, QuidContext *context)
{
    *text = (QuidText){.context = context};
    quid__names_init(&text->names, context);
    quid__arena_init(&text->strings_arena, context);
    quid__vector_init(&text->statements, context, sizeof(QuidStatement));
    quid__vector_init(&text->clauses, context, sizeof(QuidClause));
    quid__vector_init(&text->nodes, context, sizeof(QuidNode));
    quid__vector_init(&text->operands, context, sizeof(uint32_t));
    quid__vector_init(&text->facts, context, sizeof(QuidFactSyntax));
    quid__vector_init(&text->strings, context, sizeof(QuidString));
    (void)quid__vector_push(&text->nodes);
    (void)quid__vector_push(&text->strings);
}

void quid__clear_text(QuidText *text)
{
    quid__names_free(&text->names);
    quid__arena_free(&text->strings_arena);
    quid__vector_free(&text->statements);
    quid__vector_free(&text->clauses);
    quid__vector_free(&text->nodes);
    quid__vector_free(&text->operands);
    quid__vector_free(&text->facts);
    quid__vector_free(&text->strings);
}

bool quid__text_has_failed(const QuidText *text)
{
    return text->names.has_failed || text->strings_arena.has_failed ||
           text->statements.has_failed || text->clauses.has_failed || text->nodes.has_failed ||
           text->operands.has_failed || text->facts.has_failed || text->strings.has_failed ||
           quid__report_has_failed(text->context);
}

QuidStatus quid_text_parse(QuidContext *context, QuidFileId file, QuidText **result)
{
    return quid_text_parse_with(context, file, NULL, 0, result);
}

QuidStatus quid_text_parse_with(QuidContext *context, QuidFileId file, const QuidFileId *settings,
                                uint32_t settings_count, QuidText **result)
{
    const uint32_t error_count = quid__report_error_count(context);
    QuidText *text = quid__allocate(context, sizeof *text);
    if (text == NULL)
        return QUID_NO_MEMORY;
    quid__init_text(text, context);
    const IncludeChain chain = {.file = file};
    if (!text->nodes.has_failed && !text->strings.has_failed)
        quid__parse_file(text, &chain);
    for (uint32_t i = 0; i < settings_count && !quid__text_has_failed(text); i++)
        quid__parse_settings(text, settings[i]);
    if (quid__text_has_failed(text)) {
        const bool is_full = text->names.is_full;
        quid_text_free(text);
        return is_full ? QUID_LIMIT : QUID_NO_MEMORY;
    }
    text->tables = (QuidTextTables){
        .statements = text->statements.items,
        .statement_count = text->statements.count,
        .clauses = text->clauses.items,
        .clause_count = text->clauses.count,
        .nodes = text->nodes.items,
        .node_count = text->nodes.count,
        .operands = text->operands.items,
        .operand_count = text->operands.count,
        .facts = text->facts.items,
        .fact_count = text->facts.count,
        .strings = text->strings.items,
        .string_count = text->strings.count,
        .name_count = quid__names_count(&text->names),
    };
    *result = text;
    return quid__report_error_count(context) > error_count ? QUID_INVALID : QUID_OK;
}

void quid_text_free(QuidText *text)
{
    if (text == NULL)
        return;
    quid__clear_text(text);
    quid__release(text->context, text, sizeof *text);
}

const QuidTextTables *quid_text_tables(const QuidText *text)
{
    return &text->tables;
}

QuidString quid_text_name(const QuidText *text, QuidName name)
{
    return quid__names_text(&text->names, name);
}

QuidName quid_text_find_name(const QuidText *text, QuidString name)
{
    return quid__names_find(&text->names, name.bytes, name.size);
}
