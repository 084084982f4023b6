// The answers to the deal's own questions, first thing on the page.
#include "times.h"

static QuidArena *arena(Brief *brief)
{
    return &brief->page.arena;
}

// ---- By the forecast --------------------------------------------------------

static QuidString chance_answer(Brief *brief, const QuidAskAnswer *answer)
{
    const QuidString chance = quid__brief_chance(brief, answer->value.value, answer->value.error);
    return answer->value.value > 0
               ? quid__brief_join(brief, chance, "  ",
                                  quid__brief_bar(brief, answer->value.value, 20))
               : chance;
}

// "8 of 10 cases" rather than percentiles: those are in the JSON form.
static QuidString when_answer(Brief *brief, const QuidAskAnswer *answer)
{
    const QuidQuantiles *q = &answer->quantiles;
    if (!(answer->chance.value > 0))
        return quid__arena_format(arena(brief), "Never by %.*s, in any scenario.",
                                  QUID_PRINT(quid__page_date(&brief->page, brief->model->horizon)));
    const QuidString day = quid__brief_day(brief, q->p50.value);
    const bool is_spread = q->p10.value < q->p90.value;
    const bool is_certain = answer->chance.value >= 1;
    if (!is_spread && is_certain)
        return quid__arena_format(arena(brief), "%.*s.", QUID_PRINT(day));
    const QuidString middle =
        !is_spread
            ? day
            : quid__arena_format(arena(brief), "about %.*s (%.*s to %.*s in 8 of 10 cases)",
                                 QUID_PRINT(day), QUID_PRINT(quid__brief_day(brief, q->p10.value)),
                                 QUID_PRINT(quid__brief_day(brief, q->p90.value)));
    if (is_certain)
        return middle;
    return quid__arena_format(
        arena(brief), "in %.*s of cases by %.*s; if so, %.*s",
        QUID_PRINT(quid__brief_chance(brief, answer->chance.value, answer->chance.error)),
        QUID_PRINT(quid__page_date(&brief->page, brief->model->horizon)), QUID_PRINT(middle));
}

bool quid__term_is_share(const Brief *brief, QuidTermId id)
{
    const QuidTerm *term = &brief->model->terms[id.index];
    if (term->kind != QUID_TERM_ADD && term->kind != QUID_TERM_SUBTRACT)
        return term->kind == QUID_TERM_SHARE;
    const QuidTermId *children = brief->model->term_childs + term->child_first;
    return quid__term_is_share(brief, children[0]) && quid__term_is_share(brief, children[1]);
}

static QuidString amount_text(Brief *brief, const QuidAsk *ask, const QuidAskAnswer *answer,
                              QuidEstimated amount)
{
    if (answer->is_duration)
        return quid__brief_span(brief, amount.value);
    if (quid__term_is_share(brief, ask->term))
        return quid__brief_chance(brief, amount.value, amount.error);
    return quid__brief_figure(brief, (Figure){amount.value, amount.error, answer->unit, false});
}

static QuidString value_answer(Brief *brief, const QuidAsk *ask, const QuidAskAnswer *answer)
{
    const QuidEstimated low = {answer->quantiles.p10.value, 0};
    const QuidEstimated middle = {answer->quantiles.p50.value, 0};
    const QuidEstimated high = {answer->quantiles.p90.value, 0};
    QuidString text = amount_text(brief, ask, answer, answer->value);
    const bool is_amount = !answer->is_duration && !quid__term_is_share(brief, ask->term);
    const QuidString range =
        is_amount ? quid__brief_range(brief, low.value, high.value, answer->unit)
                  : quid__arena_format(arena(brief), "%.*s to %.*s",
                                       QUID_PRINT(amount_text(brief, ask, answer, low)),
                                       QUID_PRINT(amount_text(brief, ask, answer, high)));
    if (low.value < high.value)
        text = quid__arena_format(
            arena(brief), "%.*s expected; %.*s in the middle case, %.*s in 8 of 10",
            QUID_PRINT(text), QUID_PRINT(amount_text(brief, ask, answer, middle)),
            QUID_PRINT(range));
    if (answer->chance.value < 1)
        text = quid__arena_format(
            arena(brief), "%.*s (where there is such a value: in %.*s)", QUID_PRINT(text),
            QUID_PRINT(quid__brief_chance(brief, answer->chance.value, answer->chance.error)));
    return text;
}

static QuidString forecast_answer(Brief *brief, uint32_t index)
{
    const QuidAsk *ask = &brief->model->asks[index];
    if (brief->forecast == NULL)
        return QUID_STRING("open: not forecast");
    const QuidAskAnswer *answer = &brief->forecast->asks[index];
    if (!answer->is_answered)
        return QUID_STRING("open: not forecast");
    if (answer->kind == QUID_ASK_CHANCE)
        return chance_answer(brief, answer);
    return answer->is_date ? when_answer(brief, answer) : value_answer(brief, ask, answer);
}

// ---- By the game ------------------------------------------------------------

static QuidString choice_answer(Brief *brief, uint32_t move)
{
    const QuidMoveEpoch *epoch = quid__move_next(brief, move);
    if (epoch == NULL && quid__move_is_unrecorded(brief, move))
        return quid__arena_format(arena(brief), "Past: %.*s",
                                  QUID_PRINT(quid__move_fate(brief, move)));
    const QuidString record = quid__brief_choices(brief, move);
    if (epoch == NULL)
        return record.size == 0
                   ? QUID_STRING("It does not arise any more")
                   : quid__arena_format(arena(brief), "Decided: %.*s", QUID_PRINT(record));
    QuidString text = quid__arena_format(arena(brief), "On %.*s",
                                         QUID_PRINT(quid__page_date(&brief->page, epoch->date)));
    if (epoch->reached < 1 - 1e-9)
        text = quid__arena_format(arena(brief), "%.*s, where it comes to that (%.*s)",
                                  QUID_PRINT(text),
                                  QUID_PRINT(quid__brief_chance(brief, epoch->reached, 0)));
    return quid__arena_format(arena(brief), "%.*s: %.*s", QUID_PRINT(text),
                              QUID_PRINT(quid__move_odds(brief, epoch)));
}

static QuidString break_even_answer(Brief *brief, const QuidAsk *ask)
{
    QuidString text = QUID_STRING("");
    bool is_decided = false;
    for (uint32_t i = 0; i < brief->answers->break_even_count; i++) {
        const QuidBreakEven *row = &brief->answers->break_evens[i];
        if (row->move != ask->move.index || row->event != ask->event.index ||
            row->outcome != ask->outcome)
            continue;
        is_decided = row->is_decided;
        if (!row->is_decided)
            text = quid__brief_join(brief, text, "; ", quid__break_even_text(brief, row));
    }
    if (text.size > 0)
        return quid__arena_format(arena(brief), "The choice %.*s", QUID_PRINT(text));
    return is_decided ? QUID_STRING("No date on which to choose is left: nothing can turn it")
                      : QUID_STRING("open: break-evens were not looked for");
}

static QuidString game_answer(Brief *brief, const QuidAsk *ask)
{
    if (brief->answers == NULL)
        return QUID_STRING("open: the game was not solved");
    return ask->kind == QUID_ASK_CHOICE ? choice_answer(brief, ask->move.index)
                                        : break_even_answer(brief, ask);
}

// ---- All of them ------------------------------------------------------------

QuidString quid__brief_answer(Brief *brief, uint32_t index)
{
    const QuidAsk *ask = &brief->model->asks[index];
    switch (ask->kind) {
    case QUID_ASK_CHANCE:
    case QUID_ASK_WHEN:
    case QUID_ASK_VALUE:
        return forecast_answer(brief, index);
    case QUID_ASK_CHOICE:
    case QUID_ASK_BREAK_EVEN:
        return game_answer(brief, ask);
    }
    return QUID_STRING("");
}

// ---- What no amount counts --------------------------------------------------

bool quid__brief_is_left_out(const Brief *brief, uint32_t part, uint32_t whole)
{
    const QuidPledge *pledges = brief->model->pledges;
    const QuidUnitId unit = pledges[whole].unit;
    double rate;
    uint32_t at = pledges[part].parent.index;
    while (at != 0 && at != whole)
        at = pledges[at].parent.index;
    const bool is_promised =
        brief->ledger->pledges[part].has_stage || pledges[part].made.first != QUID_NO_DATE;
    return at != 0 && is_promised && unit.index != 0 && pledges[part].unit.index != 0 &&
           !quid_ledger_rate(brief->record, pledges[part].unit, unit, &rate);
}

static void put_left_out(Brief *brief)
{
    for (uint32_t whole = 1; whole < brief->model->pledge_count; whole++) {
        QuidString parts = QUID_STRING("");
        for (uint32_t i = 1; i < brief->model->pledge_count; i++) {
            const QuidPledge *part = &brief->model->pledges[i];
            if (!quid__brief_is_left_out(brief, i, whole))
                continue;
            parts = quid__brief_join(
                brief, parts, ", ",
                quid__arena_format(arena(brief), "%.*s (%.*s)", QUID_PRINT(part->id),
                                   QUID_PRINT(brief->model->units[part->unit.index].name)));
        }
        if (parts.size > 0)
            quid__page_paragraph(
                &brief->page, 2,
                quid__arena_format(arena(brief),
                                   "Left out of the amounts of %.*s, as no exchange rate is known "
                                   "by %.*s: %.*s.",
                                   QUID_PRINT(brief->model->pledges[whole].id),
                                   QUID_PRINT(quid__page_date(&brief->page, brief->ledger->as_of)),
                                   QUID_PRINT(parts)));
    }
}

// ---- The section ------------------------------------------------------------

void quid__brief_asks(Brief *brief)
{
    if (brief->model->ask_count == 0)
        return;
    quid__page_heading(&brief->page, "The answers");
    for (uint32_t i = 0; i < brief->model->ask_count; i++) {
        const QuidAsk *ask = &brief->model->asks[i];
        quid__page_paragraph(&brief->page, 2,
                             quid__arena_format(arena(brief), "%.*s %.*s",
                                                QUID_PRINT(ask->question),
                                                QUID_PRINT(quid__brief_mark(brief, ask->origin))));
        quid__page_paragraph(
            &brief->page, 4,
            quid__arena_format(arena(brief), "%.*s =", QUID_PRINT(quid__brief_answer(brief, i))));
    }
    put_left_out(brief);
}
