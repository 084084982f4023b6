// A page of text: words wrapped to a width, columns aligned by what a terminal shows.
#ifndef QUID_PAGE_H
#define QUID_PAGE_H

#include "arena.h"
#include "quid/brief.h"
#include "report.h"
#include "utf8.h"
#include "vector.h"

#define COLUMN_COUNT_MAX 10u
#define ROW_COUNT_MAX 400u // of one table; the rest is counted, and in the JSON form

typedef struct Page {
    QuidContext *context;
    QuidArena arena;
    QuidOutput output;
    uint32_t width;
    bool is_coloured;
    bool has_failed;
} Page;

// A table is collected, then printed with its columns as wide as they need; the last one wraps.
typedef struct Table {
    Page *page;
    QuidVector cells; // QuidString, column_count a row
    uint32_t column_count;
    uint32_t row_count;
    uint32_t dropped_count;
    bool is_right[COLUMN_COUNT_MAX];
    uint32_t filled; // of the row being filled
} Table;

void quid__page_text(Page *page, const char *text);
void quid__page_put(Page *page, QuidString text);
void quid__page_heading(Page *page, const char *text);
// A paragraph: indent columns before each line.
void quid__page_paragraph(Page *page, uint32_t indent, QuidString text);

Table quid__table_open(Page *page, uint32_t column_count);
void quid__table_cell(Table *table, QuidString text);
void quid__table_print(Table *table, uint32_t indent);

QuidString quid__page_date(Page *page, QuidDate date);

#endif
