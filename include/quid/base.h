// What every stage of Quid shares: statuses, the context (allocator, files, diagnostics), text
// views, typed ids, calendar dates, and exact money. Nothing here reads the clock, the locale, a
// file or the environment; the host lends what is needed through QuidContext.
#ifndef QUID_BASE_H
#define QUID_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define QUID_API
#else
#define QUID_API __attribute__((visibility("default")))
#endif
#define QUID_MUST_USE __attribute__((warn_unused_result))

#define QUID_VERSION "0.1.0"

// ---- Status: what the machine or the caller's limits did to a call ----------
//
// INVALID means "the input is wrong: see the context's diagnostics". Outputs are written only on
// OK, except where a function says that INVALID still yields a usable result.

#define QUID_STATUS_LIST(X)                                                                        \
    X(OK, "done")                                                                                  \
    X(INVALID, "the input is wrong")                                                               \
    X(NO_MEMORY, "out of memory")                                                                  \
    X(LIMIT, "a limit was reached")                                                                \
    X(CANCELLED, "cancelled")                                                                      \
    X(IO, "reading or writing failed")

typedef enum QuidStatus {
#define X(name, text) QUID_##name,
    QUID_STATUS_LIST(X)
#undef X
} QuidStatus;

// A short text for a status, static, never NULL.
QUID_API const char *quid_status_text(QuidStatus status);

// ---- Text views and places --------------------------------------------------

// Bytes that somebody else owns; UTF-8; never NUL-terminated by assumption. size in bytes.
typedef struct QuidString {
    const char *bytes;
    uint32_t size;
} QuidString;

// A file known to the context. index 0 is no file.
typedef struct QuidFileId {
    uint32_t index;
} QuidFileId;

// Bytes [offset, offset + size) of a file. A zeroed span is "nowhere".
typedef struct QuidSpan {
    QuidFileId file;
    uint32_t offset;
    uint32_t size;
} QuidSpan;

// A name of the deal, interned: equal names have equal ids. 0 is no name.
typedef struct QuidName {
    uint32_t id;
} QuidName;

// ---- Limits (each tested on both sides) -------------------------------------
//
// The three that are too large for a test are smaller in tests/unit/limits_test.c, by definition on
// its command line.

#ifndef QUID_FILE_SIZE_MAX
#define QUID_FILE_SIZE_MAX (1u << 30) // bytes of one file: offsets stay 32 bit with room to spare
#endif
#ifndef QUID_NAME_COUNT_MAX
#define QUID_NAME_COUNT_MAX (1u << 24) // different names of one deal
#endif
#ifndef QUID_FACT_COUNT_MAX
#define QUID_FACT_COUNT_MAX 20000000u // facts of one deal
#endif
#define QUID_FILE_COUNT_MAX 1000u      // files of one deal, includes counted
#define QUID_LINE_SIZE_MAX 60000u      // bytes of one line or CSV record: columns stay 16 bit
#define QUID_NAME_SIZE_MAX 200u        // bytes of one name
#define QUID_NESTING_MAX 100u          // parentheses, operators, files inside one another
#define QUID_HEIGHT_MAX 200u           // of an expression's tree: whoever walks it may recur
#define QUID_LET_DEPTH_MAX 100u        // lets that name one another
#define QUID_LET_SIZE_MAX 10000u       // operators of a let, with those of the lets it names
#define QUID_DIAGNOSTIC_COUNT_MAX 200u // reported one by one; the rest is counted

// ---- Host services ----------------------------------------------------------

// Allocates (pointer NULL, old 0), grows, shrinks or frees (new 0). Returns NULL where it cannot.
// Must be safe for the threads that share a context.
typedef struct QuidAllocator {
    void *(*reallocate)(void *user, void *pointer, size_t old_size, size_t new_size);
    void *user;
} QuidAllocator;

typedef struct QuidContext QuidContext;

// How a host hands files to libquid. load reads the file named path (as resolved: see resolve in
// quid_context_load) whole into memory from the context's allocator (quid_context_allocate), and
// returns QUID_OK, or QUID_IO with a reason in words ("no such file") in *reason (static or
// host-owned).
typedef struct QuidLoader {
    QuidStatus (*load)(void *user, QuidContext *context, const char *path, char **bytes,
                       size_t *size, const char **reason);
    void *user;
} QuidLoader;

typedef struct QuidContextOptions {
    QuidAllocator allocator; // zeroed: malloc's family
    QuidLoader loader;       // zeroed: includes are refused with a diagnostic
} QuidContextOptions;

// Makes a context: the home of files and diagnostics of one deal. Not for two threads at once.
// Returns NULL where there is no memory. All results made with it must be freed before it.
QUID_API QuidContext *quid_context_create(const QuidContextOptions *options);
QUID_API void quid_context_free(QuidContext *context);

// Memory from the context's allocator, for loaders. size > 0. NULL where there is none.
QUID_API void *quid_context_allocate(QuidContext *context, size_t size);
QUID_API void quid_context_release(QuidContext *context, void *pointer, size_t size);

// Adds a file whose bytes the context copies; path is the name that diagnostics print. For hosts
// without files, and for tests. Fails with NO_MEMORY or LIMIT (size, count).
QUID_API QUID_MUST_USE QuidStatus quid_context_add_file(QuidContext *context, QuidString path,
                                                        QuidString bytes, QuidFileId *file);

// Loads a file through the loader. IO: *reason says why, in words. A path is loaded once: the
// second call returns the same id.
QUID_API QUID_MUST_USE QuidStatus quid_context_load_file(QuidContext *context, QuidString path,
                                                         QuidFileId *file, const char **reason);

// Path and bytes of a file; valid as long as the context.
QUID_API QuidString quid_context_path(const QuidContext *context, QuidFileId file);
QUID_API QuidString quid_context_bytes(const QuidContext *context, QuidFileId file);

// Files known, counting the inert file 0: ids are 1..count-1.
QUID_API uint32_t quid_context_file_count(const QuidContext *context);

// ---- Diagnostics: the input is wrong ----------------------------------------

typedef enum QuidSeverity { QUID_NOTE, QUID_WARNING, QUID_ERROR } QuidSeverity;

// Every diagnostic: X(code, name, severity, title). Codes are stable; docs/diagnostics.md explains
// each.
typedef enum QuidCode {
    QUID_CODE_NONE,
#define X(code, name, severity, title) QUID_##code##_##name,
#include "quid/codes.def"
#undef X
    QUID_CODE_COUNT,
} QuidCode;

// "E0203", and its title ("unit mismatch"); static.
QUID_API const char *quid_code_text(QuidCode code);
QUID_API const char *quid_code_title(QuidCode code);

// A second place that a diagnostic points at.
typedef struct QuidRelated {
    QuidSpan span;
    QuidString message;
} QuidRelated;

typedef struct QuidDiagnostic {
    QuidCode code;
    QuidSeverity severity;
    QuidSpan span;      // what is wrong; nowhere for a fault of the whole input
    QuidString message; // one sentence, no code, no full stop needed
    QuidString hint;    // what to do; empty where nothing can be said
    QuidString fix;     // replacement for exactly the span's bytes; empty where unknown
    uint32_t related_first;
    uint32_t related_count;
} QuidDiagnostic;

// The diagnostics so far, sorted by file (in the order of loading), offset and code. error_count
// also counts those beyond QUID_DIAGNOSTIC_COUNT_MAX, which are not kept.
typedef struct QuidDiagnosticList {
    const QuidDiagnostic *items;
    uint32_t count;
    const QuidRelated *related;
    uint32_t error_count;
    uint32_t warning_count;
    uint32_t dropped_count;
} QuidDiagnosticList;

QUID_API QuidDiagnosticList quid_context_diagnostics(QuidContext *context);

// Forgets the diagnostics (files stay): for a host that checks again.
QUID_API void quid_context_clear_diagnostics(QuidContext *context);

// 1-based line and column of a place; columns count characters (Unicode scalar values), invalid
// bytes one each. length: the span's characters on its first line, at least 1.
typedef struct QuidPlace {
    uint32_t line;
    uint32_t column;
    uint32_t length;
} QuidPlace;

QUID_API QuidPlace quid_context_place(QuidContext *context, QuidSpan span);

// Where text goes: returns false to stop (a full disk, a closed pipe); the writer then gives up.
typedef struct QuidOutput {
    bool (*write)(void *user, const char *bytes, size_t size);
    void *user;
} QuidOutput;

// Prints the diagnostics for people: place, code, message, the source line with carets, related
// places, help. QUID_IO where output stopped. is_coloured: ANSI colours.
QUID_API QUID_MUST_USE QuidStatus quid_diagnostics_print(QuidContext *context, bool is_coloured,
                                                         QuidOutput output);

// ---- Dates ------------------------------------------------------------------

// A civil day, proleptic Gregorian, days since 1970-01-01. QUID_NO_DATE is none.
typedef int32_t QuidDate;
#define QUID_NO_DATE INT32_MIN
#define QUID_DATE_MIN (-719162) // 0001-01-01
#define QUID_DATE_MAX 2932896   // 9999-12-31

// A date as written: a day, a month (2026-02) or a year: [first, last], both included.
typedef struct QuidDateRange {
    QuidDate first;
    QuidDate last;
} QuidDateRange;

typedef struct QuidCivil {
    int32_t year;
    int32_t month; // 1..12
    int32_t day;   // 1..31
} QuidCivil;

// The day of a civil date; QUID_NO_DATE where there is no such day.
QUID_API QuidDate quid_date_from_civil(QuidCivil civil);
QUID_API QuidCivil quid_date_to_civil(QuidDate date);
// Monday is 0.
QUID_API int32_t quid_date_weekday(QuidDate date);
// Writes "2026-02-28" and a NUL. text: 11 bytes.
QUID_API void quid_date_text(QuidDate date, char text[11]);
// Reads YYYY-MM-DD, YYYY-MM or YYYY, exactly. false where it is none or does not exist.
QUID_API QUID_MUST_USE bool quid_date_parse(QuidString text, QuidDateRange *range);

// ---- Money: exact -----------------------------------------------------------

// What amounts are counted in: a currency (ISO 4217) or a counted unit (jobs, tonnes), as the
// deal's table of units lists them. 0 is none (a promise in kind).
typedef struct QuidUnitId {
    uint32_t index;
} QuidUnitId;

// An exact amount in the unit's minor parts (cents, yen, thousandths of a counted unit).
typedef struct QuidMoney {
    int64_t minor;
    QuidUnitId unit;
} QuidMoney;

// Decimal digits below the major unit: 2 for USD, 0 for JPY, 3 for BHD; -1 where code is no ISO
// 4217 currency in use. code: three capital letters.
QUID_API int32_t quid_currency_digits(QuidString code);

// A decimal number as written: value = mantissa * 10^exponent. Exact.
typedef struct QuidDecimal {
    int64_t mantissa;
    int32_t exponent;
} QuidDecimal;

// decimal in minor parts of a unit with the given digits. false: overflow, or finer than the minor
// part
// (*is_too_fine tells which).
QUID_API QUID_MUST_USE bool quid_decimal_to_minor(QuidDecimal decimal, int32_t digits,
                                                  int64_t *minor, bool *is_too_fine);
// The nearest double.
QUID_API double quid_decimal_to_double(QuidDecimal decimal);

// sum = left + right; difference = left - right: false on overflow (nothing written).
QUID_API QUID_MUST_USE bool quid_minor_add(int64_t left, int64_t right, int64_t *sum);
QUID_API QUID_MUST_USE bool quid_minor_subtract(int64_t left, int64_t right, int64_t *difference);

// Writes minor parts as a decimal in major units with all digits ("33000000000.00"), and a NUL.
// text: QUID_MINOR_TEXT_SIZE bytes. Returns its length.
#define QUID_MINOR_TEXT_SIZE 32
QUID_API size_t quid_minor_text(int64_t minor, int32_t digits, char text[QUID_MINOR_TEXT_SIZE]);

// The shortest decimal that reads back as the same double ("0.1", "1e+22" as JSON allows), and a
// NUL. text: 32 bytes. Returns its length. Not for infinities and NaN (asserted).
QUID_API size_t quid_double_text(double value, char text[32]);

#endif
