// Facts to postings: every fact moves an amount from one stage to another, or it is an error at its
// line.
#include "ledger_internal.h"

// What is being replayed: a fact or a clause.
typedef struct Entry {
    QuidVerb verb;
    uint32_t pledge;
    bool has_amount;
    int64_t amount;
    QuidDate date;
    QuidSpan span;
    uint32_t fact; // UINT32_MAX: a clause
} Entry;

static const QuidPledge *pledge_at(const QuidLedger *ledger, uint32_t index)
{
    return &ledger->model->pledges[index];
}

bool quid__post(QuidLedger *ledger, uint32_t pledge, QuidStage from, QuidStage to, int64_t amount)
{
    QuidPledgeBalance *balance = &ledger->balances[pledge];
    int64_t *own = balance->own.minor;
    int64_t grown = 0;
    if (to != QUID_STAGE_COUNT && !quid_minor_add(own[to], amount, &grown))
        return false;
    const QuidUnitId unit = balance->unit;
    // Checked on the way up before anything is written: a sum that overflows leaves the books as
    // they were.
    for (uint32_t at = pledge; to != QUID_STAGE_COUNT && at != 0;
         at = pledge_at(ledger, at)->parent.index) {
        int64_t sum;
        if (ledger->balances[at].unit.index == unit.index &&
            !quid_minor_add(ledger->books[at].sum[to], amount, &sum))
            return false;
    }
    if (from != QUID_STAGE_COUNT)
        own[from] -= amount;
    if (to != QUID_STAGE_COUNT) {
        own[to] = grown;
        if (balance->stage_date[to] == QUID_NO_DATE)
            balance->stage_date[to] = ledger->now;
    }
    for (uint32_t at = pledge; at != 0; at = pledge_at(ledger, at)->parent.index) {
        if (ledger->balances[at].unit.index != unit.index)
            break;
        if (from != QUID_STAGE_COUNT)
            ledger->books[at].sum[from] -= amount;
        if (to != QUID_STAGE_COUNT)
            ledger->books[at].sum[to] += amount;
    }
    return true;
}

// ---- Messages ---------------------------------------------------------------

// The last three facts before this one that concern the pledge, so that the reader sees how its
// balance came about.
static void relate_facts(QuidLedger *ledger, const Entry *entry)
{
    uint32_t found = 0;
    uint32_t at = 0;
    while (at < ledger->entry_count && ledger->entries[at] != entry->fact + ledger->clause_count)
        at += 1;
    while (at-- > 0 && found < 3) {
        const uint32_t number = ledger->entries[at];
        if (number < ledger->clause_count) {
            if (ledger->clauses[number].pledge.index != entry->pledge)
                continue;
            quid__report_related(ledger->context, ledger->clauses[number].origin.span,
                                 "it begins here");
        } else {
            const QuidFact *fact = &ledger->model->facts[number - ledger->clause_count];
            if (fact->verb > QUID_VERB_CANCEL || fact->subject != entry->pledge)
                continue;
            quid__report_related(ledger->context, quid_deal_fact_span(ledger->deal, fact),
                                 "this moved it before");
        }
        found += 1;
    }
}

static void report_overdrawn(QuidLedger *ledger, const Entry *entry, int64_t wanted, int64_t held,
                             const char *where, uint32_t pledge)
{
    if (!ledger->is_strict)
        return;
    char need[QUID_AMOUNT_TEXT_SIZE];
    char have[QUID_AMOUNT_TEXT_SIZE];
    const QuidUnitId unit = ledger->balances[entry->pledge].unit;
    (void)quid_deal_amount_text(ledger->deal, wanted, unit, 18, need);
    (void)quid_deal_amount_text(ledger->deal, held, unit, 18, have);
    quid__report(ledger->context, QUID_E0601_OVERDRAWN, entry->span,
                 "this takes %s, but `%.*s` holds only %s %s", need,
                 QUID_PRINT(pledge_at(ledger, pledge)->id), have, where);
    if (pledge_at(ledger, pledge)->has_amount)
        quid__report_related(ledger->context, pledge_at(ledger, pledge)->amount_origin.span,
                             "its amount is written here");
    relate_facts(ledger, entry);
    quid__report_hint(ledger->context,
                      "correct the amount, or record the fact that is missing before this one");
}

// A fact without an amount takes all that a stage holds: of nothing it is a mistake.
static bool report_nothing(QuidLedger *ledger, const Entry *entry, QuidStage from)
{
    const QuidPledge *pledge = pledge_at(ledger, entry->pledge);
    const QuidPledgeBalance *balance = &ledger->balances[entry->pledge];
    const bool is_new = balance->put_in == 0 && balance->drawn_in == 0;
    quid__report(ledger->context, QUID_E0601_OVERDRAWN, entry->span,
                 "this takes all of `%.*s` that %s, and that is nothing%s", QUID_PRINT(pledge->id),
                 from == QUID_STAGE_OFFERED     ? "can still be cancelled"
                 : from == QUID_STAGE_PLEDGED   ? "is pledged"
                 : from == QUID_STAGE_COMMITTED ? "is committed"
                                                : "is disbursed",
                 balance->has_parts ? ": its parts have facts of their own" : "");
    relate_facts(ledger, entry);
    if (is_new)
        quid__report_hint(ledger->context, "nothing of `%.*s` is pledged yet: %s",
                          QUID_PRINT(pledge->id),
                          pledge->has_amount ? "add `made DATE` or a `pledge` fact"
                                             : "say how much, or add a `pledge` fact");
    else
        quid__report_hint(ledger->context,
                          "record the fact that is missing before this one, or leave this one out");
    return false;
}

static bool overflow(QuidLedger *ledger, const Entry *entry)
{
    if (ledger->is_strict)
        quid__report(ledger->context, QUID_E0608_TOO_LARGE, entry->span,
                     "with this, `%.*s` is more than Quid counts exactly",
                     QUID_PRINT(pledge_at(ledger, entry->pledge)->id));
    return false;
}

// ---- Drawing ----------------------------------------------------------------

static bool put_in(QuidLedger *ledger, const Entry *entry, uint32_t pledge, QuidStage stage,
                   int64_t amount)
{
    if (amount == 0)
        return true;
    int64_t total;
    if (!quid_minor_add(ledger->balances[pledge].put_in, amount, &total) ||
        !quid__post(ledger, pledge, QUID_STAGE_COUNT, stage, amount))
        return overflow(ledger, entry);
    ledger->balances[pledge].put_in = total;
    return true;
}

// In a filtered view the missing amount came by a fact that is left out.
static bool imply(QuidLedger *ledger, const Entry *entry, uint32_t pledge, QuidStage stage,
                  int64_t amount)
{
    if (!put_in(ledger, entry, pledge, stage, amount))
        return false;
    ledger->balances[pledge].implied += amount;
    return true;
}

static bool is_capped(const QuidLedger *ledger, uint32_t pledge)
{
    const QuidPledge *row = pledge_at(ledger, pledge);
    return row->has_amount && !row->is_or_more;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

// Moves amount from the parents' unallocated pledges into pledge.pledged; at the top it is put in.
static bool draw(QuidLedger *ledger, const Entry *entry, uint32_t pledge, int64_t amount)
{
    const uint32_t parent = pledge_at(ledger, pledge)->parent.index;
    if (amount == 0)
        return true;
    if (parent == 0 || ledger->balances[parent].unit.index == 0)
        return put_in(ledger, entry, pledge, QUID_STAGE_PLEDGED, amount);
    if (ledger->balances[parent].unit.index != ledger->balances[pledge].unit.index) {
        // Taken off the parent when totals are made, at the rate of the as-of date.
        ledger->books[pledge].drawn_foreign += amount;
        return put_in(ledger, entry, pledge, QUID_STAGE_PLEDGED, amount);
    }
    static const QuidStage stages[] = {QUID_STAGE_PLEDGED, QUID_STAGE_OFFERED, QUID_STAGE_DEMANDED};
    int64_t held = 0;
    for (size_t i = 0; i < 3; i++)
        held += least(ledger->balances[parent].own.minor[stages[i]], INT64_MAX / 4);
    int64_t missing = amount - least(amount, held);
    if (missing > 0 && is_capped(ledger, parent)) {
        if (ledger->is_strict) {
            report_overdrawn(ledger, entry, amount, held, "that is not allocated yet", parent);
            return false;
        }
        if (!imply(ledger, entry, parent, QUID_STAGE_PLEDGED, missing))
            return false;
    } else if (missing > 0 && !draw(ledger, entry, parent, missing)) {
        return false;
    }
    int64_t left = amount;
    for (size_t i = 0; i < 3 && left > 0; i++) {
        const int64_t part = least(left, ledger->balances[parent].own.minor[stages[i]]);
        if (part <= 0)
            continue;
        (void)quid__post(ledger, parent, stages[i], QUID_STAGE_COUNT, part);
        if (!quid__post(ledger, pledge, QUID_STAGE_COUNT, QUID_STAGE_PLEDGED, part))
            return overflow(ledger, entry);
        ledger->balances[parent].drawn_out += part;
        ledger->balances[pledge].drawn_in += part;
        left -= part;
    }
    QUID_ASSERT(left == 0);
    return true;
}

// ---- Verbs ------------------------------------------------------------------

static int64_t alive(const QuidPledgeBalance *balance)
{
    const int64_t *own = balance->own.minor;
    return own[QUID_STAGE_PLEDGED] + own[QUID_STAGE_COMMITTED] + own[QUID_STAGE_DISBURSED] +
           own[QUID_STAGE_COMPLETED];
}

static bool exceeds_cap(QuidLedger *ledger, const Entry *entry, int64_t amount)
{
    const QuidPledge *pledge = pledge_at(ledger, entry->pledge);
    const QuidPledgeBalance *balance = &ledger->balances[entry->pledge];
    if (!is_capped(ledger, entry->pledge) || !ledger->is_strict)
        return false;
    // What parts have drawn was pledged here before.
    const int64_t used = alive(balance) + balance->drawn_out;
    if (amount <= pledge->amount - used)
        return false;
    report_overdrawn(ledger, entry, amount, pledge->amount - used, "still to be pledged",
                     entry->pledge);
    return true;
}

static bool pledge_amount(QuidLedger *ledger, const Entry *entry, int64_t amount)
{
    if (exceeds_cap(ledger, entry, amount))
        return false;
    static const QuidStage stages[] = {QUID_STAGE_OFFERED, QUID_STAGE_DEMANDED};
    for (size_t i = 0; i < 2; i++) {
        const int64_t part = least(amount, ledger->balances[entry->pledge].own.minor[stages[i]]);
        if (part > 0 && !quid__post(ledger, entry->pledge, stages[i], QUID_STAGE_PLEDGED, part))
            return overflow(ledger, entry);
        amount -= part > 0 ? part : 0;
    }
    return draw(ledger, entry, entry->pledge, amount);
}

static bool amend(QuidLedger *ledger, const Entry *entry)
{
    QuidPledgeBalance *balance = &ledger->balances[entry->pledge];
    const int64_t now = alive(balance) + balance->drawn_out;
    if (entry->amount >= now)
        return draw(ledger, entry, entry->pledge, entry->amount - now);
    const int64_t less = now - entry->amount;
    const int64_t held = balance->own.minor[QUID_STAGE_PLEDGED];
    if (less <= held)
        return quid__post(ledger, entry->pledge, QUID_STAGE_PLEDGED, QUID_STAGE_CANCELLED, less) ||
               overflow(ledger, entry);
    if (ledger->is_strict) {
        report_overdrawn(ledger, entry, less, held, "that is pledged and not yet committed",
                         entry->pledge);
        return false;
    }
    return held <= 0 ||
           quid__post(ledger, entry->pledge, QUID_STAGE_PLEDGED, QUID_STAGE_CANCELLED, held);
}

static const char *stage_phrase(QuidStage stage)
{
    return stage == QUID_STAGE_PLEDGED     ? "pledged"
           : stage == QUID_STAGE_COMMITTED ? "committed"
                                           : "disbursed";
}

// commit, disburse, complete: from the stage before.
static bool advance(QuidLedger *ledger, const Entry *entry, QuidStage from, QuidStage to)
{
    QuidPledgeBalance *balance = &ledger->balances[entry->pledge];
    const int64_t held = balance->own.minor[from];
    if (!entry->has_amount && held <= 0 && ledger->is_strict)
        return report_nothing(ledger, entry, from);
    const int64_t amount = entry->has_amount ? entry->amount : held;
    const int64_t missing = amount - least(amount, held);
    if (missing > 0) {
        const QuidPledge *pledge = pledge_at(ledger, entry->pledge);
        // A part without an amount of its own, or an open-ended promise, takes what its facts give
        // it.
        const bool is_open =
            from == QUID_STAGE_PLEDGED &&
            (pledge->is_or_more || (!pledge->has_amount && pledge->parent.index != 0));
        if (is_open) {
            if (!draw(ledger, entry, entry->pledge, missing))
                return false;
        } else if (ledger->is_strict) {
            report_overdrawn(ledger, entry, amount, held, stage_phrase(from), entry->pledge);
            return false;
        } else if (!imply(ledger, entry, entry->pledge, from, missing)) {
            return false;
        }
    }
    return amount == 0 || quid__post(ledger, entry->pledge, from, to, amount) ||
           overflow(ledger, entry);
}

// cancel and lapse: out of what is not disbursed, the least advanced first. amount < 0: all of it.
static bool take_out(QuidLedger *ledger, const Entry *entry, int64_t amount, QuidStage to)
{
    static const QuidStage stages[] = {QUID_STAGE_OFFERED, QUID_STAGE_DEMANDED, QUID_STAGE_PLEDGED,
                                       QUID_STAGE_COMMITTED};
    int64_t *own = ledger->balances[entry->pledge].own.minor;
    int64_t held = 0;
    for (size_t i = 0; i < 4; i++)
        held += own[stages[i]];
    if (amount > held && ledger->is_strict) {
        report_overdrawn(ledger, entry, amount, held, "that can still be cancelled", entry->pledge);
        return false;
    }
    if (amount < 0 && held <= 0 && to == QUID_STAGE_CANCELLED && ledger->is_strict)
        return report_nothing(ledger, entry, QUID_STAGE_OFFERED);
    int64_t left = amount < 0 || amount > held ? held : amount;
    for (size_t i = 0; i < 4; i++) {
        const int64_t part = least(left, own[stages[i]]);
        if (part > 0 && !quid__post(ledger, entry->pledge, stages[i], to, part))
            return overflow(ledger, entry);
        left -= part > 0 ? part : 0;
    }
    return true;
}

static QuidStage stage_of(QuidVerb verb)
{
    switch (verb) {
    case QUID_VERB_OFFER:
        return QUID_STAGE_OFFERED;
    case QUID_VERB_DEMAND:
        return QUID_STAGE_DEMANDED;
    case QUID_VERB_COMMIT:
        return QUID_STAGE_COMMITTED;
    case QUID_VERB_DISBURSE:
        return QUID_STAGE_DISBURSED;
    case QUID_VERB_COMPLETE:
        return QUID_STAGE_COMPLETED;
    case QUID_VERB_CANCEL:
        return QUID_STAGE_CANCELLED;
    default:
        return QUID_STAGE_PLEDGED;
    }
}

// The amount of a fact that names none: the clause's amount for what is put in.
static int64_t default_amount(const QuidLedger *ledger, const Entry *entry)
{
    const QuidPledge *pledge = pledge_at(ledger, entry->pledge);
    const QuidPledgeBalance *balance = &ledger->balances[entry->pledge];
    if (!pledge->has_amount)
        return 0;
    if (entry->verb != QUID_VERB_PLEDGE)
        return pledge->amount;
    const int64_t used = alive(balance) + balance->drawn_out;
    return pledge->amount > used ? pledge->amount - used : 0;
}

static bool move_amount(QuidLedger *ledger, const Entry *entry)
{
    const int64_t amount = entry->has_amount ? entry->amount : default_amount(ledger, entry);
    switch (entry->verb) {
    case QUID_VERB_OFFER:
    case QUID_VERB_DEMAND:
        return put_in(ledger, entry, entry->pledge, stage_of(entry->verb), amount);
    case QUID_VERB_PLEDGE:
        return pledge_amount(ledger, entry, amount);
    case QUID_VERB_AMEND:
        return amend(ledger, entry);
    case QUID_VERB_COMMIT:
        return advance(ledger, entry, QUID_STAGE_PLEDGED, QUID_STAGE_COMMITTED);
    case QUID_VERB_DISBURSE:
        return advance(ledger, entry, QUID_STAGE_COMMITTED, QUID_STAGE_DISBURSED);
    case QUID_VERB_COMPLETE:
        return advance(ledger, entry, QUID_STAGE_DISBURSED, QUID_STAGE_COMPLETED);
    default:
        return take_out(ledger, entry, entry->has_amount ? entry->amount : -1,
                        QUID_STAGE_CANCELLED);
    }
}

static void mark_stage(QuidLedger *ledger, const Entry *entry)
{
    QuidPledgeBalance *balance = &ledger->balances[entry->pledge];
    const QuidStage stage = stage_of(entry->verb);
    balance->last_fact = entry->fact;
    balance->has_stage = true;
    if (balance->unit.index == 0) { // in kind: the fact says where it stands
        balance->stage = stage;
        if (balance->stage_date[stage] == QUID_NO_DATE)
            balance->stage_date[stage] = entry->date;
    }
}

// ---- Assertions -------------------------------------------------------------

static void check_balance(QuidLedger *ledger, const Entry *entry, QuidStage stage)
{
    QuidStages stages;
    if (!ledger->is_strict || !quid__sum_with_parts(ledger, entry->pledge, &stages))
        return;
    const int64_t found = stages.minor[stage];
    if (found == entry->amount)
        return;
    const QuidUnitId unit = ledger->balances[entry->pledge].unit;
    char is[QUID_AMOUNT_TEXT_SIZE];
    char said[QUID_AMOUNT_TEXT_SIZE];
    char difference[QUID_AMOUNT_TEXT_SIZE];
    (void)quid_deal_amount_text(ledger->deal, found, unit, 18, is);
    (void)quid_deal_amount_text(ledger->deal, entry->amount, unit, 18, said);
    int64_t gap = 0;
    const bool has_gap = quid_minor_subtract(found, entry->amount, &gap);
    (void)quid_deal_amount_text(ledger->deal, has_gap ? gap : 0, unit, 18, difference);
    quid__report(ledger->context, QUID_E0602_FAILED_BALANCE, entry->span,
                 "by the facts up to here, %s of `%.*s` is %s, not %s (difference %s)", is,
                 QUID_PRINT(pledge_at(ledger, entry->pledge)->id), quid_stage_word(stage), said,
                 difference);
    relate_facts(ledger, entry);
    quid__report_hint(ledger->context, "a fact is missing or wrong, or the assertion is");
}

// ---- Events, moves, milestones ----------------------------------------------

static void observe(QuidLedger *ledger, const QuidFact *fact, uint32_t index)
{
    QuidEventState *state = &ledger->events[fact->subject];
    if (!state->is_known) {
        *state = (QuidEventState){true, fact->choice, fact->date, index};
        return;
    }
    if (!ledger->is_strict || state->outcome == fact->choice)
        return;
    quid__report(ledger->context, QUID_E0604_CONTRADICTION, quid_deal_fact_span(ledger->deal, fact),
                 "`%.*s` has happened already, with another outcome",
                 QUID_PRINT(ledger->model->events[fact->subject].id));
    quid__report_related(ledger->context,
                         quid_deal_fact_span(ledger->deal, &ledger->model->facts[state->fact]),
                         "it was observed here");
}

static void choose(QuidLedger *ledger, const QuidFact *fact, uint32_t index)
{
    const QuidMove *move = &ledger->model->moves[fact->subject];
    QuidMoveState *state = &ledger->moves[fact->subject];
    uint32_t epoch = 0;
    while (epoch < move->date_count &&
           ledger->model->move_dates[move->date_first + epoch] < fact->date)
        epoch += 1;
    QuidChoice *choices = &ledger->choices[state->choice_first];
    const uint32_t before = epoch < move->date_count && choices[epoch].option != QUID_NO_CHOICE
                                ? choices[epoch].fact
                                : UINT32_MAX;
    if (state->is_final || before != UINT32_MAX || epoch == move->date_count) {
        if (!ledger->is_strict)
            return;
        quid__report(ledger->context, QUID_E0605_MOVE_IS_OVER,
                     quid_deal_fact_span(ledger->deal, fact),
                     before != UINT32_MAX ? "`%.*s` has a recorded choice for this date already"
                                          : "`%.*s` was decided before: nothing was left to choose",
                     QUID_PRINT(move->id));
        uint32_t last = before;
        for (uint32_t i = 0; last == UINT32_MAX && i < move->date_count; i++) {
            if (choices[i].option != QUID_NO_CHOICE &&
                ledger->model->options[move->option_first + choices[i].option].is_until)
                last = choices[i].fact;
        }
        if (last != UINT32_MAX)
            quid__report_related(ledger->context,
                                 quid_deal_fact_span(ledger->deal, &ledger->model->facts[last]),
                                 "it was chosen here");
        return;
    }
    choices[epoch] = (QuidChoice){fact->choice, index};
    const bool is_until = ledger->model->options[move->option_first + fact->choice].is_until;
    state->is_final = is_until || epoch + 1 == move->date_count;
}

static void reach(QuidLedger *ledger, const QuidFact *fact, uint32_t index)
{
    QuidMilestoneState *state = &ledger->milestones[fact->subject];
    const QuidMilestone *milestone = &ledger->model->milestones[fact->subject];
    const QuidSpan span = quid_deal_fact_span(ledger->deal, fact);
    if (state->reached != QUID_NO_DATE) {
        if (ledger->is_strict) {
            quid__report(ledger->context, QUID_E0604_CONTRADICTION, span,
                         "`%.*s` has been reached already", QUID_PRINT(milestone->id));
            quid__report_related(
                ledger->context,
                quid_deal_fact_span(ledger->deal, &ledger->model->facts[state->fact]),
                "it was reached here");
        }
        return;
    }
    if (ledger->is_strict && milestone->needs.index != 0 &&
        quid__truth(ledger, milestone->needs) == QUID_FALSE) {
        quid__report(ledger->context, QUID_E0606_NOT_POSSIBLE, span,
                     "by the facts up to here, what `%.*s` needs is not so",
                     QUID_PRINT(milestone->id));
        quid__report_related(ledger->context, ledger->model->terms[milestone->needs.index].span,
                             "it needs this");
    }
    state->reached = fact->date;
    state->fact = index;
}

static void extend(QuidLedger *ledger, const QuidFact *fact, uint32_t index)
{
    const bool is_milestone = fact->subject_kind == QUID_THING_MILESTONE;
    QuidDeadline *deadline = is_milestone ? &ledger->milestones[fact->subject].deadline
                                          : &ledger->balances[fact->subject].deadline;
    if (fact->until <= deadline->current) {
        if (ledger->is_strict) {
            char text[11];
            quid_date_text(deadline->current, text);
            quid__report(ledger->context, QUID_E0607_NOT_LATER,
                         quid_deal_fact_span(ledger->deal, fact),
                         "the deadline is %s already: this does not move it later", text);
        }
        return;
    }
    QuidExtension *extension = quid__vector_push(&ledger->extensions);
    if (extension != NULL)
        *extension = (QuidExtension){deadline->current, fact->until, index};
    deadline->current = fact->until;
    deadline->extension_count += 1;
}

// ---- The replay -------------------------------------------------------------

static void replay_amount(QuidLedger *ledger, const Entry *entry)
{
    const bool is_in_kind = ledger->balances[entry->pledge].unit.index == 0;
    if (is_in_kind || move_amount(ledger, entry))
        mark_stage(ledger, entry);
}

static void replay_fact(QuidLedger *ledger, uint32_t index)
{
    const QuidFact *fact = &ledger->model->facts[index];
    const Entry entry = {(QuidVerb)fact->verb,
                         fact->subject,
                         fact->has_amount,
                         fact->amount,
                         fact->date,
                         quid_deal_fact_span(ledger->deal, fact),
                         index};
    switch ((QuidVerb)fact->verb) {
    case QUID_VERB_OFFER:
    case QUID_VERB_DEMAND:
    case QUID_VERB_PLEDGE:
    case QUID_VERB_AMEND:
    case QUID_VERB_COMMIT:
    case QUID_VERB_DISBURSE:
    case QUID_VERB_COMPLETE:
    case QUID_VERB_CANCEL:
        replay_amount(ledger, &entry);
        return;
    case QUID_VERB_BALANCE:
        check_balance(ledger, &entry, (QuidStage)fact->choice);
        return;
    case QUID_VERB_EXTEND:
        extend(ledger, fact, index);
        return;
    case QUID_VERB_OBSERVE:
        observe(ledger, fact, index);
        return;
    case QUID_VERB_CHOOSE:
        choose(ledger, fact, index);
        return;
    case QUID_VERB_REACH:
        reach(ledger, fact, index);
        return;
    case QUID_VERB_RATE:
        quid__note_rate(ledger, index);
        return;
    case QUID_VERB_STATE: {
        uint32_t *statement = quid__vector_push(&ledger->statements);
        if (statement != NULL)
            *statement = index;
        return;
    }
    case QUID_VERB_NOTE:
    case QUID_VERB_NONE:
        return;
    }
}

void quid__take_out_all(QuidLedger *ledger, uint32_t pledge, QuidStage to)
{
    const Entry entry = {.pledge = pledge,
                         .date = ledger->now,
                         .fact = UINT32_MAX,
                         .span = pledge_at(ledger, pledge)->origin.span};
    (void)take_out(ledger, &entry, -1, to);
}

static bool may_settle(const QuidFact *fact)
{
    return fact->verb == QUID_VERB_OBSERVE || fact->verb == QUID_VERB_CHOOSE ||
           fact->verb == QUID_VERB_REACH;
}

static void replay_clause(QuidLedger *ledger, const ClauseEntry *clause)
{
    if (!ledger_is_seen(ledger, clause->date, clause->known, clause->origin.source))
        return;
    ledger->now = clause->date;
    const Entry entry = {.verb = clause->verb,
                         .pledge = clause->pledge.index,
                         .date = clause->date,
                         .span = clause->origin.span,
                         .fact = UINT32_MAX};
    replay_amount(ledger, &entry);
}

// Returns whether the fact may have settled a condition.
static bool replay_seen_fact(QuidLedger *ledger, uint32_t index)
{
    const QuidFact *fact = &ledger->model->facts[index];
    if (ledger_is_left_out(ledger, index) ||
        !ledger_is_seen(ledger, fact->date, fact->known, (QuidSourceId){fact->source}))
        return false;
    ledger->now = fact->date;
    uint32_t *seen = quid__vector_push(&ledger->order);
    if (seen != NULL)
        *seen = index;
    replay_fact(ledger, index);
    return may_settle(fact);
}

static QuidDate entry_date(const QuidLedger *ledger, uint32_t number)
{
    return number < ledger->clause_count ? ledger->clauses[number].date
                                         : ledger->model->facts[number - ledger->clause_count].date;
}

// The days between two entries pass one by one; what is left out passes no day.
void quid__replay(QuidLedger *ledger)
{
    bool has_settled = false;
    QuidDate day = QUID_DATE_MIN;
    for (uint32_t i = 0; i < ledger->entry_count; i++) {
        const uint32_t number = ledger->entries[i];
        const QuidDate date = entry_date(ledger, number);
        if (date > ledger->options.as_of)
            break;
        if (date != day) {
            ledger->now = day;
            quid__lapse(ledger, has_settled);
            quid__pass_days(ledger, date);
            has_settled = false;
            day = date;
        }
        if (number < ledger->clause_count)
            replay_clause(ledger, &ledger->clauses[number]);
        else
            has_settled = replay_seen_fact(ledger, number - ledger->clause_count) || has_settled;
    }
    ledger->now = day;
    quid__lapse(ledger, has_settled);
    quid__pass_days(ledger, ledger->options.as_of + 1);
    ledger->now = ledger->options.as_of;
    quid__lapse(ledger, true);
}
