// Plain text to an output, piece by piece, for the stages' dumps. The first write that fails stops
// the rest.
#ifndef QUID_PRINT_H
#define QUID_PRINT_H

#include "base_internal.h"

typedef struct QuidPrinter {
    QuidOutput output;
    bool has_stopped;
} QuidPrinter;

// printf's %s %c %d %u %lld %% only: nothing that depends on the locale. What it makes fits 1000
// bytes: texts of any length go through quid__print_string.
void quid__print(QuidPrinter *printer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void quid__print_string(QuidPrinter *printer, QuidString text);
// In double quotes, with \" and \\ for the two.
void quid__print_quoted(QuidPrinter *printer, QuidString text);
// "2026-02-28"; "2026-02-01..2026-02-28" where the range is more than a day; "none".
void quid__print_date(QuidPrinter *printer, QuidDate date);
void quid__print_dates(QuidPrinter *printer, QuidDateRange range);
// The shortest text that reads back as the same double.
void quid__print_double(QuidPrinter *printer, double value);
QuidStatus quid__print_status(const QuidPrinter *printer);

#endif
