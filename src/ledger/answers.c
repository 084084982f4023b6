// What the balances answer: stages reached, deadlines met and missed, given and got, moves made.
#include "ledger_internal.h"

static bool is_delivered(const QuidLedger *ledger, uint32_t pledge)
{
    const QuidPledgeBalance *balance = &ledger->balances[pledge];
    if (balance->unit.index == 0)
        return balance->has_stage && balance->stage >= QUID_STAGE_COMMITTED &&
               balance->stage <= QUID_STAGE_COMPLETED;
    const int64_t *held = balance->with_parts.minor;
    return balance->has_stage && held[QUID_STAGE_OFFERED] == 0 && held[QUID_STAGE_DEMANDED] == 0 &&
           held[QUID_STAGE_PLEDGED] == 0 &&
           (held[QUID_STAGE_COMMITTED] > 0 || held[QUID_STAGE_DISBURSED] > 0 ||
            held[QUID_STAGE_COMPLETED] > 0);
}

static bool is_over(const QuidPledgeBalance *balance)
{
    return balance->has_stage &&
           (balance->stage == QUID_STAGE_CANCELLED || balance->stage == QUID_STAGE_LAPSED);
}

static void finish_deadline(const QuidLedger *ledger, QuidDeadline *deadline, bool is_over)
{
    if (deadline->original == QUID_NO_DATE)
        return;
    deadline->days_slipped = deadline->current - deadline->original;
    deadline->is_past_due =
        !is_over && deadline->met == QUID_NO_DATE && ledger->options.as_of > deadline->current;
}

// The last day on which something of the pledge or its parts reached a stage: when it was
// delivered.
static QuidDate delivery_date(const QuidLedger *ledger, uint32_t pledge)
{
    QuidDate last = QUID_NO_DATE;
    const Books *books = &ledger->books[pledge];
    for (uint32_t at = books->first; at < books->first + books->size; at++) {
        const uint32_t fact = ledger->balances[ledger->preorder[at]].last_fact;
        if (fact != UINT32_MAX && ledger->model->facts[fact].date > last)
            last = ledger->model->facts[fact].date;
    }
    return last;
}

static void finish_pledges(QuidLedger *ledger)
{
    for (uint32_t i = 1; i < ledger->model->pledge_count; i++) {
        QuidPledgeBalance *balance = &ledger->balances[i];
        // The furthest stage that holds something; what is gone counts only where nothing else is
        // left.
        static const QuidStage order[] = {
            QUID_STAGE_LAPSED,  QUID_STAGE_CANCELLED, QUID_STAGE_OFFERED,   QUID_STAGE_DEMANDED,
            QUID_STAGE_PLEDGED, QUID_STAGE_COMMITTED, QUID_STAGE_DISBURSED, QUID_STAGE_COMPLETED};
        for (uint32_t stage = 0; balance->unit.index != 0 && stage < QUID_STAGE_COUNT; stage++) {
            if (balance->with_parts.minor[order[stage]] != 0) {
                balance->stage = order[stage];
                balance->has_stage = true;
            }
        }
    }
    for (uint32_t i = 1; i < ledger->model->pledge_count; i++) {
        QuidPledgeBalance *balance = &ledger->balances[i];
        const uint32_t milestone = ledger->model->pledges[i].committed_at.index;
        if (milestone != 0)
            balance->deadline.met = ledger->milestones[milestone].reached;
        if (balance->deadline.original != QUID_NO_DATE && balance->deadline.met == QUID_NO_DATE &&
            is_delivered(ledger, i))
            balance->deadline.met = delivery_date(ledger, i);
        finish_deadline(ledger, &balance->deadline, is_over(balance));
    }
    for (uint32_t i = 1; i < ledger->model->milestone_count; i++) {
        QuidMilestoneState *state = &ledger->milestones[i];
        state->deadline.met = state->reached;
        finish_deadline(ledger, &state->deadline, false);
    }
}

static QuidDeadline *deadline_of(QuidLedger *ledger, const QuidExtension *extension)
{
    const QuidFact *fact = &ledger->model->facts[extension->fact];
    return fact->subject_kind == QUID_THING_MILESTONE ? &ledger->milestones[fact->subject].deadline
                                                      : &ledger->balances[fact->subject].deadline;
}

static void give_room(QuidDeadline *deadline, uint32_t *used)
{
    deadline->extension_first = *used;
    *used += deadline->extension_count;
    deadline->extension_count = 0; // counted again as they are placed
}

// Extensions stand in the order of the facts; each deadline's own are brought together.
static void group_extensions(QuidLedger *ledger)
{
    QuidVector grouped;
    quid__vector_init(&grouped, ledger->context, sizeof(QuidExtension));
    const uint32_t count = ledger->extensions.count;
    uint32_t used = 0;
    if (count > 0 && quid__vector_reserve(&grouped, count)) {
        for (uint32_t i = 1; i < ledger->model->pledge_count; i++)
            give_room(&ledger->balances[i].deadline, &used);
        for (uint32_t i = 1; i < ledger->model->milestone_count; i++)
            give_room(&ledger->milestones[i].deadline, &used);
        QUID_ASSERT(used == count);
        for (uint32_t i = 0; i < count; i++) {
            const QuidExtension extension = QUID_AT(&ledger->extensions, QuidExtension, i);
            QuidDeadline *deadline = deadline_of(ledger, &extension);
            const uint32_t place = deadline->extension_first + deadline->extension_count;
            QUID_AT(&grouped, QuidExtension, place) = extension;
            deadline->extension_count += 1;
        }
        grouped.count = count;
    }
    grouped.has_failed = grouped.has_failed || ledger->extensions.has_failed;
    quid__vector_free(&ledger->extensions);
    ledger->extensions = grouped;
}

// ---- Given and got ----------------------------------------------------------

static void add_exchange(QuidLedger *ledger, uint32_t party, bool is_gave, uint32_t pledge)
{
    const QuidPledgeBalance *balance = &ledger->balances[pledge];
    if (balance->unit.index == 0) {
        QuidExchange *row = balance->has_stage ? quid__vector_push(&ledger->exchanges) : NULL;
        if (row != NULL)
            *row = (QuidExchange){
                .party = {party}, .is_gave = is_gave, .pledge = {pledge}, .stage = balance->stage};
        return;
    }
    for (uint32_t stage = 0; stage < QUID_STAGE_COUNT; stage++) {
        const int64_t amount = balance->with_parts.minor[stage];
        QuidExchange *row = amount == 0 ? NULL : quid__vector_push(&ledger->exchanges);
        if (row != NULL)
            *row = (QuidExchange){{party}, is_gave, {pledge},     (QuidStage)stage,
                                  true,    amount,  balance->unit};
    }
}

static void finish_exchanges(QuidLedger *ledger)
{
    const QuidDealTables *model = ledger->model;
    uint8_t *is_linked = quid__arena_push(&ledger->arena, model->pledge_count);
    if (is_linked == NULL)
        return;
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        const QuidPledge *pledge = &model->pledges[i];
        for (uint32_t link = 0; link < pledge->in_return_count; link++) {
            is_linked[i] = 1;
            is_linked[model->pledge_links[pledge->in_return_first + link].index] = 1;
        }
    }
    // starts: by party and side, where its pledges begin in a list of all.
    uint32_t *starts =
        quid__arena_push(&ledger->arena, ((size_t)model->party_count * 2 + 1) * sizeof(uint32_t));
    uint32_t *list =
        quid__arena_push(&ledger->arena, (size_t)model->pledge_count * 2 * sizeof(uint32_t));
    if (starts == NULL || list == NULL)
        return;
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        starts[model->pledges[i].from.index * 2 + 1] += is_linked[i];
        starts[model->pledges[i].to.index * 2 + 2] += is_linked[i];
    }
    for (uint32_t i = 1; i <= model->party_count * 2; i++)
        starts[i] += starts[i - 1];
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        if (is_linked[i] == 0)
            continue;
        list[starts[model->pledges[i].from.index * 2]++] = i;
        list[starts[model->pledges[i].to.index * 2 + 1]++] = i;
    }
    // Each start has moved on to its end, which is the next one's beginning.
    uint32_t at = 0;
    for (uint32_t side = 0; side < model->party_count * 2; side++) {
        for (; at < starts[side]; at++)
            add_exchange(ledger, side / 2, side % 2 == 0, list[at]);
    }
}

// ---- Moves ------------------------------------------------------------------

static void finish_moves(QuidLedger *ledger)
{
    for (uint32_t i = 1; i < ledger->model->move_count; i++) {
        const QuidMove *move = &ledger->model->moves[i];
        QuidMoveState *state = &ledger->moves[i];
        bool is_ended = false;
        state->next_date = move->date_count;
        for (uint32_t d = 0; d < move->date_count; d++) {
            const QuidDate date = ledger->model->move_dates[move->date_first + d];
            const QuidChoice *choice = &ledger->choices[state->choice_first + d];
            if (date >= ledger->options.as_of && state->next_date == move->date_count &&
                choice->option == QUID_NO_CHOICE)
                state->next_date = d;
            if (date < ledger->options.as_of && choice->option == QUID_NO_CHOICE && !is_ended) {
                state->missing_count += 1;
            }
            is_ended =
                is_ended || (choice->option != QUID_NO_CHOICE &&
                             ledger->model->options[move->option_first + choice->option].is_until);
        }
    }
}

// By choice: whether one is on record, seen in this view or not. NULL: no memory.
static uint8_t *list_recorded(QuidLedger *ledger)
{
    const QuidDealTables *model = ledger->model;
    uint8_t *is_recorded = quid__arena_push(&ledger->arena, (size_t)model->move_date_count + 1);
    for (uint32_t i = 0; is_recorded != NULL && i < model->fact_count; i++) {
        const QuidFact *fact = &model->facts[i];
        if (fact->verb != QUID_VERB_CHOOSE)
            continue;
        const QuidMove *move = &model->moves[fact->subject];
        uint32_t epoch = 0;
        while (epoch < move->date_count && model->move_dates[move->date_first + epoch] < fact->date)
            epoch += 1;
        if (epoch < move->date_count)
            is_recorded[ledger->moves[fact->subject].choice_first + epoch] = 1;
    }
    return is_recorded;
}

static void warn_missing(QuidLedger *ledger, uint32_t move, QuidDate first, uint32_t count)
{
    const QuidMove *row = &ledger->model->moves[move];
    const bool may_not_arise =
        row->condition.index != 0 && quid__truth(ledger, row->condition) != QUID_TRUE;
    if (may_not_arise)
        return;
    char text[11];
    quid_date_text(first, text);
    quid__report(ledger->context, QUID_W0610_MISSING_CHOICE, row->date_origin.span,
                 "`%.*s` fell due on %s%s and no fact says what was chosen", QUID_PRINT(row->id),
                 text, count > 1 ? " (and on later dates)" : "");
    quid__report_hint(ledger->context, "add a fact: %s choose %.*s OPTION", text,
                      QUID_PRINT(row->id));
}

void quid__warn_missing(QuidLedger *ledger)
{
    // A choice that became known only later than this view is no mistake of the file.
    const uint8_t *is_recorded = list_recorded(ledger);
    for (uint32_t i = 1; is_recorded != NULL && i < ledger->model->move_count; i++) {
        const QuidMove *move = &ledger->model->moves[i];
        const QuidMoveState *state = &ledger->moves[i];
        const QuidDate *dates = &ledger->model->move_dates[move->date_first];
        QuidDate first = QUID_NO_DATE;
        uint32_t count = 0;
        bool is_ended = state->missing_count == 0;
        for (uint32_t d = 0; d < move->date_count && dates[d] < ledger->options.as_of && !is_ended;
             d++) {
            const uint32_t option = ledger->choices[state->choice_first + d].option;
            is_ended = option != QUID_NO_CHOICE &&
                       ledger->model->options[move->option_first + option].is_until;
            if (is_recorded[state->choice_first + d] != 0)
                continue;
            first = count == 0 ? dates[d] : first;
            count += 1;
        }
        if (count > 0)
            warn_missing(ledger, i, first, count);
    }
}

void quid__finish_answers(QuidLedger *ledger)
{
    finish_pledges(ledger);
    group_extensions(ledger);
    finish_exchanges(ledger);
    quid__finish_pairs(ledger);
    finish_moves(ledger);
}
