// Diagnostics as people read them: place, message, the line itself with carets, what else is
// concerned, what to do.
#include "context_internal.h"
#include "report.h"
#include "utf8.h"

#include <string.h>

#define WINDOW_COLUMNS 96u // of a source line that is shown
#define LEAD_COLUMNS 60u   // shown before the caret where a line is longer

typedef struct Printer {
    QuidContext *context;
    QuidOutput output;
    bool is_coloured;
    bool has_failed;
} Printer;

static void put(Printer *printer, const char *bytes, size_t size)
{
    if (!printer->has_failed && size > 0 &&
        !printer->output.write(printer->output.user, bytes, size))
        printer->has_failed = true;
}

static void put_text(Printer *printer, const char *text)
{
    put(printer, text, strlen(text));
}

static void put_string(Printer *printer, QuidString text)
{
    put(printer, text.bytes, text.size);
}

static void put_repeated(Printer *printer, char byte, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        put(printer, &byte, 1);
}

static void put_number(Printer *printer, uint32_t number, uint32_t width)
{
    char text[QUID_MINOR_TEXT_SIZE];
    const size_t size = quid_minor_text(number, 0, text);
    if (size < width)
        put_repeated(printer, ' ', width - (uint32_t)size);
    put(printer, text, size);
}

static void put_colour(Printer *printer, const char *colour)
{
    if (printer->is_coloured)
        put_text(printer, colour);
}

#define COLOUR_NONE "\033[0m"
#define COLOUR_BOLD "\033[1m"
#define COLOUR_DIM "\033[2m"
#define COLOUR_HELP "\033[32m"

static const char *severity_colour(QuidSeverity severity)
{
    return severity == QUID_ERROR     ? "\033[1;31m"
           : severity == QUID_WARNING ? "\033[1;33m"
                                      : "\033[1;36m";
}

static const char *severity_word(QuidSeverity severity)
{
    return severity == QUID_ERROR ? "error" : severity == QUID_WARNING ? "warning" : "note";
}

static uint32_t digit_count(uint32_t number)
{
    uint32_t count = 1;
    for (; number >= 10; number /= 10)
        count += 1;
    return count;
}

// One character of a line as it is shown: what it takes in bytes and in columns.
typedef struct Shown {
    uint32_t size;
    uint32_t width;
    bool is_odd; // a control character or no UTF-8: shown as a question mark, a tab as a space
} Shown;

static Shown show(QuidString line, uint32_t offset)
{
    uint32_t scalar = 0;
    const uint32_t size = quid__utf8_decode(line.bytes + offset, line.size - offset, &scalar);
    if (size == 0)
        return (Shown){1, 1, true};
    if (scalar < 32 || scalar == 127 || (scalar >= 0x80 && scalar < 0xA0) || scalar == 0xFEFF)
        return (Shown){size, scalar == 0xFEFF ? 0 : 1, true};
    return (Shown){size, quid__scalar_width(scalar), false};
}

static uint32_t columns_of(QuidString line, uint32_t from, uint32_t to)
{
    uint32_t columns = 0;
    while (from < to && from < line.size) {
        const Shown shown = show(line, from);
        columns += shown.width;
        from += shown.size;
    }
    return columns;
}

// The bytes of a line that are shown so that the caret at offset is seen.
static QuidString window_of(QuidString line, uint32_t offset)
{
    uint32_t begin = 0;
    if (columns_of(line, 0, line.size) > WINDOW_COLUMNS) {
        while (columns_of(line, begin, offset) > LEAD_COLUMNS)
            begin += show(line, begin).size;
    }
    uint32_t end = begin;
    uint32_t columns = 0;
    while (end < line.size && columns < WINDOW_COLUMNS) {
        const Shown shown = show(line, end);
        columns += shown.width;
        end += shown.size;
    }
    return (QuidString){line.bytes + begin, end - begin};
}

static void put_line_text(Printer *printer, QuidString text)
{
    for (uint32_t offset = 0; offset < text.size;) {
        const Shown shown = show(text, offset);
        if (!shown.is_odd)
            put(printer, text.bytes + offset, shown.size);
        else if (shown.width > 0)
            put_text(printer, text.bytes[offset] == '\t' ? " " : "?");
        offset += shown.size;
    }
}

static void put_gutter(Printer *printer, uint32_t width, const char *text)
{
    put_colour(printer, COLOUR_DIM);
    put_repeated(printer, ' ', width + 1);
    put_text(printer, text);
    put_colour(printer, COLOUR_NONE);
}

// Where the marks of spans stand below one shown line.
typedef struct Marks {
    QuidString line; // whole
    QuidString window;
    uint32_t begin; // the line's offset in its file
    char columns[WINDOW_COLUMNS + 2];
    uint32_t count;
} Marks;

static void mark(Marks *marks, QuidSpan span, char sign)
{
    const uint32_t skipped = (uint32_t)(marks->window.bytes - marks->line.bytes);
    const uint32_t window_begin = marks->begin + skipped;
    const uint32_t window_end = window_begin + marks->window.size;
    if (span.offset < window_begin || span.offset > window_end)
        return;
    const uint32_t from = span.offset - window_begin;
    const uint64_t span_end = (uint64_t)span.offset + span.size;
    const uint32_t to = (span_end > window_end ? window_end : (uint32_t)span_end) - window_begin;
    const uint32_t first = columns_of(marks->window, 0, from);
    uint32_t last = first + columns_of(marks->window, from, to);
    last = last == first ? first + 1 : last;
    for (uint32_t column = first; column < last && column <= WINDOW_COLUMNS; column++) {
        if (marks->columns[column] == ' ' || sign == '^')
            marks->columns[column] = sign;
        if (marks->count <= column)
            marks->count = column + 1;
    }
}

static void put_source(Printer *printer, const Marks *marks, uint32_t number, uint32_t width,
                       const char *colour)
{
    put_colour(printer, COLOUR_DIM);
    put_text(printer, " ");
    put_number(printer, number, width);
    put_text(printer, " | ");
    put_colour(printer, COLOUR_NONE);
    const bool is_cut_before = marks->window.bytes != marks->line.bytes;
    const bool is_cut_after =
        marks->window.bytes + marks->window.size < marks->line.bytes + marks->line.size;
    if (is_cut_before)
        put_text(printer, "…");
    put_line_text(printer, marks->window);
    put_text(printer, is_cut_after ? "…\n" : "\n");
    put_gutter(printer, width, " | ");
    put_colour(printer, colour);
    put_text(printer, is_cut_before ? " " : "");
    put(printer, marks->columns, marks->count);
    put_colour(printer, COLOUR_NONE);
}

static Marks marks_for(Printer *printer, QuidSpan span, uint32_t *number)
{
    Marks marks = {.count = 0};
    memset(marks.columns, ' ', sizeof marks.columns);
    marks.line = quid__context_line(printer->context, span.file, span.offset, number, &marks.begin);
    marks.window = window_of(marks.line, span.offset - marks.begin);
    return marks;
}

static void put_place(Printer *printer, QuidSpan span)
{
    const QuidPlace place = quid_context_place(printer->context, span);
    put_string(printer, quid_context_path(printer->context, span.file));
    put_text(printer, ":");
    put_number(printer, place.line, 0);
    put_text(printer, ":");
    put_number(printer, place.column, 0);
    put_text(printer, ": ");
}

static bool is_same_line(Printer *printer, QuidSpan left, QuidSpan right)
{
    return left.file.index == right.file.index &&
           quid_context_place(printer->context, left).line ==
               quid_context_place(printer->context, right).line;
}

// Lines are numbered in a gutter as wide as the largest number among the diagnostic's places.
static uint32_t gutter_width(Printer *printer, const QuidDiagnostic *diagnostic,
                             const QuidRelated *related)
{
    uint32_t largest = quid_context_place(printer->context, diagnostic->span).line;
    for (uint32_t i = 0; i < diagnostic->related_count; i++) {
        const uint32_t line = quid_context_place(printer->context, related[i].span).line;
        largest = line > largest ? line : largest;
    }
    return digit_count(largest);
}

static void put_excerpt(Printer *printer, const QuidDiagnostic *diagnostic,
                        const QuidRelated *related, uint32_t width)
{
    uint32_t number;
    Marks marks = marks_for(printer, diagnostic->span, &number);
    for (uint32_t i = 0; i < diagnostic->related_count; i++) {
        if (is_same_line(printer, diagnostic->span, related[i].span))
            mark(&marks, related[i].span, '~');
    }
    mark(&marks, diagnostic->span, '^');
    put_source(printer, &marks, number, width, severity_colour(diagnostic->severity));
    put_text(printer, "\n");
}

static void put_related(Printer *printer, const QuidDiagnostic *diagnostic,
                        const QuidRelated *related, uint32_t width)
{
    if (is_same_line(printer, diagnostic->span, related->span)) {
        put_gutter(printer, width, " ~ ");
        put_string(printer, related->message);
        put_text(printer, "\n");
        return;
    }
    put_gutter(printer, width, " : ");
    put_place(printer, related->span);
    put_string(printer, related->message);
    put_text(printer, "\n");
    uint32_t number;
    Marks marks = marks_for(printer, related->span, &number);
    mark(&marks, related->span, '~');
    put_source(printer, &marks, number, width, COLOUR_DIM);
    put_text(printer, "\n");
}

static void put_diagnostic(Printer *printer, const QuidDiagnostic *diagnostic,
                           const QuidRelated *related)
{
    const bool has_place = diagnostic->span.file.index != 0;
    put_colour(printer, COLOUR_BOLD);
    if (has_place)
        put_place(printer, diagnostic->span);
    put_colour(printer, severity_colour(diagnostic->severity));
    put_text(printer, severity_word(diagnostic->severity));
    put_text(printer, "[");
    put_text(printer, quid_code_text(diagnostic->code));
    put_text(printer, "]: ");
    put_colour(printer, COLOUR_NONE);
    put_string(printer, diagnostic->message);
    put_text(printer, "\n");
    const uint32_t width = has_place ? gutter_width(printer, diagnostic, related) : 1;
    if (has_place && quid_context_bytes(printer->context, diagnostic->span.file).size > 0)
        put_excerpt(printer, diagnostic, related, width);
    for (uint32_t i = 0; i < diagnostic->related_count; i++)
        put_related(printer, diagnostic, &related[i], width);
    if (diagnostic->hint.size > 0) {
        put_gutter(printer, width, " = ");
        put_colour(printer, COLOUR_HELP);
        put_text(printer, "help: ");
        put_colour(printer, COLOUR_NONE);
        put_string(printer, diagnostic->hint);
        put_text(printer, "\n");
    }
}

QuidStatus quid_diagnostics_print(QuidContext *context, bool is_coloured, QuidOutput output)
{
    Printer printer = {context, output, is_coloured, false};
    const QuidDiagnosticList list = quid_context_diagnostics(context);
    for (uint32_t i = 0; i < list.count; i++) {
        if (i > 0)
            put_text(&printer, "\n");
        const QuidDiagnostic *item = &list.items[i];
        put_diagnostic(&printer, item,
                       item->related_count == 0 ? NULL : list.related + item->related_first);
    }
    if (list.dropped_count > 0) {
        put_text(&printer, "\n… and ");
        put_number(&printer, list.dropped_count, 0);
        put_text(&printer, " more\n");
    }
    return printer.has_failed ? QUID_IO : QUID_OK;
}
