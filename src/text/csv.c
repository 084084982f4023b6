// Facts from CSV (RFC 4180): a header row names the columns, one record a fact. Own reader: every
// message points at the line and column of a field, which CSV libraries do not keep.
#include "parser.h"

#include "utf8.h"

#include <string.h>

typedef enum Column {
    COLUMN_DATE,
    COLUMN_VERB,
    COLUMN_SUBJECT,
    COLUMN_OBJECT,
    COLUMN_AMOUNT,
    COLUMN_UNIT,
    COLUMN_UNTIL,
    COLUMN_TEXT,
    COLUMN_ABOUT,
    COLUMN_VOICE,
    COLUMN_SOURCE,
    COLUMN_REPORTED,
    COLUMN_COUNT,
} Column;

static const char *const column_names[COLUMN_COUNT] = {"date",   "verb",  "subject", "object",
                                                       "amount", "unit",  "until",   "text",
                                                       "about",  "voice", "source",  "reported"};

#define FIELD_COUNT_MAX 64u

typedef struct Field {
    QuidString text; // unquoted
    uint32_t offset; // of its first character, behind the quote
    uint32_t size;   // in the file, without quotes
} Field;

typedef struct Csv {
    QuidText *text;
    QuidContext *context;
    Source source;
    uint32_t at;
    Field fields[FIELD_COUNT_MAX];
    uint32_t field_count;
    uint32_t record_offset;
    uint8_t column_of[FIELD_COUNT_MAX];
    uint32_t header_count;
    QuidVector tokens; // for amounts
} Csv;

// A quoted field; at stands on the quote. Doubled quotes read as one.
static bool read_quoted(Csv *csv, Field *field)
{
    const char *bytes = csv->source.bytes;
    const uint32_t open = csv->at;
    uint32_t at = open + 1;
    bool has_doubled = false;
    for (; at < csv->source.size; at++) {
        if (bytes[at] != '"')
            continue;
        if (at + 1 >= csv->source.size || bytes[at + 1] != '"')
            break;
        has_doubled = true;
        at += 1;
    }
    *field = (Field){{bytes + open + 1, at - open - 1}, open + 1, at - open - 1};
    csv->at = at + 1;
    if (at >= csv->source.size) {
        quid__report(csv->context, QUID_E0704_CSV_QUOTE, source_span(&csv->source, open, 1),
                     "this quote is not closed before the file ends");
        csv->at = csv->source.size;
        return false;
    }
    const char next = csv->at < csv->source.size ? bytes[csv->at] : '\n';
    if (next != ',' && next != '\n' && next != '\r') {
        quid__report(csv->context, QUID_E0704_CSV_QUOTE, source_span(&csv->source, csv->at - 1, 1),
                     "a closing quote is followed by more text");
        quid__report_hint(csv->context, "a quote inside a quoted field is written twice: \"\"");
        return false;
    }
    if (has_doubled) {
        char *copy = quid__arena_push(&csv->text->strings_arena, field->size);
        uint32_t used = 0;
        for (uint32_t i = 0; copy != NULL && i < field->size; i++) {
            copy[used++] = field->text.bytes[i];
            i += field->text.bytes[i] == '"';
        }
        field->text = (QuidString){copy == NULL ? "" : copy, used};
    }
    return true;
}

static bool read_plain(Csv *csv, Field *field)
{
    const char *bytes = csv->source.bytes;
    const uint32_t begin = csv->at;
    while (csv->at < csv->source.size && bytes[csv->at] != ',' && bytes[csv->at] != '\n') {
        if (bytes[csv->at] == '"') {
            quid__report(csv->context, QUID_E0704_CSV_QUOTE, source_span(&csv->source, csv->at, 1),
                         "a quote inside a field that does not begin with one");
            quid__report_hint(csv->context, "put the whole field into quotes and double this one");
            return false;
        }
        csv->at += 1;
    }
    uint32_t end = csv->at;
    while (end > begin && (bytes[end - 1] == '\r' || bytes[end - 1] == ' '))
        end -= 1;
    *field = (Field){{bytes + begin, end - begin}, begin, end - begin};
    return true;
}

static void skip_line(Csv *csv)
{
    if (csv->at < csv->source.size)
        csv->at = quid__line_end(&csv->source, csv->at) + 1;
}

// Reads a record's fields. false: an error was reported, and the rest of the line passed over.
static bool read_record(Csv *csv)
{
    const char *bytes = csv->source.bytes;
    csv->field_count = 0;
    csv->record_offset = csv->at;
    for (;;) {
        Field field = {{"", 0}, csv->at, 0};
        const bool is_quoted = csv->at < csv->source.size && bytes[csv->at] == '"';
        if (!(is_quoted ? read_quoted(csv, &field) : read_plain(csv, &field))) {
            skip_line(csv);
            return false;
        }
        if (csv->field_count == FIELD_COUNT_MAX ||
            csv->at - csv->record_offset > QUID_LINE_SIZE_MAX) {
            quid__report(csv->context, QUID_E0104_LINE_TOO_LONG,
                         source_span(&csv->source, csv->record_offset, 1),
                         "this record has more than %u fields or %u bytes", FIELD_COUNT_MAX,
                         QUID_LINE_SIZE_MAX);
            skip_line(csv);
            return false;
        }
        csv->fields[csv->field_count++] = field;
        if (csv->at < csv->source.size && bytes[csv->at] == ',') {
            csv->at += 1;
            continue;
        }
        skip_line(csv);
        return true;
    }
}

static bool is_equal_without_case(QuidString text, const char *word)
{
    if (text.size != strlen(word))
        return false;
    for (uint32_t i = 0; i < text.size; i++) {
        const char byte = text.bytes[i];
        if ((byte >= 'A' && byte <= 'Z' ? byte + 32 : byte) != word[i])
            return false;
    }
    return true;
}

static bool read_header(Csv *csv)
{
    bool has[COLUMN_COUNT] = {false};
    bool is_good = read_record(csv);
    csv->header_count = csv->field_count;
    for (uint32_t i = 0; is_good && i < csv->header_count; i++) {
        uint8_t column = 0;
        while (column < COLUMN_COUNT &&
               !is_equal_without_case(csv->fields[i].text, column_names[column]))
            column += 1;
        csv->column_of[i] = column;
        if (column < COLUMN_COUNT) {
            has[column] = true;
            continue;
        }
        is_good = false;
        QuidClosest closest = quid__closest(csv->fields[i].text);
        for (uint32_t c = 0; c < COLUMN_COUNT; c++)
            quid__closest_offer(&closest,
                                (QuidString){column_names[c], (uint32_t)strlen(column_names[c])});
        quid__report(csv->context, QUID_E0701_UNKNOWN_COLUMN,
                     source_span(&csv->source, csv->fields[i].offset, csv->fields[i].size),
                     "no column of facts is called \"%.*s\"", QUID_PRINT(csv->fields[i].text));
        if (closest.best.size > 0)
            quid__report_hint(csv->context, "did you mean `%.*s`?", QUID_PRINT(closest.best));
        else
            quid__report_hint(csv->context,
                              "the columns: date verb subject object amount unit until text about "
                              "voice source reported");
    }
    for (uint32_t column = COLUMN_DATE; is_good && column <= COLUMN_VERB; column++) {
        if (has[column])
            continue;
        quid__report(csv->context, QUID_E0702_MISSING_COLUMN,
                     source_span(&csv->source, csv->record_offset, 1),
                     "the header names no column `%s`", column_names[column]);
        is_good = false;
    }
    return is_good;
}

// ---- Records to facts -------------------------------------------------------

typedef struct Record {
    const Field *by_column[COLUMN_COUNT]; // NULL: empty
} Record;

static void report_value(Csv *csv, const Field *field, const char *expected)
{
    quid__report(csv->context, QUID_E0705_CSV_VALUE,
                 source_span(&csv->source, field->offset, field->size), "\"%.*s\" is not %s",
                 QUID_PRINT(field->text), expected);
}

static bool read_csv_date(Csv *csv, const Field *field, QuidDateRange *range)
{
    if (quid_date_parse(field->text, range))
        return true;
    report_value(csv, field, "a date such as 2026-02-28");
    return false;
}

// A name field, whole: letters of any script, digits, _ and single hyphens.
static bool read_csv_name(Csv *csv, const QuidFactSyntax *fact, const Field *field, uint32_t *name,
                          uint16_t *offset)
{
    if (field == NULL)
        return true;
    const Source inner = {.context = csv->context,
                          .names = &csv->text->names,
                          .strings = &csv->text->strings_arena,
                          .file = csv->source.file,
                          .bytes = csv->source.bytes,
                          .size = csv->source.size};
    if (!quid__lex_line(&inner, field->offset, field->offset + field->size, &csv->tokens))
        return false;
    const Token *token = csv->tokens.items;
    if (token->kind != TOKEN_NAME || token->size != field->size) {
        report_value(csv, field, "a name");
        return false;
    }
    *name = token->name.id;
    *offset = (uint16_t)(token->offset - fact->offset);
    return true;
}

static bool read_csv_amount(Csv *csv, QuidFactSyntax *fact, const Field *field)
{
    if (field == NULL)
        return true;
    const bool is_negative = field->text.bytes[0] == '-';
    const char *bytes = field->text.bytes + is_negative;
    const uint32_t size = field->text.size - is_negative;
    bool is_fit;
    QuidDecimal value;
    uint32_t used = quid__read_decimal(bytes, size, &value, &is_fit);
    if (used > 0 && used < size && bytes[used] == ' ') {
        const int32_t tens = quid__multiplier((QuidString){bytes + used + 1, size - used - 1});
        value.exponent += tens > 0 ? tens : 0;
        used = tens > 0 ? size : used;
    }
    if (used == 0 || used != size || !is_fit) {
        report_value(csv, field, "a number such as 33300000000 or 33.3 bn");
        return false;
    }
    fact->has_amount = true;
    fact->mantissa = is_negative ? -value.mantissa : value.mantissa;
    fact->exponent = (int8_t)(value.exponent < -100 ? -100 : value.exponent);
    fact->amount_offset = (uint16_t)(field->offset - fact->offset);
    fact->amount_size = (uint16_t)field->size;
    return true;
}

static bool read_csv_verb(Csv *csv, QuidFactSyntax *fact, const Field *field)
{
    QuidClosest closest = quid__closest(field->text);
    for (QuidVerb verb = QUID_VERB_OFFER; verb <= QUID_VERB_NOTE; verb++) {
        const char *word = quid_verb_word(verb);
        if (is_equal_without_case(field->text, word)) {
            fact->verb = (uint8_t)verb;
            return true;
        }
        quid__closest_offer(&closest, (QuidString){word, (uint32_t)strlen(word)});
    }
    quid__report(csv->context, QUID_E0212_UNKNOWN_VERB,
                 source_span(&csv->source, field->offset, field->size),
                 "a fact cannot say \"%.*s\"", QUID_PRINT(field->text));
    if (closest.best.size > 0)
        quid__report_hint(csv->context, "did you mean `%.*s`?", QUID_PRINT(closest.best));
    return false;
}

static bool read_csv_rate(Csv *csv, QuidFactSyntax *fact, const Field *field)
{
    const char *slash = field == NULL ? NULL : memchr(field->text.bytes, '/', field->text.size);
    if (slash == NULL) {
        quid__report(csv->context, QUID_E0705_CSV_VALUE, source_span(&csv->source, fact->offset, 1),
                     "a rate needs two currencies such as USD/JPY in column `subject`");
        return false;
    }
    const uint32_t left = (uint32_t)(slash - field->text.bytes);
    fact->subject = quid__names_intern(&csv->text->names, field->text.bytes, left).id;
    fact->object = quid__names_intern(&csv->text->names, slash + 1, field->text.size - left - 1).id;
    fact->subject_offset = (uint16_t)(field->offset - fact->offset);
    fact->object_offset = (uint16_t)(field->offset - fact->offset + left + 1);
    return true;
}

// What a verb cannot do without, as in the .quid form.
static bool has_needed(Csv *csv, const QuidFactSyntax *fact)
{
    const char *missing = NULL;
    const QuidVerb verb = (QuidVerb)fact->verb;
    const bool needs_object =
        verb == QUID_VERB_OBSERVE || verb == QUID_VERB_CHOOSE || verb == QUID_VERB_BALANCE;
    if (verb != QUID_VERB_NOTE && fact->subject == 0)
        missing = "subject";
    else if (needs_object && fact->object == 0)
        missing = "object";
    else if (verb == QUID_VERB_EXTEND && fact->until == QUID_NO_DATE)
        missing = "until";
    else if ((verb == QUID_VERB_NOTE || verb == QUID_VERB_STATE) && fact->text == 0)
        missing = "text";
    if (missing == NULL)
        return true;
    quid__report(csv->context, QUID_E0705_CSV_VALUE,
                 source_span(&csv->source, fact->offset, fact->size),
                 "this `%s` says nothing in column `%s`", quid_verb_word(verb), missing);
    return false;
}

static bool read_csv_dates(Csv *csv, QuidFactSyntax *fact, const Record *record)
{
    QuidDateRange range;
    bool is_good = read_csv_date(csv, record->by_column[COLUMN_DATE], &range);
    if (is_good) {
        fact->date = range.first;
        fact->date_last = range.last;
    }
    const Field *until = record->by_column[COLUMN_UNTIL];
    if (until != NULL && read_csv_date(csv, until, &range)) {
        fact->until = range.last;
        fact->until_offset = (uint16_t)(until->offset - fact->offset);
    } else {
        is_good = is_good && until == NULL;
    }
    const Field *reported = record->by_column[COLUMN_REPORTED];
    if (reported != NULL && read_csv_date(csv, reported, &range)) {
        fact->reported = range.first;
        fact->reported_offset = (uint16_t)(reported->offset - fact->offset);
    } else {
        is_good = is_good && reported == NULL;
    }
    return is_good;
}

static bool read_csv_names(Csv *csv, QuidFactSyntax *fact, const Record *record)
{
    const bool is_rate = fact->verb == QUID_VERB_RATE;
    bool is_good = is_rate ? read_csv_rate(csv, fact, record->by_column[COLUMN_SUBJECT])
                           : read_csv_name(csv, fact, record->by_column[COLUMN_SUBJECT],
                                           &fact->subject, &fact->subject_offset);
    uint16_t unit_offset = 0;
    is_good = (is_rate || read_csv_name(csv, fact, record->by_column[COLUMN_OBJECT], &fact->object,
                                        &fact->object_offset)) &&
              is_good;
    is_good = read_csv_name(csv, fact, record->by_column[COLUMN_ABOUT], &fact->about,
                            &fact->about_offset) &&
              is_good;
    is_good = read_csv_name(csv, fact, record->by_column[COLUMN_SOURCE], &fact->source,
                            &fact->source_offset) &&
              is_good;
    return read_csv_name(csv, fact, record->by_column[COLUMN_UNIT], &fact->unit, &unit_offset) &&
           is_good;
}

static void read_fact(Csv *csv)
{
    Record record = {{NULL}};
    for (uint32_t i = 0; i < csv->field_count; i++) {
        if (csv->fields[i].text.size > 0)
            record.by_column[csv->column_of[i]] = &csv->fields[i];
    }
    const Field *last = &csv->fields[csv->field_count - 1];
    QuidFactSyntax fact = {.offset = csv->record_offset,
                           .size = (uint16_t)(last->offset + last->size - csv->record_offset),
                           .file = (uint16_t)csv->source.file.index,
                           .reported = QUID_NO_DATE,
                           .until = QUID_NO_DATE};
    for (uint32_t column = COLUMN_DATE; column <= COLUMN_VERB; column++) {
        if (record.by_column[column] != NULL)
            continue;
        quid__report(csv->context, QUID_E0705_CSV_VALUE,
                     source_span(&csv->source, fact.offset, fact.size), "this record has no %s",
                     column_names[column]);
        return;
    }
    bool is_good = read_csv_dates(csv, &fact, &record);
    if (!read_csv_verb(csv, &fact, record.by_column[COLUMN_VERB]))
        return;
    is_good = read_csv_names(csv, &fact, &record) && is_good;
    is_good = read_csv_amount(csv, &fact, record.by_column[COLUMN_AMOUNT]) && is_good;
    const Field *voice = record.by_column[COLUMN_VOICE];
    fact.is_private = voice != NULL && is_equal_without_case(voice->text, "private");
    if (voice != NULL && !fact.is_private && !is_equal_without_case(voice->text, "public")) {
        report_value(csv, voice, "`public` or `private`");
        is_good = false;
    }
    const Field *text = record.by_column[COLUMN_TEXT];
    if (text != NULL)
        fact.text = quid__add_string(csv->text, text->text);
    if (!is_good || !has_needed(csv, &fact))
        return;
    QuidFactSyntax *added = quid__vector_push(&csv->text->facts);
    if (added != NULL)
        *added = fact;
}

// The byte that is not UTF-8, once a file: fields are compared and printed as text.
static bool is_valid_text(Csv *csv)
{
    const size_t valid = quid__utf8_valid_size(csv->source.bytes, csv->source.size);
    if (valid == csv->source.size)
        return true;
    quid__report(csv->context, QUID_E0103_NOT_UTF8, source_span(&csv->source, (uint32_t)valid, 1),
                 "byte 0x%02X (byte %u of the file) is not UTF-8",
                 (unsigned)(unsigned char)csv->source.bytes[valid], (uint32_t)valid);
    quid__report_hint(csv->context, "save the file as UTF-8");
    return false;
}

void quid__parse_csv(QuidText *text, QuidFileId file)
{
    const QuidString bytes = quid_context_bytes(text->context, file);
    Csv csv = {.text = text,
               .context = text->context,
               .source = {.context = text->context,
                          .names = &text->names,
                          .strings = &text->strings_arena,
                          .file = file,
                          .bytes = bytes.bytes,
                          .size = bytes.size}};
    quid__vector_init(&csv.tokens, text->context, sizeof(Token));
    csv.at = bytes.size >= 3 && memcmp(bytes.bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (is_valid_text(&csv) && read_header(&csv)) {
        while (csv.at < bytes.size) {
            if (!read_record(&csv))
                continue;
            if (csv.field_count == 1 && csv.fields[0].text.size == 0)
                continue; // an empty line
            if (csv.field_count != csv.header_count) {
                quid__report(text->context, QUID_E0703_RAGGED_RECORD,
                             source_span(&csv.source, csv.record_offset, 1),
                             "this record has %u fields, the header names %u", csv.field_count,
                             csv.header_count);
                quid__report_hint(text->context,
                                  "a comma inside a field needs quotes around the field");
                continue;
            }
            read_fact(&csv);
        }
    }
    text->facts.has_failed = text->facts.has_failed || csv.tokens.has_failed;
    quid__vector_free(&csv.tokens);
}
