// Quantities that name other quantities. Whoever evaluates one writes out those that it names: the
// bounds here keep that finite and shallow, so that no evaluator needs bounds of its own.
#include "deal_internal.h"

static Extent extent_of(const Checker *checker, QuidTermId id)
{
    return id.index < checker->extents.count ? QUID_AT(&checker->extents, Extent, id.index)
                                             : (Extent){0, 0, 0};
}

static void grow(Extent *whole, Extent part)
{
    const uint32_t size = whole->size + part.size;
    whole->size = size < QUID_LET_SIZE_MAX * 2 ? size : QUID_LET_SIZE_MAX * 2;
    whole->depth = part.depth > whole->depth ? part.depth : whole->depth;
    whole->let_depth = part.let_depth > whole->let_depth ? part.let_depth : whole->let_depth;
}

void quid__measure_term(Checker *checker, const QuidTerm *term, const QuidTermId *children,
                        uint32_t count)
{
    Extent extent = {0, 0, 0};
    for (uint32_t i = 0; i < count; i++)
        grow(&extent, extent_of(checker, children[i]));
    if (term->kind == QUID_TERM_LET) {
        grow(&extent, extent_of(checker, DEAL_AT(checker, QuidLet, let, term->thing.index).value));
        extent.let_depth += 1;
    }
    extent.size += 1;
    extent.depth += 1;
    Extent *added = quid__vector_push(&checker->extents);
    if (added != NULL)
        *added = extent;
}

static void report_too_deep(Checker *checker, uint32_t let, QuidSpan span, const char *what)
{
    quid__report(checker->context, QUID_E0215_TOO_NESTED, span,
                 "with the quantities that it names written out, `%.*s` %s",
                 QUID_PRINT(DEAL_AT(checker, QuidLet, let, let).id), what);
    const QuidSpan origin = DEAL_AT(checker, QuidLet, let, let).origin.span;
    if (origin.offset != span.offset)
        quid__report_related(checker->context, origin, "it is defined here");
}

static bool is_within_bounds(Checker *checker, uint32_t let, QuidTermId value, QuidSpan span)
{
    const Extent extent = extent_of(checker, value);
    if (extent.let_depth >= QUID_LET_DEPTH_MAX ||
        extent.depth >= QUID_LET_DEPTH_MAX + 2 * QUID_HEIGHT_MAX)
        report_too_deep(checker, let, span, "stands too deep: 100 quantities inside one another");
    else if (extent.size >= QUID_LET_SIZE_MAX)
        report_too_deep(checker, let, span, "has more than 10000 operators");
    else
        return true;
    return false;
}

static void define(Checker *checker, uint32_t let, QuidSpan span)
{
    QuidTermId value = {0};
    checker->let_states[let] = 1;
    checker->open_let_count += 1;
    if (checker->open_let_count > QUID_LET_DEPTH_MAX)
        report_too_deep(checker, let, span, "stands too deep: 100 quantities inside one another");
    else if (checker->let_nodes[let] != 0)
        value = quid__check_term(checker, checker->let_nodes[let]);
    checker->open_let_count -= 1;
    DEAL_AT(checker, QuidLet, let, let).value = value;
    checker->let_states[let] = 2;
}

QuidTermId quid__check_let(Checker *checker, uint32_t let, QuidSpan span)
{
    const QuidTermId none = {0};
    if (checker->let_states[let] == 1) {
        quid__report(checker->context, QUID_E0502_WAITING_CYCLE, span,
                     "`%.*s` is defined by itself in the end",
                     QUID_PRINT(DEAL_AT(checker, QuidLet, let, let).id));
        quid__report_related(checker->context, DEAL_AT(checker, QuidLet, let, let).origin.span,
                             "its definition begins here");
        return none;
    }
    if (checker->let_states[let] == 0)
        define(checker, let, span);
    QuidTermId *value = &DEAL_AT(checker, QuidLet, let, let).value;
    if (value->index != 0 && !is_within_bounds(checker, let, *value, span))
        *value = none; // reported once: broken from then on
    return *value;
}
