// Facts: a date, a verb, its operands, then remark, `reported` and source in any order.
#include "parser.h"

#include <string.h>

typedef struct VerbRow {
    const char *word;
    const char *form;
} VerbRow;

static const VerbRow verb_rows[] = {{"", ""},
#define X(name, word, form) {word, form},
                                    QUID_VERB_LIST(X)
#undef X
};

#define VERB_ROW_COUNT (sizeof verb_rows / sizeof verb_rows[0])

const char *quid_verb_word(QuidVerb verb)
{
    return verb < VERB_ROW_COUNT ? verb_rows[verb].word : "";
}

uint32_t quid__add_string(QuidText *text, QuidString string)
{
    QuidString *added = quid__vector_push(&text->strings);
    if (added == NULL)
        return 0;
    *added = string;
    return text->strings.count - 1;
}

QuidVerb quid__find_verb(QuidString word)
{
    for (size_t i = 1; i < VERB_ROW_COUNT; i++) {
        const char *verb = verb_rows[i].word;
        if (word.size > 0 && verb[0] == word.bytes[0] && strlen(verb) == word.size &&
            memcmp(verb, word.bytes, word.size) == 0)
            return (QuidVerb)i;
    }
    return QUID_VERB_NONE;
}

static QuidVerb read_verb(Parser *parser)
{
    const Token *token = parser_token(parser);
    if (token->kind != TOKEN_NAME) {
        quid__report_expected(parser,
                              "what happened: a verb such as pledge, commit, observe, note");
        return QUID_VERB_NONE;
    }
    const QuidString word = quid__token_bytes(parser, token);
    const QuidVerb verb = quid__find_verb(word);
    if (verb != QUID_VERB_NONE) {
        parser_next(parser);
        return verb;
    }
    QuidClosest closest = quid__closest(word);
    for (size_t i = 1; i < VERB_ROW_COUNT; i++)
        quid__closest_offer(&closest,
                            (QuidString){verb_rows[i].word, (uint32_t)strlen(verb_rows[i].word)});
    quid__report(parser->context, QUID_E0212_UNKNOWN_VERB, token_span(&parser->source, token),
                 "a fact cannot say \"%.*s\"", QUID_PRINT(word));
    if (closest.best.size > 0) {
        quid__report_hint(parser->context, "did you mean `%.*s`?", QUID_PRINT(closest.best));
        quid__report_fix(parser->context, closest.best);
    } else {
        quid__report_hint(
            parser->context,
            "the verbs: offer demand pledge amend commit disburse complete cancel extend observe "
            "choose reach state balance rate note");
    }
    parser->is_broken = true;
    return QUID_VERB_NONE;
}

static uint16_t offset_in(const QuidFactSyntax *fact, const Token *token)
{
    return (uint16_t)(token->offset - fact->offset);
}

static uint32_t read_name(Parser *parser, QuidFactSyntax *fact, uint16_t *offset,
                          const char *expected)
{
    const Token *token = parser_token(parser);
    if (token->kind != TOKEN_NAME) {
        quid__report_expected(parser, expected);
        return 0;
    }
    *offset = offset_in(fact, token);
    parser_next(parser);
    return token->name.id;
}

static void read_amount(Parser *parser, QuidFactSyntax *fact)
{
    const Token *token = parser_token(parser);
    const bool is_negative =
        token->kind == TOKEN_MINUS && parser_peek(parser, 1)->kind == TOKEN_NUMBER;
    if (token->kind != TOKEN_NUMBER && !is_negative)
        return;
    const Token *number = is_negative ? parser_peek(parser, 1) : token;
    fact->amount_offset = offset_in(fact, token);
    fact->has_amount = true;
    fact->mantissa = is_negative ? -number->value.mantissa : number->value.mantissa;
    int32_t exponent = number->value.exponent;
    const Token *last = number;
    parser_next(parser);
    if (is_negative)
        parser_next(parser);
    const Token *word = parser_token(parser);
    if (word->kind == TOKEN_NAME && quid__is_number_word(parser, word))
        return;
    if (word->kind == TOKEN_NAME && quid__multiplier(quid__token_bytes(parser, word)) > 0) {
        exponent += quid__multiplier(quid__token_bytes(parser, word));
        last = word;
        parser_next(parser);
        word = parser_token(parser);
    }
    if (word->kind == TOKEN_NAME && !quid__is_word(parser, word, "reported") &&
        !quid__is_connective(parser, word)) {
        fact->unit = word->name.id;
        last = word;
        parser_next(parser);
    }
    fact->exponent = (int8_t)(exponent < -100 ? -100 : exponent);
    fact->amount_size = (uint16_t)(last->offset + last->size - token->offset);
    if (number->is_percent) {
        quid__report(parser->context, QUID_E0211_UNEXPECTED, token_span(&parser->source, number),
                     "an amount was expected here, found a percentage");
        parser->is_broken = true;
    }
}

static void read_rate(Parser *parser, QuidFactSyntax *fact)
{
    fact->subject =
        read_name(parser, fact, &fact->subject_offset, "two currencies such as USD/JPY");
    if (!parser->is_broken && parser_token(parser)->kind != TOKEN_SLASH)
        quid__report_expected(parser, "`/` and the second currency, as in USD/JPY");
    if (parser->is_broken)
        return;
    parser_next(parser);
    fact->object = read_name(parser, fact, &fact->object_offset, "the second currency");
    if (!parser->is_broken && parser_token(parser)->kind != TOKEN_NUMBER)
        quid__report_expected(parser, "how much of the second currency one of the first is worth");
    if (!parser->is_broken)
        read_amount(parser, fact);
}

static void read_state(Parser *parser, QuidFactSyntax *fact)
{
    fact->subject = read_name(parser, fact, &fact->subject_offset, "the party that says it");
    if (parser->is_broken)
        return;
    fact->is_private = quid__is_word(parser, parser_token(parser), "private");
    if (!fact->is_private && !quid__is_word(parser, parser_token(parser), "public")) {
        quid__report_expected(parser, "`public` or `private`");
        return;
    }
    parser_next(parser);
    if (parser_token(parser)->kind != TOKEN_TEXT)
        quid__report_expected(parser, "what was said, in double quotes");
}

static void read_until(Parser *parser, QuidFactSyntax *fact)
{
    if (!quid__accept_word(parser, "to")) {
        quid__report_expected(parser, "`to` and the new date");
        return;
    }
    const Token *token = parser_token(parser);
    fact->until_offset = offset_in(fact, token);
    const uint32_t node = quid__parse_date(parser);
    fact->until = QUID_AT(&parser->text->nodes, QuidNode, node).date.last;
    parser->text->nodes.count -= node != 0;
}

static void read_operands(Parser *parser, QuidFactSyntax *fact)
{
    switch ((QuidVerb)fact->verb) {
    case QUID_VERB_RATE:
        read_rate(parser, fact);
        return;
    case QUID_VERB_NOTE:
        if (parser_token(parser)->kind != TOKEN_TEXT)
            quid__report_expected(parser, "the note, in double quotes");
        return;
    case QUID_VERB_STATE:
        read_state(parser, fact);
        return;
    case QUID_VERB_EXTEND:
        fact->subject = read_name(parser, fact, &fact->subject_offset, "a pledge or a milestone");
        if (!parser->is_broken)
            read_until(parser, fact);
        return;
    case QUID_VERB_OBSERVE:
        fact->subject = read_name(parser, fact, &fact->subject_offset, "an event");
        if (!parser->is_broken)
            fact->object = read_name(parser, fact, &fact->object_offset, "the outcome");
        return;
    case QUID_VERB_CHOOSE:
        fact->subject = read_name(parser, fact, &fact->subject_offset, "a move");
        if (!parser->is_broken)
            fact->object =
                read_name(parser, fact, &fact->object_offset, "the option that was chosen");
        return;
    case QUID_VERB_REACH:
        fact->subject = read_name(parser, fact, &fact->subject_offset, "a milestone");
        return;
    case QUID_VERB_BALANCE:
        fact->subject = read_name(parser, fact, &fact->subject_offset, "a pledge");
        if (!parser->is_broken)
            fact->object =
                read_name(parser, fact, &fact->object_offset, "a stage such as committed");
        if (!parser->is_broken)
            read_amount(parser, fact);
        return;
    case QUID_VERB_NONE:
    case QUID_VERB_OFFER:
    case QUID_VERB_DEMAND:
    case QUID_VERB_PLEDGE:
    case QUID_VERB_AMEND:
    case QUID_VERB_COMMIT:
    case QUID_VERB_DISBURSE:
    case QUID_VERB_COMPLETE:
    case QUID_VERB_CANCEL:
        fact->subject = read_name(parser, fact, &fact->subject_offset, "a pledge");
        if (!parser->is_broken)
            read_amount(parser, fact);
        return;
    }
}

// Remark, about, reported, @source: each at most once, in any order.
static void read_tail(Parser *parser, QuidFactSyntax *fact)
{
    while (!parser->is_broken) {
        const Token *token = parser_token(parser);
        if (token->kind == TOKEN_END)
            return;
        if (token->kind == TOKEN_TEXT && fact->text == 0) {
            fact->text = quid__add_string(parser->text, token->text);
            parser_next(parser);
        } else if (token->kind == TOKEN_AT && fact->source == 0) {
            QuidSpan span = {{0}, 0, 0};
            fact->source = quid__parse_source(parser, &span).id;
            fact->source_offset = (uint16_t)(span.offset - fact->offset);
        } else if (quid__is_word(parser, token, "reported") && fact->reported == QUID_NO_DATE) {
            parser_next(parser);
            fact->reported_offset = offset_in(fact, parser_token(parser));
            const uint32_t node = quid__parse_date(parser);
            fact->reported = QUID_AT(&parser->text->nodes, QuidNode, node).date.first;
            parser->text->nodes.count -= node != 0;
        } else if (quid__is_word(parser, token, "about") && fact->about == 0 &&
                   (fact->verb == QUID_VERB_STATE || fact->verb == QUID_VERB_NOTE)) {
            parser_next(parser);
            fact->about = read_name(parser, fact, &fact->about_offset, "what it is about");
        } else {
            quid__report_expected(
                parser, "the end of the fact, a remark in quotes, `reported DATE`, or @SOURCE");
        }
    }
}

void quid__add_fact(Parser *parser, const QuidFactSyntax *fact, QuidSpan date)
{
    QuidVector *facts = &parser->text->facts;
    if (facts->count >= QUID_FACT_COUNT_MAX) {
        if (!parser->text->is_full)
            quid__report(parser->context, QUID_E0217_TOO_MANY_FACTS, date,
                         "a deal has at most %u facts", QUID_FACT_COUNT_MAX);
        parser->text->is_full = true;
        return;
    }
    QuidFactSyntax *added = quid__vector_push(facts);
    if (added != NULL)
        *added = *fact;
}

void quid__parse_fact(Parser *parser)
{
    const Token *date = parser_token(parser);
    QuidFactSyntax fact = {.offset = date->offset,
                           .file = (uint16_t)parser->source.file.index,
                           .reported = QUID_NO_DATE,
                           .until = QUID_NO_DATE};
    if (date->kind == TOKEN_DATE) {
        fact.date = date->date.first;
        fact.date_last = date->date.last;
        parser_next(parser);
    } else {
        const uint32_t node = quid__parse_date(parser);
        const QuidDateRange range = QUID_AT(&parser->text->nodes, QuidNode, node).date;
        parser->text->nodes.count -= node != 0;
        fact.date = range.first;
        fact.date_last = range.last;
    }
    fact.verb = (uint8_t)read_verb(parser);
    if (!parser->is_broken)
        read_operands(parser, &fact);
    read_tail(parser, &fact);
    if (parser->is_broken)
        return;
    const Token *last = quid__last_token(parser);
    fact.size = (uint16_t)(last->offset + last->size - fact.offset);
    quid__add_fact(parser, &fact, token_span(&parser->source, date));
}
