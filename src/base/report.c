// The list of diagnostics: kept up to a limit, sorted when it is asked for.
#include "report.h"

#include "context_internal.h"
#include "utf8.h"

#include <string.h>

typedef struct CodeRow {
    const char *text;
    const char *title;
    QuidSeverity severity;
} CodeRow;

static const CodeRow code_rows[] = {
    {"", "", QUID_ERROR},
#define X(code, name, severity, title) {#code, title, severity},
#include "quid/codes.def"
#undef X
};

const char *quid_code_text(QuidCode code)
{
    return code < QUID_CODE_COUNT ? code_rows[code].text : "";
}

const char *quid_code_title(QuidCode code)
{
    return code < QUID_CODE_COUNT ? code_rows[code].title : "";
}

const char *quid_status_text(QuidStatus status)
{
    switch (status) {
#define X(name, text)                                                                              \
    case QUID_##name:                                                                              \
        return text;
        QUID_STATUS_LIST(X)
#undef X
    }
    return "";
}

bool quid__string_equal(QuidString left, QuidString right)
{
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.bytes, right.bytes, left.size) == 0);
}

static QuidDiagnostic *last_diagnostic(QuidContext *context)
{
    if (!context->is_last_kept)
        return NULL;
    return &QUID_AT(&context->diagnostics, QuidDiagnostic, context->diagnostics.count - 1);
}

void quid__report(QuidContext *context, QuidCode code, QuidSpan span, const char *format, ...)
{
    QUID_ASSERT(code > QUID_CODE_NONE && code < QUID_CODE_COUNT);
    const QuidSeverity severity = code_rows[code].severity;
    context->error_count += severity == QUID_ERROR;
    context->warning_count += severity == QUID_WARNING;
    context->is_last_kept = false;
    context->is_unsorted = true;
    if (context->diagnostics.count >= QUID_DIAGNOSTIC_COUNT_MAX) {
        context->dropped_count += 1;
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    const QuidString message = quid__arena_format_list(&context->report_arena, format, arguments);
    va_end(arguments);
    QuidDiagnostic *diagnostic = quid__vector_push(&context->diagnostics);
    if (diagnostic == NULL)
        return;
    context->is_last_kept = true;
    diagnostic->code = code;
    diagnostic->severity = severity;
    diagnostic->span = span;
    diagnostic->message = message;
    diagnostic->related_first = context->related.count;
}

void quid__report_hint(QuidContext *context, const char *format, ...)
{
    QuidDiagnostic *diagnostic = last_diagnostic(context);
    if (diagnostic == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    diagnostic->hint = quid__arena_format_list(&context->report_arena, format, arguments);
    va_end(arguments);
}

void quid__report_fix(QuidContext *context, QuidString replacement)
{
    QuidDiagnostic *diagnostic = last_diagnostic(context);
    if (diagnostic != NULL)
        diagnostic->fix = quid__arena_copy(&context->report_arena, replacement);
}

void quid__report_related(QuidContext *context, QuidSpan span, const char *format, ...)
{
    QuidDiagnostic *diagnostic = last_diagnostic(context);
    if (diagnostic == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    const QuidString message = quid__arena_format_list(&context->report_arena, format, arguments);
    va_end(arguments);
    QuidRelated *related = quid__vector_push(&context->related);
    if (related == NULL)
        return;
    *related = (QuidRelated){span, message};
    diagnostic->related_count += 1;
}

uint32_t quid__report_error_count(const QuidContext *context)
{
    return context->error_count;
}

bool quid__report_has_failed(const QuidContext *context)
{
    return context->diagnostics.has_failed || context->related.has_failed ||
           context->report_arena.has_failed;
}

static bool is_after(const QuidDiagnostic *left, const QuidDiagnostic *right)
{
    if (left->span.file.index != right->span.file.index)
        return left->span.file.index > right->span.file.index;
    if (left->span.offset != right->span.offset)
        return left->span.offset > right->span.offset;
    return left->code > right->code;
}

QuidDiagnosticList quid_context_diagnostics(QuidContext *context)
{
    QuidDiagnostic *items = context->diagnostics.items;
    // Insertion keeps the order of equals, and there are at most a few hundred.
    for (uint32_t i = 1; context->is_unsorted && i < context->diagnostics.count; i++) {
        const QuidDiagnostic moved = items[i];
        uint32_t at = i;
        for (; at > 0 && is_after(&items[at - 1], &moved); at--)
            items[at] = items[at - 1];
        items[at] = moved;
    }
    context->is_unsorted = false;
    context->is_last_kept = false;
    return (QuidDiagnosticList){
        .items = items,
        .count = context->diagnostics.count,
        .related = context->related.items,
        .error_count = context->error_count,
        .warning_count = context->warning_count,
        .dropped_count = context->dropped_count,
    };
}

void quid_context_clear_diagnostics(QuidContext *context)
{
    quid__arena_free(&context->report_arena);
    quid__arena_init(&context->report_arena, context);
    context->diagnostics.count = 0;
    context->diagnostics.has_failed = false;
    context->related.count = 0;
    context->related.has_failed = false;
    context->error_count = 0;
    context->warning_count = 0;
    context->dropped_count = 0;
    context->is_last_kept = false;
}

// ---- Did you mean -----------------------------------------------------------

#define CLOSEST_SIZE_MAX 64u

static uint32_t decode_all(QuidString text, uint32_t scalars[CLOSEST_SIZE_MAX])
{
    uint32_t count = 0;
    for (uint32_t offset = 0; offset < text.size;) {
        if (count == CLOSEST_SIZE_MAX)
            return UINT32_MAX;
        uint32_t scalar = 0xFFFD;
        const uint32_t size = quid__utf8_decode(text.bytes + offset, text.size - offset, &scalar);
        offset += size == 0 ? 1 : size;
        const bool is_capital = scalar >= 'A' && scalar <= 'Z';
        scalars[count++] = is_capital ? scalar + 32 : scalar == '_' ? '-' : scalar;
    }
    return count;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

// Optimal string alignment distance (Damerau 1964, without edits inside an exchanged pair); rows of
// the last two steps are enough.
static uint32_t distance_between(QuidString left, QuidString right)
{
    uint32_t a[CLOSEST_SIZE_MAX];
    uint32_t b[CLOSEST_SIZE_MAX];
    const uint32_t a_count = decode_all(left, a);
    const uint32_t b_count = decode_all(right, b);
    if (a_count == UINT32_MAX || b_count == UINT32_MAX)
        return UINT32_MAX;
    uint32_t rows[3][CLOSEST_SIZE_MAX + 1];
    for (uint32_t j = 0; j <= b_count; j++)
        rows[0][j] = j;
    for (uint32_t i = 1; i <= a_count; i++) {
        uint32_t *row = rows[i % 3];
        const uint32_t *above = rows[(i + 2) % 3];
        const uint32_t *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (uint32_t j = 1; j <= b_count; j++) {
            const uint32_t changed = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = least(changed, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a_count % 3][b_count];
}

QuidClosest quid__closest(QuidString wanted)
{
    uint32_t scalars[CLOSEST_SIZE_MAX];
    const uint32_t count = decode_all(wanted, scalars);
    const uint32_t most = count == UINT32_MAX ? 0 : count < 4 ? 1 : count / 3;
    return (QuidClosest){.wanted = wanted, .best = {"", 0}, .distance = most + 1};
}

void quid__closest_offer(QuidClosest *closest, QuidString candidate)
{
    const uint32_t distance = distance_between(closest->wanted, candidate);
    if (distance < closest->distance) {
        closest->distance = distance;
        closest->best = candidate;
    }
}
