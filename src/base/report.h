// Reporting what is wrong with the input.
#ifndef QUID_REPORT_H
#define QUID_REPORT_H

#include "base_internal.h"

#include <stdarg.h>

// Adds a diagnostic with the code's severity. format: as quid__arena_format. Beyond
// QUID_DIAGNOSTIC_COUNT_MAX it is only counted.
void quid__report(QuidContext *context, QuidCode code, QuidSpan span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
// These amend the diagnostic reported last (they do nothing where it was only counted).
void quid__report_hint(QuidContext *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void quid__report_fix(QuidContext *context, QuidString replacement);
void quid__report_related(QuidContext *context, QuidSpan span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Errors reported so far, those only counted included.
uint32_t quid__report_error_count(const QuidContext *context);
// Whether memory ran out while reporting: the stage then returns NO_MEMORY.
bool quid__report_has_failed(const QuidContext *context);

// For "did you mean": remembers the candidate nearest to the wanted name (letters changed, left
// out, added, or two exchanged), the first among equals. Nothing further than a third of its
// letters counts.
typedef struct QuidClosest {
    QuidString wanted;
    QuidString best; // empty: none near enough
    uint32_t distance;
} QuidClosest;

QuidClosest quid__closest(QuidString wanted);
void quid__closest_offer(QuidClosest *closest, QuidString candidate);

// A string for %.*s.
#define QUID_PRINT(text) (int)(text).size, (text).bytes
#define QUID_STRING(literal) ((QuidString){(literal), sizeof(literal) - 1})

bool quid__string_equal(QuidString left, QuidString right);

// "an" before a vowel, else "a": for the words of statements and things.
static inline const char *quid__article(const char *word)
{
    const char first = word[0];
    const bool is_vowel =
        first == 'a' || first == 'e' || first == 'i' || first == 'o' || first == 'u';
    return is_vowel ? "an" : "a";
}

#endif
