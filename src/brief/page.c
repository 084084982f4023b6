// Words, paragraphs and tables.
#include "page.h"

#include <string.h>

#define LAST_WIDTH_MIN 16u // columns below which a wrapped column is no reading

void quid__page_put(Page *page, QuidString text)
{
    if (!page->has_failed && text.size > 0 &&
        !page->output.write(page->output.user, text.bytes, text.size))
        page->has_failed = true;
}

void quid__page_text(Page *page, const char *text)
{
    quid__page_put(page, (QuidString){text, (uint32_t)strlen(text)});
}

static void put_spaces(Page *page, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        quid__page_text(page, " ");
}

void quid__page_heading(Page *page, const char *text)
{
    quid__page_text(page, "\n");
    quid__page_text(page, page->is_coloured ? "\033[1m" : "");
    quid__page_text(page, text);
    quid__page_text(page, page->is_coloured ? "\033[0m\n" : "\n");
    const uint32_t width = quid__text_width((QuidString){text, (uint32_t)strlen(text)});
    for (uint32_t i = 0; i < width; i++)
        quid__page_text(page, "─");
    quid__page_text(page, "\n");
}

// The bytes of text's front that fit into width columns, cut at a space where there is one.
static uint32_t fit(QuidString text, uint32_t width)
{
    uint32_t columns = 0;
    uint32_t last_space = 0;
    for (uint32_t at = 0; at < text.size;) {
        uint32_t scalar = '?';
        const uint32_t size = quid__utf8_decode(text.bytes + at, text.size - at, &scalar);
        columns += quid__scalar_width(scalar);
        if (columns > width)
            return last_space > 0 ? last_space : at > 0 ? at : size;
        if (scalar == ' ')
            last_space = at;
        at += size == 0 ? 1 : size;
    }
    return text.size;
}

static QuidString skip_spaces(QuidString text)
{
    while (text.size > 0 && text.bytes[0] == ' ') {
        text.bytes += 1;
        text.size -= 1;
    }
    return text;
}

// Text from a column on, its further lines below its first.
static void put_wrapped(Page *page, uint32_t column, QuidString text)
{
    const uint32_t width = page->width > column + 10 ? page->width - column : 10;
    for (bool is_first = true; text.size > 0 || is_first; is_first = false) {
        const uint32_t size = fit(text, width);
        if (!is_first)
            put_spaces(page, column);
        quid__page_put(page, (QuidString){text.bytes, size});
        quid__page_text(page, "\n");
        text = skip_spaces((QuidString){text.bytes + size, text.size - size});
    }
}

void quid__page_paragraph(Page *page, uint32_t indent, QuidString text)
{
    put_spaces(page, indent);
    put_wrapped(page, indent, text);
}

Table quid__table_open(Page *page, uint32_t column_count)
{
    QUID_ASSERT(column_count > 0 && column_count <= COLUMN_COUNT_MAX);
    Table table = {.page = page, .column_count = column_count};
    quid__vector_init(&table.cells, page->context, sizeof(QuidString));
    return table;
}

void quid__table_cell(Table *table, QuidString text)
{
    if (table->row_count < ROW_COUNT_MAX) {
        QuidString *cell = quid__vector_push(&table->cells);
        if (cell != NULL)
            *cell = text;
    }
    table->filled += 1;
    if (table->filled < table->column_count)
        return;
    table->filled = 0;
    if (table->row_count < ROW_COUNT_MAX)
        table->row_count += 1;
    else
        table->dropped_count += 1;
}

// A cell that has no room any more goes on in a line of its own, four columns further in.
static bool needs_line(const Page *page, uint32_t column, uint32_t width, bool is_last)
{
    if (!is_last)
        return column + width > page->width;
    const uint32_t room = page->width > column ? page->width - column : 0;
    return room < (width < LAST_WIDTH_MIN ? width : LAST_WIDTH_MIN);
}

static void print_row(const Table *table, const QuidString *cells, const uint32_t *widths,
                      uint32_t indent)
{
    Page *page = table->page;
    uint32_t column = indent;
    uint32_t gap = indent; // spaces before the next cell
    uint32_t last = table->column_count - 1;
    while (last > 0 && cells[last].size == 0)
        last -= 1;
    for (uint32_t i = 0; i <= last; i++) {
        const uint32_t width = quid__text_width(cells[i]);
        const bool is_last = i == last && !table->is_right[i];
        if (i > 0 && gap != column &&
            needs_line(page, column, is_last ? width : widths[i], is_last)) {
            quid__page_text(page, "\n");
            column = indent + 4;
            gap = column;
        }
        put_spaces(page, gap);
        if (is_last || column + width > page->width) {
            put_wrapped(page, column, cells[i]);
            column = indent + 4;
            gap = column; // put_wrapped ended the line
            continue;
        }
        const uint32_t padding = widths[i] > width ? widths[i] - width : 0;
        put_spaces(page, table->is_right[i] ? padding : 0);
        quid__page_put(page, cells[i]);
        gap = (table->is_right[i] ? 0 : padding) + 2;
        column += widths[i] + 2;
        if (i == last)
            quid__page_text(page, "\n");
    }
}

void quid__table_print(Table *table, uint32_t indent)
{
    Page *page = table->page;
    uint32_t widths[COLUMN_COUNT_MAX] = {0};
    const QuidString *cells = table->cells.items;
    // Memory that ran out is the arena's affair: the brief looks there in the end.
    page->arena.has_failed = page->arena.has_failed || table->cells.has_failed;
    const bool is_whole = !page->has_failed && !table->cells.has_failed;
    for (uint32_t i = 0; is_whole && i < table->row_count * table->column_count; i++) {
        const uint32_t width = quid__text_width(cells[i]);
        uint32_t *widest = &widths[i % table->column_count];
        *widest = width > *widest ? width : *widest;
    }
    for (uint32_t row = 0; is_whole && row < table->row_count; row++)
        print_row(table, cells + row * table->column_count, widths, indent);
    if (table->dropped_count > 0)
        quid__page_paragraph(
            page, indent,
            quid__arena_format(&page->arena, "… and %u more (see --json)", table->dropped_count));
    quid__vector_free(&table->cells);
}

QuidString quid__page_date(Page *page, QuidDate date)
{
    if (date == QUID_NO_DATE)
        return QUID_STRING("–");
    char text[11];
    quid_date_text(date, text);
    return quid__arena_copy(&page->arena, (QuidString){text, 10});
}
