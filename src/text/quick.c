// Facts in their commonest form, straight from the characters: `DATE VERB PLEDGE NUMBER UNIT
// @SOURCE` in ASCII, on one line. Whatever is not exactly so, and every mistake, is left to the
// lexer and facts.c, which read the same line again: this file reports nothing and must agree with
// them on every line that it does read (tests/unit/text_property_test.c compares the two).
#include "parser.h"

#include <string.h>

// A line in reading: at never passes end, the end of the file.
typedef struct Cursor {
    const char *bytes;
    uint32_t at;
    uint32_t end;
} Cursor;

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (unsigned char)((byte | 0x20) - 'a') < 26;
}

static char next_byte(const Cursor *cursor)
{
    return cursor->at < cursor->end ? cursor->bytes[cursor->at] : '\n';
}

// Passes over spaces; false where there is none.
static bool skip_spaces(Cursor *cursor)
{
    const uint32_t begin = cursor->at;
    while (next_byte(cursor) == ' ')
        cursor->at += 1;
    return cursor->at > begin;
}

// Passes over a name; its bytes, or none.
static QuidString scan_name(Cursor *cursor)
{
    const uint32_t begin = cursor->at;
    if (!is_letter(next_byte(cursor)))
        return (QuidString){"", 0};
    for (;;) {
        const char byte = next_byte(cursor);
        const bool is_inner = is_letter(byte) || is_digit(byte) || byte == '_';
        if (!is_inner && (byte != '-' || cursor->bytes[cursor->at - 1] == '-'))
            break;
        cursor->at += 1;
    }
    const uint32_t size = cursor->at - begin;
    if (cursor->bytes[cursor->at - 1] == '-' || size > QUID_NAME_SIZE_MAX)
        return (QuidString){"", 0};
    return (QuidString){cursor->bytes + begin, size};
}

// Large records are in the order of their dates: most lines have the day of the line above.
static bool scan_date(Parser *parser, Cursor *cursor)
{
    if (cursor->end - cursor->at < 10)
        return false;
    const char *bytes = cursor->bytes + cursor->at;
    if (memcmp(bytes, parser->last_date_text, 10) != 0) {
        QuidDateRange range;
        if (!quid_date_parse((QuidString){bytes, 10}, &range))
            return false;
        memcpy(parser->last_date_text, bytes, 10);
        parser->last_date = range.first;
    }
    cursor->at += 10;
    return true;
}

// Up to 18 digits, with or without a point; nothing else may touch the number.
static bool scan_number(Cursor *cursor, QuidFactSyntax *fact)
{
    uint32_t digits = 0;
    int32_t exponent = 0;
    bool has_point = false;
    int64_t mantissa = 0;
    for (;;) {
        const char byte = next_byte(cursor);
        if (is_digit(byte) && digits == 18)
            return false;
        if (is_digit(byte)) {
            mantissa = mantissa * 10 + (byte - '0');
            digits += 1;
            exponent -= has_point;
        } else if (byte == '.' && !has_point && digits > 0) {
            has_point = true;
        } else {
            break;
        }
        cursor->at += 1;
    }
    fact->mantissa = mantissa;
    fact->exponent = (int8_t)exponent;
    fact->has_amount = true;
    return next_byte(cursor) == ' ' && cursor->bytes[cursor->at - 1] != '.';
}

static uint32_t intern_unit(Parser *parser, QuidString unit)
{
    if (unit.size != parser->last_unit_text.size ||
        memcmp(unit.bytes, parser->last_unit_text.bytes, unit.size) != 0) {
        parser->last_unit_text = unit;
        parser->last_unit = quid__names_intern(&parser->text->names, unit.bytes, unit.size).id;
    }
    return parser->last_unit;
}

// NUMBER [k m bn tn] UNIT. Lower-case words may be connectives: those are left to the parser.
static bool scan_amount(Parser *parser, Cursor *cursor, QuidFactSyntax *fact)
{
    fact->amount_offset = (uint16_t)(cursor->at - fact->offset);
    if (!scan_number(cursor, fact) || !skip_spaces(cursor))
        return false;
    QuidString word = scan_name(cursor);
    const int32_t multiplier = quid__multiplier(word);
    if (multiplier > 0) {
        fact->exponent = (int8_t)(fact->exponent + multiplier);
        if (!skip_spaces(cursor))
            return false;
        word = scan_name(cursor);
    }
    if (word.size == 0 || word.bytes[0] < 'A' || word.bytes[0] > 'Z')
        return false;
    fact->unit = intern_unit(parser, word);
    fact->amount_size = (uint16_t)(cursor->at - fact->offset - fact->amount_offset);
    return true;
}

static bool scan_source(Parser *parser, Cursor *cursor, QuidFactSyntax *fact)
{
    cursor->at += 1;
    fact->source_offset = (uint16_t)(cursor->at - fact->offset);
    const QuidString source = scan_name(cursor);
    fact->source = quid__names_intern(&parser->text->names, source.bytes, source.size).id;
    return source.size > 0;
}

static bool scan_subject(Parser *parser, Cursor *cursor, QuidFactSyntax *fact)
{
    const QuidString word = scan_name(cursor);
    fact->verb = (uint8_t)quid__find_verb(word);
    if (fact->verb < QUID_VERB_OFFER || fact->verb > QUID_VERB_CANCEL || !skip_spaces(cursor))
        return false;
    fact->subject_offset = (uint16_t)(cursor->at - fact->offset);
    const QuidString subject = scan_name(cursor);
    fact->subject = quid__names_intern(&parser->text->names, subject.bytes, subject.size).id;
    return subject.size > 0 && next_byte(cursor) == ' ';
}

uint32_t quid__parse_quick_fact(Parser *parser, uint32_t offset)
{
    // A line's worth at most is looked at, so that every place in it fits 16 bits.
    const uint32_t left = parser->source.size - offset;
    Cursor cursor = {parser->source.bytes, offset, offset + (left < 1000 ? left : 1000)};
    QuidFactSyntax fact = {.offset = offset,
                           .file = (uint16_t)parser->source.file.index,
                           .reported = QUID_NO_DATE,
                           .until = QUID_NO_DATE};
    if (!scan_date(parser, &cursor) || !skip_spaces(&cursor) ||
        !scan_subject(parser, &cursor, &fact) || !skip_spaces(&cursor) ||
        !scan_amount(parser, &cursor, &fact))
        return 0;
    fact.date = parser->last_date;
    fact.date_last = parser->last_date;
    const bool has_space = skip_spaces(&cursor);
    if (has_space && next_byte(&cursor) == '@' && !scan_source(parser, &cursor, &fact))
        return 0;
    // The end of what was looked at is a line end only where the file ends there.
    if (next_byte(&cursor) != '\n' || (cursor.at == cursor.end && left >= 1000))
        return 0;
    uint32_t size = cursor.at - offset;
    while (cursor.bytes[offset + size - 1] == ' ')
        size -= 1;
    fact.size = (uint16_t)size;
    quid__add_fact(parser, &fact, source_span(&parser->source, offset, 10));
    return cursor.at;
}
