// Writing text piece by piece.
#include "print.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void quid__print_string(QuidPrinter *printer, QuidString text)
{
    if (printer->has_stopped || text.size == 0)
        return;
    printer->has_stopped = !printer->output.write(printer->output.user, text.bytes, text.size);
}

void quid__print(QuidPrinter *printer, const char *format, ...)
{
    char text[1000];
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    QUID_ASSERT(size >= 0 && (size_t)size < sizeof text);
    quid__print_string(printer, (QuidString){text, (uint32_t)size});
}

void quid__print_quoted(QuidPrinter *printer, QuidString text)
{
    quid__print(printer, "\"");
    uint32_t begin = 0;
    for (uint32_t i = 0; i < text.size; i++) {
        if (text.bytes[i] != '"' && text.bytes[i] != '\\')
            continue;
        quid__print_string(printer, (QuidString){text.bytes + begin, i - begin});
        quid__print(printer, "\\");
        begin = i;
    }
    quid__print_string(printer, (QuidString){text.bytes + begin, text.size - begin});
    quid__print(printer, "\"");
}

void quid__print_date(QuidPrinter *printer, QuidDate date)
{
    char text[11] = "none";
    if (date != QUID_NO_DATE)
        quid_date_text(date, text);
    quid__print(printer, "%s", text);
}

void quid__print_dates(QuidPrinter *printer, QuidDateRange range)
{
    quid__print_date(printer, range.first);
    if (range.last == range.first)
        return;
    quid__print(printer, "..");
    quid__print_date(printer, range.last);
}

void quid__print_double(QuidPrinter *printer, double value)
{
    char text[32];
    (void)quid_double_text(value, text);
    quid__print(printer, "%s", text);
}

QuidStatus quid__print_status(const QuidPrinter *printer)
{
    return printer->has_stopped ? QUID_IO : QUID_OK;
}
