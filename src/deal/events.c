// Events, secrets, moves: chances and beliefs, windows, options and dates.
#include "deal_internal.h"

#define MOVE_DATE_COUNT_MAX 400u // of one move: a longer game is solved by nobody

// A date, a range of dates or a distribution of dates, alone; quantities are followed to what they
// stand for.
static bool is_lone_date(const Checker *checker, QuidTermId id)
{
    const QuidTerm *term = quid__term(checker, id);
    for (uint32_t i = 0; term->kind == QUID_TERM_LET && i < checker->deal->let.count; i++)
        term = quid__term(checker, DEAL_AT(checker, QuidLet, let, term->thing.index).value);
    return term->kind == QUID_TERM_INTERVAL || term->kind == QUID_TERM_DISTRIBUTION ||
           term->kind == QUID_TERM_DATE || term->kind == QUID_TERM_CONSTANT;
}

static void check_when(Checker *checker, const QuidClause *when, QuidEvent *event)
{
    event->when_kind = QUID_WHEN_TERM;
    event->when = quid__check_date(checker, clause_operand(checker, when, 0));
    if (event->when.index == 0 || is_lone_date(checker, event->when))
        return;
    quid__report(checker->context, QUID_E0513_DATE_OF_EVENT, quid__term(checker, event->when)->span,
                 "the date of an event is drawn by itself: it cannot be computed from others");
    quid__report_hint(checker->context,
                      "write a range (2026-03-01 to 2026-09-30) or a distribution of dates; what "
                      "follows from other things is a milestone");
    event->when = (QuidTermId){0};
}

static void check_window(Checker *checker, const QuidStatement *statement, QuidEvent *event)
{
    const QuidClause *on = quid__find_clause(checker, statement, QUID_CLAUSE_ON);
    const QuidClause *between = quid__find_clause(checker, statement, QUID_CLAUSE_BETWEEN);
    const QuidClause *when = quid__find_clause(checker, statement, QUID_CLAUSE_WHEN);
    const QuidClause *first = on != NULL ? on : between != NULL ? between : when;
    const QuidClause *second = when != NULL && when != first         ? when
                               : between != NULL && between != first ? between
                                                                     : NULL;
    if (first == NULL)
        return;
    if (second != NULL) {
        quid__report(checker->context, QUID_E0504_BAD_EVENT, second->span,
                     "an event has one date or window");
        quid__report_related(checker->context, first->span, "the other one is here");
    }
    event->when_origin = quid__clause_origin(checker, first);
    if (first == on) {
        event->when_kind = QUID_WHEN_ON;
        event->window = quid__clause_date(checker, on, 0);
    } else if (first == between) {
        event->when_kind = QUID_WHEN_BETWEEN;
        event->window.first = quid__clause_date(checker, between, 0).first;
        event->window.last = quid__clause_date(checker, between, 1).last;
    } else {
        check_when(checker, when, event);
    }
}

static void check_belief(Checker *checker, const QuidClause *clause, QuidThing thing)
{
    const QuidNode *outcome = checker_node(checker, clause_operand(checker, clause, 1));
    QuidBelief belief = {.origin = quid__clause_origin(checker, clause)};
    belief.party.index =
        quid__find_node(checker, clause_operand(checker, clause, 0), QUID_THING_PARTY).index;
    belief.outcome = quid__find_choice(checker, thing, outcome->name, outcome->span);
    belief.chance = quid__check_probability(checker, clause_operand(checker, clause, 2));
    const QuidEvent *event = &DEAL_AT(checker, QuidEvent, event, thing.index);
    if (event->is_secret && belief.party.index != 0 && belief.party.index == event->owner.index) {
        quid__report(
            checker->context, QUID_E0504_BAD_EVENT, clause->span,
            "the party that owns a secret knows it; it cannot also hold a belief about it");
        return;
    }
    if (belief.outcome == UINT32_MAX || belief.chance.index == 0 || belief.party.index == 0)
        return;
    for (uint32_t i = event->belief_first; i < checker->deal->belief.count; i++) {
        const QuidBelief *before = &DEAL_AT(checker, QuidBelief, belief, i);
        if (before->party.index == belief.party.index && before->outcome == belief.outcome) {
            quid__report(checker->context, QUID_E0303_DUPLICATE, clause->span,
                         "this party's belief stands twice");
            quid__report_related(checker->context, before->origin.span, "it stands here already");
            return;
        }
    }
    QuidBelief *added = quid__vector_push(&checker->deal->belief);
    if (added != NULL)
        *added = belief;
}

static void check_outcomes(Checker *checker, const QuidStatement *statement, QuidThing thing)
{
    const QuidEvent event = DEAL_AT(checker, QuidEvent, event, thing.index);
    uint32_t outcome = event.outcome_first;
    uint32_t otherwise_count = 0;
    for (uint32_t i = 0; i < statement->clause_count; i++) {
        const QuidClause *clause = &checker->tables->clauses[statement->clause_first + i];
        const bool is_outcome =
            clause->kind == QUID_CLAUSE_OUTCOME || clause->kind == QUID_CLAUSE_SECRET_OUTCOME;
        const bool is_belief =
            clause->kind == QUID_CLAUSE_BELIEVES || clause->kind == QUID_CLAUSE_SECRET_BELIEVES;
        if (is_belief && !clause->is_broken)
            check_belief(checker, clause, thing);
        if (!is_outcome)
            continue;
        QuidTermId chance = {0};
        if (!clause->is_broken && !clause->is_otherwise)
            chance = quid__check_probability(checker, clause_operand(checker, clause, 0));
        const QuidOrigin origin = quid__clause_origin(checker, clause);
        QuidOutcome *row = &DEAL_AT(checker, QuidOutcome, outcome, outcome++);
        row->chance = chance;
        row->origin = origin;
        otherwise_count += clause->is_otherwise;
        if (otherwise_count > 1 && clause->is_otherwise)
            quid__report(checker->context, QUID_E0501_CHANCES, clause->span,
                         "only one outcome can be `otherwise`");
    }
}

static void list_parties(Checker *checker, const QuidClause *clause, QuidEvent *event)
{
    event->is_seen_by_all = clause == NULL;
    event->seen_first = checker->deal->party_list.count;
    for (uint32_t i = 0; clause != NULL && i < clause->operand_count; i++) {
        const QuidThing party =
            quid__find_node(checker, clause_operand(checker, clause, i), QUID_THING_PARTY);
        QuidPartyId *added =
            party.index == 0 ? NULL : quid__vector_push(&checker->deal->party_list);
        if (added != NULL)
            *added = (QuidPartyId){party.index};
    }
    event->seen_count = checker->deal->party_list.count - event->seen_first;
}

void quid__check_event(Checker *checker, const QuidStatement *statement, uint32_t index)
{
    QuidEvent event = DEAL_AT(checker, QuidEvent, event, index);
    if (event.is_secret) {
        const QuidClause *owner = quid__find_clause(checker, statement, QUID_CLAUSE_OF);
        quid__report_missing(checker, statement, QUID_CLAUSE_OF,
                             "of PARTY (on the line of `secret`)");
        if (owner != NULL)
            event.owner.index =
                quid__find_node(checker, clause_operand(checker, owner, 0), QUID_THING_PARTY).index;
    } else {
        check_window(checker, statement, &event);
        list_parties(checker, quid__find_clause(checker, statement, QUID_CLAUSE_SEEN_BY), &event);
    }
    event.belief_first = checker->deal->belief.count;
    DEAL_AT(checker, QuidEvent, event, index) = event;
    check_outcomes(checker, statement, (QuidThing){QUID_THING_EVENT, index});
    DEAL_AT(checker, QuidEvent, event, index).belief_count =
        checker->deal->belief.count - event.belief_first;
    if (event.outcome_count > QUID_CHOICE_COUNT_MAX)
        quid__report(checker->context, QUID_E0504_BAD_EVENT, event.origin.span,
                     "`%.*s` has %u outcomes; at most %u can be told apart", QUID_PRINT(event.id),
                     event.outcome_count, QUID_CHOICE_COUNT_MAX);
    if (event.outcome_count < 2 && !statement->is_broken) {
        quid__report(checker->context, QUID_E0504_BAD_EVENT, statement->keyword_span,
                     "`%.*s` needs at least two outcomes", QUID_PRINT(event.id));
        quid__report_hint(checker->context,
                          "add lines such as `struck 55%%` and `upheld otherwise`");
    }
}

// ---- Sums of chances, once every let is known -------------------------------

static void percent_text(double value, char text[32])
{
    (void)quid_double_text((double)(int64_t)(value * 1e6 + 0.5) / 1e4, text);
}

static void report_sum(Checker *checker, const QuidEvent *event, double sum, bool has_otherwise)
{
    char text[32];
    percent_text(sum, text);
    quid__report(checker->context, QUID_E0501_CHANCES, event->origin.span,
                 "the chances of `%.*s` add up to %s%%%s", QUID_PRINT(event->id), text,
                 has_otherwise ? ", which leaves nothing for `otherwise`" : "");
    for (uint32_t i = 0; i < event->outcome_count && i < 4; i++)
        quid__report_related(
            checker->context,
            DEAL_AT(checker, QuidOutcome, outcome, event->outcome_first + i).origin.span,
            "one of them");
    if (sum < 1)
        quid__report_hint(checker->context,
                          "they must make 100%%: give the last outcome `otherwise`");
}

static void check_event_sum(Checker *checker, const QuidEvent *event)
{
    double sum = 0;
    bool has_otherwise = false;
    for (uint32_t i = 0; i < event->outcome_count; i++) {
        const QuidOutcome *outcome =
            &DEAL_AT(checker, QuidOutcome, outcome, event->outcome_first + i);
        QuidEstimate estimate = {0, 0, 0};
        if (outcome->chance.index == 0)
            has_otherwise = true;
        else if (!quid_deal_chance(checker->deal, outcome->chance, &estimate))
            return; // depends on what happens: checked where it is used
        sum += estimate.middle;
    }
    if (sum > 1 + 1e-9 || (!has_otherwise && sum < 1 - 1e-9))
        report_sum(checker, event, sum, has_otherwise);
}

static void check_belief_sums(Checker *checker, const QuidEvent *event)
{
    for (uint32_t i = 0; i < event->belief_count; i++) {
        const QuidBelief *first = &DEAL_AT(checker, QuidBelief, belief, event->belief_first + i);
        double sum = 0;
        uint32_t count = 0;
        bool is_first = true;
        for (uint32_t j = 0; j < event->belief_count; j++) {
            const QuidBelief *belief =
                &DEAL_AT(checker, QuidBelief, belief, event->belief_first + j);
            QuidEstimate estimate = {0, 0, 0};
            if (belief->party.index != first->party.index)
                continue;
            is_first = is_first && j >= i;
            if (!quid_deal_chance(checker->deal, belief->chance, &estimate))
                return;
            sum += estimate.middle;
            count += 1;
        }
        const bool is_full = count == event->outcome_count;
        if (!is_first || (sum <= 1 + 1e-9 && (!is_full || sum >= 1 - 1e-9)))
            continue;
        char text[32];
        percent_text(sum, text);
        quid__report(checker->context, QUID_E0501_CHANCES, first->origin.span,
                     "what `%.*s` believes of `%.*s` adds up to %s%%",
                     QUID_PRINT(DEAL_AT(checker, QuidParty, party, first->party.index).id),
                     QUID_PRINT(event->id), text);
    }
}

void quid__check_chances(Checker *checker)
{
    for (uint32_t i = 1; i < checker->deal->event.count; i++) {
        const QuidEvent *event = &DEAL_AT(checker, QuidEvent, event, i);
        bool is_whole = true;
        for (uint32_t o = 0; o < event->outcome_count; o++) {
            const QuidOutcome *outcome =
                &DEAL_AT(checker, QuidOutcome, outcome, event->outcome_first + o);
            is_whole =
                is_whole && (outcome->chance.index != 0 || outcome->origin.span.file.index != 0);
        }
        if (is_whole && quid__report_error_count(checker->context) == 0) {
            check_event_sum(checker, event);
            check_belief_sums(checker, event);
        } else if (is_whole) {
            check_event_sum(checker, event);
        }
    }
}

// ---- Moves ------------------------------------------------------------------

static bool add_move_date(Checker *checker, uint32_t first, QuidDate date, QuidSpan span)
{
    QuidVector *dates = &checker->deal->move_date;
    if (dates->count - first >= MOVE_DATE_COUNT_MAX) {
        quid__report(checker->context, QUID_E0503_BAD_MOVE, span,
                     "a move falls on at most %u dates", MOVE_DATE_COUNT_MAX);
        return false;
    }
    if (dates->count > first && QUID_AT(dates, QuidDate, dates->count - 1) >= date) {
        quid__report(checker->context, QUID_E0503_BAD_MOVE, span,
                     "a move's dates stand in order, each once");
        return false;
    }
    QuidDate *added = quid__vector_push(dates);
    if (added != NULL)
        *added = date;
    return added != NULL;
}

// The same day of each month, or the month's last.
static QuidDate month_after(QuidDate start, int32_t months)
{
    QuidCivil civil = quid_date_to_civil(start);
    const int32_t count = civil.year * 12 + civil.month - 1 + months;
    civil.year = count / 12;
    civil.month = count % 12 + 1;
    QuidDate date = quid_date_from_civil(civil);
    while (date == QUID_NO_DATE && civil.day > 28) {
        civil.day -= 1;
        date = quid_date_from_civil(civil);
    }
    return date;
}

static void expand_every(Checker *checker, const QuidClause *clause, uint32_t first)
{
    const QuidNode *period = checker_node(checker, clause_operand(checker, clause, 0));
    const QuidString unit = quid__name_text(checker, period->unit);
    const double days = quid__unit_days(unit);
    const bool is_month = days > 28 && days < 32;
    const double count = quid_decimal_to_double(period->value);
    if (days == 0 || count < 1 || count > 1000 || count != (double)(int32_t)count || days > 366 ||
        period->is_business) {
        quid__report(checker->context, QUID_E0503_BAD_MOVE, period->span,
                     "a move is repeated every month, or every whole number of days, weeks, months "
                     "or years");
        return;
    }
    const QuidDate from = quid__clause_date(checker, clause, 1).first;
    const QuidDate to = quid__clause_date(checker, clause, 2).last;
    if (from > to) {
        quid__report(checker->context, QUID_E0503_BAD_MOVE, clause->span,
                     "the first date lies after the last");
        return;
    }
    const int32_t months = is_month ? (int32_t)count : days > 300 ? 12 * (int32_t)count : 0;
    for (int32_t step = 0;; step++) {
        const QuidDate date =
            months > 0 ? month_after(from, step * months) : from + step * (int32_t)(days * count);
        if (date == QUID_NO_DATE || date > to || !add_move_date(checker, first, date, clause->span))
            return;
    }
}

static void check_dates(Checker *checker, const QuidStatement *statement, QuidMove *move)
{
    const QuidClause *on = quid__find_clause(checker, statement, QUID_CLAUSE_MOVE_ON);
    const QuidClause *every = quid__find_clause(checker, statement, QUID_CLAUSE_EVERY);
    move->date_first = checker->deal->move_date.count;
    if (on != NULL && every != NULL) {
        quid__report(checker->context, QUID_E0503_BAD_MOVE, every->span,
                     "a move has `on` or `every`, not both");
        quid__report_related(checker->context, on->span, "the other one is here");
    }
    const QuidClause *clause = on != NULL ? on : every;
    if (clause != NULL)
        move->date_origin = quid__clause_origin(checker, clause);
    for (uint32_t i = 0; on != NULL && i < on->operand_count; i++) {
        const QuidNode *node = checker_node(checker, clause_operand(checker, on, i));
        (void)add_move_date(checker, move->date_first, node->date.first, node->span);
    }
    if (on == NULL && every != NULL)
        expand_every(checker, every, move->date_first);
    move->date_count = checker->deal->move_date.count - move->date_first;
    for (uint32_t i = 0; clause == NULL && i < statement->clause_count; i++) {
        if (checker->tables->clauses[statement->clause_first + i].kind == QUID_CLAUSE_EVERY)
            return; // there, but broken
    }
    if (clause == NULL)
        quid__report_missing(checker, statement, QUID_CLAUSE_MOVE_ON,
                             "on DATE, … (or: every month from DATE to DATE)");
}

static void check_option_lines(Checker *checker, const QuidStatement *statement, QuidThing thing)
{
    const QuidMove move = DEAL_AT(checker, QuidMove, move, thing.index);
    for (uint32_t i = 0; i < statement->clause_count; i++) {
        const QuidClause *clause = &checker->tables->clauses[statement->clause_first + i];
        if (clause->is_broken)
            continue;
        for (uint32_t n = 0; clause->kind == QUID_CLAUSE_UNTIL && n < clause->operand_count; n++) {
            const QuidNode *node = checker_node(checker, clause_operand(checker, clause, n));
            const uint32_t option = quid__find_choice(checker, thing, node->name, node->span);
            if (option != UINT32_MAX)
                DEAL_AT(checker, QuidOption, option, move.option_first + option).is_until = true;
        }
        if (clause->kind != QUID_CLAUSE_OPTION)
            continue;
        const QuidNode *node = checker_node(checker, clause_operand(checker, clause, 0));
        const uint32_t option = quid__find_choice(checker, thing, node->name, node->span);
        const QuidTermId condition =
            quid__check_condition(checker, clause_operand(checker, clause, 1));
        if (option != UINT32_MAX) {
            const QuidOrigin origin = quid__clause_origin(checker, clause);
            DEAL_AT(checker, QuidOption, option, move.option_first + option).condition = condition;
            DEAL_AT(checker, QuidOption, option, move.option_first + option).origin = origin;
        }
    }
}

static void check_blind(Checker *checker, const QuidStatement *statement, QuidMove *move)
{
    const QuidClause *clause = quid__find_clause(checker, statement, QUID_CLAUSE_BLIND_TO);
    move->blind_first = checker->deal->thing_list.count;
    for (uint32_t i = 0; clause != NULL && i < clause->operand_count; i++) {
        const QuidNode *node = checker_node(checker, clause_operand(checker, clause, i));
        const QuidThing thing = quid__find_thing(checker, node->name, node->span, QUID_THING_NONE);
        if (thing.kind == QUID_THING_NONE)
            continue;
        if (thing.kind != QUID_THING_EVENT && thing.kind != QUID_THING_MOVE) {
            quid__report(checker->context, QUID_E0302_WRONG_KIND, node->span,
                         "`%.*s` is a %s; only events and moves can be hidden",
                         QUID_PRINT(quid__name_text(checker, node->name)),
                         quid__thing_word(thing.kind));
            continue;
        }
        QuidThing *added = quid__vector_push(&checker->deal->thing_list);
        if (added != NULL)
            *added = thing;
    }
    move->blind_count = checker->deal->thing_list.count - move->blind_first;
}

static QuidOrigin origin_of(Checker *checker, const QuidStatement *statement, QuidClauseKind kind)
{
    const QuidClause *clause = quid__find_clause(checker, statement, kind);
    QuidOrigin none = {{{0}, 0, 0}, {0}};
    return clause == NULL ? none : quid__clause_origin(checker, clause);
}

void quid__check_move(Checker *checker, const QuidStatement *statement, uint32_t index)
{
    QuidMove move = DEAL_AT(checker, QuidMove, move, index);
    const QuidClause *by = quid__find_clause(checker, statement, QUID_CLAUSE_MOVE_BY);
    const QuidClause *condition = quid__find_clause(checker, statement, QUID_CLAUSE_IF);
    const QuidClause *after = quid__find_clause(checker, statement, QUID_CLAUSE_MOVE_AFTER);
    quid__report_missing(checker, statement, QUID_CLAUSE_MOVE_BY,
                         "by PARTY (on the line of `move`)");
    quid__report_missing(checker, statement, QUID_CLAUSE_CHOOSE, "choose OPTION, OPTION");
    if (by != NULL)
        move.party.index =
            quid__find_node(checker, clause_operand(checker, by, 0), QUID_THING_PARTY).index;
    check_dates(checker, statement, &move);
    if (condition != NULL)
        move.condition = quid__check_condition(checker, clause_operand(checker, condition, 0));
    if (after != NULL)
        move.after.index =
            quid__find_node(checker, clause_operand(checker, after, 0), QUID_THING_MOVE).index;
    check_blind(checker, statement, &move);
    move.choose_origin = origin_of(checker, statement, QUID_CLAUSE_CHOOSE);
    move.until_origin = origin_of(checker, statement, QUID_CLAUSE_UNTIL);
    move.condition_origin = origin_of(checker, statement, QUID_CLAUSE_IF);
    move.after_origin = origin_of(checker, statement, QUID_CLAUSE_MOVE_AFTER);
    move.blind_origin = origin_of(checker, statement, QUID_CLAUSE_BLIND_TO);
    DEAL_AT(checker, QuidMove, move, index) = move;
    check_option_lines(checker, statement, (QuidThing){QUID_THING_MOVE, index});
    if (move.option_count > QUID_CHOICE_COUNT_MAX)
        quid__report(checker->context, QUID_E0503_BAD_MOVE, move.origin.span,
                     "`%.*s` has %u options; at most %u can be told apart", QUID_PRINT(move.id),
                     move.option_count, QUID_CHOICE_COUNT_MAX);
    if (move.option_count == 1)
        quid__report(checker->context, QUID_E0503_BAD_MOVE, move.origin.span,
                     "`%.*s` has one option only: there is nothing to choose", QUID_PRINT(move.id));
}
