// Facts, resolved: the hot path of a large record. One look per operand, no allocation, messages
// only off the path.
#include "deal_internal.h"

#include <string.h>

typedef struct FactState {
    Checker *checker;
    const QuidFactSyntax *syntax;
    QuidFact fact;
    bool is_good;
} FactState;

static QuidSpan span_at(const FactState *state, uint32_t offset, uint32_t size)
{
    return (QuidSpan){{state->syntax->file}, state->syntax->offset + offset, size};
}

static QuidSpan name_span(const FactState *state, uint32_t offset, uint32_t name)
{
    return span_at(state, offset, quid__name_text(state->checker, (QuidName){name}).size);
}

static QuidSpan fact_span(const FactState *state)
{
    return span_at(state, 0, state->syntax->size);
}

static uint32_t find_subject(FactState *state, QuidThingKind kind)
{
    const QuidFactSyntax *syntax = state->syntax;
    const QuidThing thing = state->checker->things[syntax->subject].thing;
    if (thing.kind == kind && kind != QUID_THING_NONE)
        return thing.index;
    const QuidSpan span = name_span(state, syntax->subject_offset, syntax->subject);
    const QuidThing found =
        quid__find_thing(state->checker, (QuidName){syntax->subject}, span, kind);
    state->is_good = state->is_good && found.kind != QUID_THING_NONE;
    return found.index;
}

// ---- Amounts ----------------------------------------------------------------

static QuidSpan amount_span(const FactState *state)
{
    return span_at(state, state->syntax->amount_offset, state->syntax->amount_size);
}

static void report_other_unit(FactState *state, const QuidPledge *pledge)
{
    QuidContext *context = state->checker->context;
    state->is_good = false;
    if (state->syntax->unit == 0) {
        quid__report(context, QUID_E0508_AMOUNT_OF_FACT, amount_span(state),
                     "this amount has no unit");
        if (pledge->unit.index != 0)
            quid__report_hint(
                context, "`%.*s` is kept in %.*s", QUID_PRINT(pledge->id),
                QUID_PRINT(DEAL_AT(state->checker, QuidUnit, unit, pledge->unit.index).name));
        return;
    }
    quid__report(context, QUID_E0507_CURRENCY_OF_PROMISE, amount_span(state),
                 "`%.*s` is kept in %.*s, not in %.*s", QUID_PRINT(pledge->id),
                 QUID_PRINT(DEAL_AT(state->checker, QuidUnit, unit, pledge->unit.index).name),
                 QUID_PRINT(quid__name_text(state->checker, (QuidName){state->syntax->unit})));
    if (pledge->amount_origin.span.file.index != 0)
        quid__report_related(context, pledge->amount_origin.span, "its amount is written here");
    quid__report_hint(context, "convert the amount, or make it a part of its own: pledge … in %.*s",
                      QUID_PRINT(pledge->id));
}

static void read_amount(FactState *state)
{
    const QuidFactSyntax *syntax = state->syntax;
    Checker *checker = state->checker;
    if (!syntax->has_amount || !state->is_good)
        return;
    const QuidPledge *pledge = &DEAL_AT(checker, QuidPledge, pledge, state->fact.subject);
    const uint32_t unit = checker->units[syntax->unit];
    if (unit == 0 || unit != pledge->unit.index || syntax->unit == 0) {
        report_other_unit(state, pledge);
        return;
    }
    state->fact.has_amount = true;
    if (syntax->mantissa < 0) {
        quid__report(checker->context, QUID_E0508_AMOUNT_OF_FACT, amount_span(state),
                     "an amount is not negative");
        quid__report_hint(checker->context, "to take something back, write `cancel` or `amend`");
        state->is_good = false;
        return;
    }
    const QuidDecimal value = {syntax->mantissa, syntax->exponent};
    bool is_too_fine;
    const int32_t digits = DEAL_AT(checker, QuidUnit, unit, unit).digits;
    if (!quid_decimal_to_minor(value, digits, &state->fact.amount, &is_too_fine))
        state->is_good = quid__exact_amount(checker, value, (QuidUnitId){unit}, amount_span(state),
                                            &state->fact.amount);
}

static void need_amount(FactState *state)
{
    if (state->syntax->has_amount || !state->is_good)
        return;
    quid__report(state->checker->context, QUID_E0508_AMOUNT_OF_FACT, fact_span(state),
                 "`%s` needs an amount", quid_verb_word((QuidVerb)state->syntax->verb));
    state->is_good = false;
}

// ---- Verbs ------------------------------------------------------------------

static void read_stage(FactState *state)
{
    const QuidString word = quid__name_text(state->checker, (QuidName){state->syntax->object});
    QuidClosest closest = quid__closest(word);
    for (uint32_t stage = 0; stage < QUID_STAGE_COUNT; stage++) {
        const char *text = quid_stage_word((QuidStage)stage);
        const QuidString candidate = {text, (uint32_t)strlen(text)};
        quid__closest_offer(&closest, candidate);
        if (quid__string_equal(candidate, word)) {
            state->fact.choice = stage;
            return;
        }
    }
    state->is_good = false;
    quid__report(state->checker->context, QUID_E0305_UNKNOWN_WORD,
                 name_span(state, state->syntax->object_offset, state->syntax->object),
                 "there is no stage `%.*s`", QUID_PRINT(word));
    if (closest.best.size > 0)
        quid__report_hint(state->checker->context, "did you mean `%.*s`?",
                          QUID_PRINT(closest.best));
    else
        quid__report_hint(
            state->checker->context,
            "the stages: offered demanded pledged committed disbursed completed cancelled lapsed");
}

static void read_rate(FactState *state)
{
    const QuidFactSyntax *syntax = state->syntax;
    Checker *checker = state->checker;
    const uint32_t names[2] = {syntax->subject, syntax->object};
    const uint16_t offsets[2] = {syntax->subject_offset, syntax->object_offset};
    for (uint32_t i = 0; i < 2; i++) {
        const QuidString code = quid__name_text(checker, (QuidName){names[i]});
        if (quid_currency_digits(code) >= 0)
            continue;
        quid__report(checker->context, QUID_E0509_BAD_RATE, name_span(state, offsets[i], names[i]),
                     "`%.*s` is no currency in use (ISO 4217)", QUID_PRINT(code));
        state->is_good = false;
    }
    if (!state->is_good)
        return;
    state->fact.subject = quid__unit_of(checker, (QuidName){names[0]}).index;
    state->fact.choice = quid__unit_of(checker, (QuidName){names[1]}).index;
    state->fact.amount = syntax->mantissa;
    state->fact.exponent = syntax->exponent;
    state->fact.has_amount = true;
    if (syntax->mantissa <= 0 || names[0] == names[1]) {
        quid__report(checker->context, QUID_E0509_BAD_RATE, fact_span(state),
                     names[0] == names[1] ? "a rate is between two currencies"
                                          : "a rate is above zero");
        quid__report_hint(checker->context, "`rate USD/JPY 150` says that one dollar is 150 yen");
        state->is_good = false;
    }
}

static void read_about(FactState *state)
{
    const QuidFactSyntax *syntax = state->syntax;
    if (syntax->about == 0)
        return;
    const QuidSpan span = name_span(state, syntax->about_offset, syntax->about);
    const QuidThing thing =
        quid__find_thing(state->checker, (QuidName){syntax->about}, span, QUID_THING_NONE);
    state->fact.subject_kind = (uint8_t)thing.kind;
    state->fact.about = thing.index;
    state->is_good = state->is_good && thing.kind != QUID_THING_NONE;
}

static void read_extension(FactState *state)
{
    const QuidFactSyntax *syntax = state->syntax;
    Checker *checker = state->checker;
    const QuidThing declared = checker->things[syntax->subject].thing;
    const bool is_milestone = declared.kind == QUID_THING_MILESTONE;
    state->fact.subject_kind = is_milestone ? QUID_THING_MILESTONE : QUID_THING_PLEDGE;
    state->fact.subject = find_subject(state, (QuidThingKind)state->fact.subject_kind);
    state->fact.until = syntax->until;
    if (!state->is_good)
        return;
    const QuidDate due = is_milestone
                             ? DEAL_AT(checker, QuidMilestone, milestone, declared.index).due.last
                             : DEAL_AT(checker, QuidPledge, pledge, declared.index).due.last;
    if (due != QUID_NO_DATE)
        return;
    state->is_good = false;
    quid__report(checker->context, QUID_E0510_BAD_EXTENSION,
                 name_span(state, syntax->subject_offset, syntax->subject),
                 "`%.*s` has no deadline to extend",
                 QUID_PRINT(quid__name_text(checker, (QuidName){syntax->subject})));
    quid__report_related(checker->context, quid__thing_span(checker, (QuidName){syntax->subject}),
                         "it is declared here");
    quid__report_hint(checker->context, "add a line `due DATE` there");
}

static void read_observation(FactState *state)
{
    const QuidFactSyntax *syntax = state->syntax;
    Checker *checker = state->checker;
    state->fact.subject = find_subject(state, QUID_THING_EVENT);
    if (!state->is_good)
        return;
    const QuidThing thing = {QUID_THING_EVENT, state->fact.subject};
    const QuidSpan object = name_span(state, syntax->object_offset, syntax->object);
    state->fact.choice = quid__find_choice(checker, thing, (QuidName){syntax->object}, object);
    state->is_good = state->fact.choice != UINT32_MAX;
    const QuidEvent *event = &DEAL_AT(checker, QuidEvent, event, thing.index);
    const bool has_window =
        event->when_kind == QUID_WHEN_ON || event->when_kind == QUID_WHEN_BETWEEN;
    if (!has_window ||
        (syntax->date_last >= event->window.first && syntax->date <= event->window.last))
        return;
    state->is_good = false;
    quid__report(checker->context, QUID_E0506_OUTSIDE_WINDOW, span_at(state, 0, 10),
                 "by the deal, `%.*s` cannot happen on this date", QUID_PRINT(event->id));
    quid__report_related(checker->context, event->when_origin.span, "its window is given here");
    quid__report_hint(checker->context, "widen the window, or correct the date");
}

static void read_choice(FactState *state)
{
    const QuidFactSyntax *syntax = state->syntax;
    Checker *checker = state->checker;
    state->fact.subject = find_subject(state, QUID_THING_MOVE);
    if (!state->is_good)
        return;
    const QuidThing thing = {QUID_THING_MOVE, state->fact.subject};
    const QuidSpan object = name_span(state, syntax->object_offset, syntax->object);
    state->fact.choice = quid__find_choice(checker, thing, (QuidName){syntax->object}, object);
    state->is_good = state->fact.choice != UINT32_MAX;
    const QuidMove *move = &DEAL_AT(checker, QuidMove, move, thing.index);
    if (move->date_count == 0 || syntax->date <= DEAL_AT(checker, QuidDate, move_date,
                                                         move->date_first + move->date_count - 1))
        return;
    state->is_good = false;
    quid__report(checker->context, QUID_E0506_OUTSIDE_WINDOW, span_at(state, 0, 10),
                 "the last date of the move `%.*s` lies before this fact", QUID_PRINT(move->id));
    quid__report_related(checker->context, move->date_origin.span, "its dates are given here");
}

static void read_verb(FactState *state)
{
    switch ((QuidVerb)state->syntax->verb) {
    case QUID_VERB_NONE:
        state->is_good = false;
        return;
    case QUID_VERB_AMEND:
    case QUID_VERB_BALANCE:
        state->fact.subject = find_subject(state, QUID_THING_PLEDGE);
        need_amount(state);
        read_amount(state);
        if (state->syntax->verb == QUID_VERB_BALANCE && state->is_good)
            read_stage(state);
        return;
    case QUID_VERB_OFFER:
    case QUID_VERB_DEMAND:
    case QUID_VERB_PLEDGE:
    case QUID_VERB_COMMIT:
    case QUID_VERB_DISBURSE:
    case QUID_VERB_COMPLETE:
    case QUID_VERB_CANCEL:
        state->fact.subject = find_subject(state, QUID_THING_PLEDGE);
        read_amount(state);
        return;
    case QUID_VERB_EXTEND:
        read_extension(state);
        return;
    case QUID_VERB_OBSERVE:
        read_observation(state);
        return;
    case QUID_VERB_CHOOSE:
        read_choice(state);
        return;
    case QUID_VERB_REACH:
        state->fact.subject = find_subject(state, QUID_THING_MILESTONE);
        return;
    case QUID_VERB_STATE:
        state->fact.subject = find_subject(state, QUID_THING_PARTY);
        state->fact.choice = state->syntax->is_private;
        read_about(state);
        return;
    case QUID_VERB_RATE:
        read_rate(state);
        return;
    case QUID_VERB_NOTE:
        read_about(state);
        return;
    }
}

// What was known on a day is decided by the reported date: the written one, else the later of the
// fact's own day and its source's.
static void read_source(FactState *state)
{
    const QuidFactSyntax *syntax = state->syntax;
    state->fact.known = syntax->date;
    if (syntax->source != 0) {
        const QuidSpan span = name_span(state, syntax->source_offset, syntax->source);
        const QuidSourceId id = quid__find_source(state->checker, (QuidName){syntax->source}, span);
        state->fact.source = id.index;
        const QuidDate published =
            DEAL_AT(state->checker, QuidSource, source, id.index).published.first;
        if (id.index != 0 && published != QUID_NO_DATE && published > syntax->date)
            state->fact.known = published;
    }
    if (syntax->reported != QUID_NO_DATE)
        state->fact.known = syntax->reported;
}

// Once per source: the first fact that it is too old for.
static void check_age(FactState *state, uint8_t *warned)
{
    const uint32_t source = state->fact.source;
    if (source == 0 || warned[source] != 0)
        return;
    const QuidSource *row = &DEAL_AT(state->checker, QuidSource, source, source);
    if (row->published.last == QUID_NO_DATE || row->published.last >= state->fact.date ||
        state->syntax->reported != QUID_NO_DATE)
        return;
    warned[source] = 1;
    quid__report(state->checker->context, QUID_W0512_SOURCE_BEFORE_FACT, fact_span(state),
                 "the source `%.*s` was published before this happened", QUID_PRINT(row->id));
    quid__report_related(state->checker->context, row->span, "its date stands here");
}

// ---- Promises that never begin ----------------------------------------------

static bool is_dated(const QuidPledge *pledge)
{
    return pledge->made.first != QUID_NO_DATE || pledge->offered.first != QUID_NO_DATE ||
           pledge->demanded.first != QUID_NO_DATE;
}

static void warn_of_pledge(Checker *checker, const QuidPledge *pledge, bool has_fact)
{
    if (pledge->has_amount && !is_dated(pledge) && !has_fact) {
        quid__report(checker->context, QUID_W0514_NEVER_MADE, pledge->origin.span,
                     "nothing ever makes this promise: its amount counts nowhere");
        quid__report_hint(checker->context,
                          "add `made DATE` (or `offered`, `demanded`), or a fact");
    }
    if (pledge->due.last != QUID_NO_DATE && pledge->made.first != QUID_NO_DATE &&
        pledge->due.last < pledge->made.first) {
        quid__report(checker->context, QUID_W0515_DUE_BEFORE_MADE, pledge->due_origin.span,
                     "this is due before it is made");
        quid__report_related(checker->context, pledge->made_origin.span, "it is made here");
    }
}

// What looks like an oversight; where there are mistakes, those come first.
static void warn_of_pledges(Checker *checker)
{
    const QuidDeal *deal = checker->deal;
    bool *has_fact = quid__arena_push(&checker->deal->arena, deal->pledge.count);
    if (has_fact == NULL || quid_context_diagnostics(checker->context).error_count > 0)
        return;
    for (uint32_t i = 0; i < deal->fact.count; i++) {
        const QuidFact *fact = &DEAL_AT(checker, QuidFact, fact, i);
        if (fact->verb >= QUID_VERB_OFFER && fact->verb <= QUID_VERB_CANCEL)
            has_fact[fact->subject] = true;
    }
    for (uint32_t i = 1; i < deal->pledge.count; i++)
        warn_of_pledge(checker, &DEAL_AT(checker, QuidPledge, pledge, i), has_fact[i]);
}

void quid__check_facts(Checker *checker)
{
    QuidDeal *deal = checker->deal;
    uint8_t *warned = quid__arena_push(&deal->arena, deal->source.count);
    bool is_reserved = quid__vector_reserve(&deal->fact, checker->tables->fact_count + 1);
    if (warned == NULL || !is_reserved)
        return;
    bool has_warned_horizon = false;
    for (uint32_t i = 0; i < checker->tables->fact_count; i++) {
        const QuidFactSyntax *syntax = &checker->tables->facts[i];
        FactState state = {.checker = checker, .syntax = syntax, .is_good = true};
        state.fact = (QuidFact){.date = syntax->date,
                                .date_last = syntax->date_last,
                                .until = QUID_NO_DATE,
                                .syntax = i,
                                .verb = syntax->verb};
        read_source(&state);
        read_verb(&state);
        check_age(&state, warned);
        if (!has_warned_horizon && syntax->date > deal->tables.horizon &&
            deal->tables.horizon != QUID_NO_DATE) {
            has_warned_horizon = true;
            quid__report(checker->context, QUID_W0511_AFTER_HORIZON, fact_span(&state),
                         "this fact lies after the deal's horizon");
        }
        if (!state.is_good)
            continue;
        QuidFact *added = quid__vector_push(&deal->fact);
        if (added != NULL)
            *added = state.fact;
    }
    warn_of_pledges(checker);
}
