// What the facts say of a condition: true, false, or not yet known (Kleene's three-valued logic).
#include "ledger_internal.h"

typedef struct Happening {
    QuidTruth truth;
    QuidDate date;
} Happening;

static QuidTermId child(const QuidLedger *ledger, const QuidTerm *term, uint32_t n)
{
    return ledger->model->term_childs[term->child_first + n];
}

// Whether an event, a move or a milestone has been settled, and when.
static Happening thing_happened(const QuidLedger *ledger, QuidThing thing)
{
    if (thing.kind == QUID_THING_MILESTONE) {
        const QuidDate date = ledger->milestones[thing.index].reached;
        return (Happening){date == QUID_NO_DATE ? QUID_UNKNOWN : QUID_TRUE, date};
    }
    if (thing.kind == QUID_THING_EVENT) {
        const QuidEventState *event = &ledger->events[thing.index];
        return (Happening){event->is_known ? QUID_TRUE : QUID_UNKNOWN, event->date};
    }
    const QuidMove *move = &ledger->model->moves[thing.index];
    Happening last = {QUID_UNKNOWN, QUID_NO_DATE};
    for (uint32_t i = 0; thing.kind == QUID_THING_MOVE && i < move->date_count; i++) {
        const QuidChoice *choice = &ledger->choices[ledger->moves[thing.index].choice_first + i];
        if (choice->option != QUID_NO_CHOICE && ledger->moves[thing.index].is_final)
            last = (Happening){QUID_TRUE, ledger->model->facts[choice->fact].date};
    }
    return last;
}

static Happening is_choice(const QuidLedger *ledger, const QuidTerm *term)
{
    if (term->thing.kind == QUID_THING_EVENT) {
        const QuidEventState *event = &ledger->events[term->thing.index];
        if (!event->is_known)
            return (Happening){QUID_UNKNOWN, QUID_NO_DATE};
        return (Happening){event->outcome == term->choice ? QUID_TRUE : QUID_FALSE, event->date};
    }
    const QuidMove *move = &ledger->model->moves[term->thing.index];
    const QuidMoveState *state = &ledger->moves[term->thing.index];
    Happening happening = {QUID_UNKNOWN, QUID_NO_DATE};
    for (uint32_t i = 0; state->is_final && i < move->date_count; i++) {
        const QuidChoice *choice = &ledger->choices[state->choice_first + i];
        if (choice->option == QUID_NO_CHOICE)
            continue;
        happening.truth = choice->option == term->choice ? QUID_TRUE : QUID_FALSE;
        happening.date = ledger->model->facts[choice->fact].date;
    }
    return happening;
}

static Happening happening_of(const QuidLedger *ledger, const QuidTerm *term)
{
    if (term->kind == QUID_TERM_REACHED)
        return thing_happened(ledger, term->thing);
    return is_choice(ledger, term);
}

static QuidTruth happened_by(const QuidLedger *ledger, const QuidTerm *term)
{
    const QuidTerm *what = &ledger->model->terms[child(ledger, term, 0).index];
    const Happening happening = happening_of(ledger, what);
    if (happening.truth == QUID_FALSE)
        return QUID_FALSE;
    const bool is_date = term->thing.kind == QUID_THING_NONE;
    if (is_date) {
        // by D: before D+1; before D: before D begins.
        const QuidDate last = term->kind == QUID_TERM_BY ? term->date.last : term->date.first - 1;
        if (happening.truth == QUID_TRUE)
            return happening.date <= last ? QUID_TRUE : QUID_FALSE;
        return ledger->now > last ? QUID_FALSE : QUID_UNKNOWN;
    }
    const Happening other = thing_happened(ledger, term->thing);
    if (happening.truth == QUID_TRUE && other.truth == QUID_TRUE)
        return happening.date < other.date ? QUID_TRUE : QUID_FALSE;
    if (happening.truth == QUID_TRUE)
        return QUID_TRUE;
    return other.truth == QUID_TRUE ? QUID_FALSE : QUID_UNKNOWN;
}

static bool value_of(QuidLedger *ledger, QuidTermId id, double *value);

// On a date: as it stood at that day's end. Otherwise now, parts included, at the rates known.
static bool stage_amount(QuidLedger *ledger, const QuidTerm *term, uint32_t index, int64_t *minor)
{
    if (term->date.last != QUID_NO_DATE) {
        const bool has_amounts = ledger->wakes.count > 0;
        *minor = has_amounts ? ledger->amounts[index].minor : 0;
        return has_amounts && ledger->amounts[index].is_known;
    }
    if (ledger->is_settled) {
        const QuidPledgeBalance *balance = &ledger->balances[term->thing.index];
        *minor = quid_stages_at_least(&balance->with_parts, term->stage);
        return !balance->is_rate_missing;
    }
    QuidStages stages;
    ledger->is_quiet = true;
    const bool is_known = quid__sum_with_parts(ledger, term->thing.index, &stages);
    ledger->is_quiet = false;
    *minor = quid_stages_at_least(&stages, term->stage);
    return is_known;
}

static bool model_value(QuidLedger *ledger, const QuidTerm *term, uint32_t index, double *value)
{
    if (term->kind == QUID_TERM_LET)
        return value_of(ledger, ledger->model->lets[term->thing.index].value, value);
    if (term->kind == QUID_TERM_STAGE) {
        int64_t minor;
        const QuidPledge *pledge = &ledger->model->pledges[term->thing.index];
        const int32_t digits = ledger->model->units[pledge->unit.index].digits;
        if (!stage_amount(ledger, term, index, &minor))
            return false;
        *value = quid_decimal_to_double((QuidDecimal){minor, -digits});
        return true;
    }
    if (term->kind == QUID_TERM_DATE_OF) {
        const Happening happening = thing_happened(ledger, term->thing);
        *value = happening.date;
        return happening.truth == QUID_TRUE;
    }
    if (term->kind == QUID_TERM_LATE) {
        const QuidMilestoneState *state = &ledger->milestones[term->thing.index];
        if (state->reached == QUID_NO_DATE || state->deadline.current == QUID_NO_DATE)
            return false;
        const int32_t days = state->reached - state->deadline.current;
        *value = days > 0 ? days : 0;
        return true;
    }
    return false;
}

static bool converted(const QuidLedger *ledger, const QuidTerm *term, double value, double *result)
{
    const QuidTerm *inner = &ledger->model->terms[child(ledger, term, 0).index];
    double rate;
    if (!quid_ledger_rate(ledger, inner->type.money, term->type.money, &rate))
        return false;
    *result = value * rate;
    return true;
}

static bool value_of(QuidLedger *ledger, QuidTermId id, double *value)
{
    const QuidTerm *term = &ledger->model->terms[id.index];
    if (term->kind == QUID_TERM_CONSTANT || term->kind == QUID_TERM_DATE) {
        *value = term->value;
        return true;
    }
    if (term->child_count == 0)
        return model_value(ledger, term, id.index, value);
    double left = 0;
    double right = 0;
    if (term->child_count > 2 || !value_of(ledger, child(ledger, term, 0), &left))
        return false;
    if (term->child_count == 2 && !value_of(ledger, child(ledger, term, 1), &right))
        return false;
    switch (term->kind) {
    case QUID_TERM_CONVERT:
        return converted(ledger, term, left, value);
    case QUID_TERM_NEGATE:
        *value = -left;
        return true;
    case QUID_TERM_ADD:
        *value = left + right;
        return true;
    case QUID_TERM_SUBTRACT:
        *value = left - right;
        return true;
    case QUID_TERM_MULTIPLY:
        *value = left * right;
        return true;
    case QUID_TERM_DIVIDE:
        *value = left / right;
        return right != 0;
    default:
        return false;
    }
}

static QuidTruth compare(QuidLedger *ledger, const QuidTerm *term)
{
    double left;
    double right;
    if (!value_of(ledger, child(ledger, term, 0), &left) ||
        !value_of(ledger, child(ledger, term, 1), &right))
        return QUID_UNKNOWN;
    bool is_true = false;
    if (term->kind == QUID_TERM_EQUAL)
        is_true = !(left < right) && !(left > right);
    else if (term->kind == QUID_TERM_NOT_EQUAL)
        is_true = left < right || left > right;
    else if (term->kind == QUID_TERM_LESS)
        is_true = left < right;
    else if (term->kind == QUID_TERM_LESS_EQUAL)
        is_true = left <= right;
    else if (term->kind == QUID_TERM_GREATER)
        is_true = left > right;
    else
        is_true = left >= right;
    return is_true ? QUID_TRUE : QUID_FALSE;
}

static QuidTruth junction(QuidLedger *ledger, const QuidTerm *term)
{
    const QuidTruth decisive = term->kind == QUID_TERM_AND ? QUID_FALSE : QUID_TRUE;
    QuidTruth result = decisive == QUID_FALSE ? QUID_TRUE : QUID_FALSE;
    for (uint32_t i = 0; i < term->child_count; i++) {
        const QuidTruth part = quid__truth(ledger, child(ledger, term, i));
        if (part == decisive)
            return decisive;
        if (part == QUID_UNKNOWN)
            result = QUID_UNKNOWN;
    }
    return result;
}

// Terms nest no deeper than QUID_HEIGHT_MAX and the bounds on lets allow.
QuidTruth quid__truth(QuidLedger *ledger, QuidTermId condition)
{
    const QuidTerm *term = &ledger->model->terms[condition.index];
    switch (term->kind) {
    case QUID_TERM_IS:
    case QUID_TERM_REACHED:
        return happening_of(ledger, term).truth;
    case QUID_TERM_BY:
    case QUID_TERM_BEFORE:
        return happened_by(ledger, term);
    case QUID_TERM_NOT: {
        const QuidTruth inner = quid__truth(ledger, child(ledger, term, 0));
        return inner == QUID_TRUE ? QUID_FALSE : inner == QUID_FALSE ? QUID_TRUE : QUID_UNKNOWN;
    }
    case QUID_TERM_AND:
    case QUID_TERM_OR:
        return junction(ledger, term);
    case QUID_TERM_LET:
        return quid__truth(ledger, ledger->model->lets[term->thing.index].value);
    case QUID_TERM_IF: {
        const QuidTruth gate = quid__truth(ledger, child(ledger, term, 1));
        return gate == QUID_UNKNOWN
                   ? QUID_UNKNOWN
                   : quid__truth(ledger, child(ledger, term, gate == QUID_TRUE ? 0 : 2));
    }
    case QUID_TERM_EQUAL:
    case QUID_TERM_NOT_EQUAL:
    case QUID_TERM_LESS:
    case QUID_TERM_LESS_EQUAL:
    case QUID_TERM_GREATER:
    case QUID_TERM_GREATER_EQUAL:
        return compare(ledger, term);
    default:
        return QUID_UNKNOWN;
    }
}
