// Settings that come from outside the deal, as on a command line: lines `NAME = VALUE`, read as the
// clauses of a last what-if without a name, so that their mistakes are reported like any other.
#include "parser.h"

static void parse_lines(Parser *parser, QuidVector *tokens)
{
    const Source *source = &parser->source;
    for (uint32_t offset = 0; offset < source->size && !tokens->has_failed;) {
        const uint32_t end = quid__line_end(source, offset);
        if (quid__is_valid_line(parser, offset, end)) {
            (void)quid__lex_line(&parser->source, offset, end, tokens);
            parser->at = 0;
            parser->depth = 0;
            parser->is_broken = false;
            parser->scratch->count = 0;
            if (!tokens->has_failed && parser_token(parser)->kind != TOKEN_END)
                quid__parse_setting(parser);
        }
        offset = end + 1;
    }
}

void quid__parse_settings(QuidText *text, QuidFileId file)
{
    const QuidString bytes = quid_context_bytes(text->context, file);
    QuidStatement *statement = quid__vector_push(&text->statements);
    if (statement == NULL)
        return;
    *statement = (QuidStatement){.kind = QUID_STATEMENT_WHAT_IF,
                                 .keyword_span = {file, 0, bytes.size},
                                 .span = {file, 0, bytes.size},
                                 .clause_first = text->clauses.count};
    QuidVector tokens;
    QuidVector scratch;
    quid__vector_init(&tokens, text->context, sizeof(Token));
    quid__vector_init(&scratch, text->context, sizeof(uint32_t));
    Parser parser = {.text = text,
                     .context = text->context,
                     .source = {.context = text->context,
                                .names = &text->names,
                                .strings = &text->strings_arena,
                                .file = file,
                                .bytes = bytes.bytes,
                                .size = bytes.size},
                     .tokens = &tokens,
                     .scratch = &scratch,
                     .statement = QUID_STATEMENT_WHAT_IF,
                     .statement_index = text->statements.count - 1};
    // The stack of operands is never empty memory: expressions take addresses in it.
    if (quid__vector_reserve(&scratch, 64))
        parse_lines(&parser, &tokens);
    statement = &QUID_AT(&text->statements, QuidStatement, parser.statement_index);
    statement->clause_count = text->clauses.count - statement->clause_first;
    text->statements.has_failed =
        text->statements.has_failed || tokens.has_failed || scratch.has_failed;
    quid__vector_free(&tokens);
    quid__vector_free(&scratch);
}
