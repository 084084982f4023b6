// The sections of the brief, in the order of the page. Each says for every figure whether it is a
// fact (its source), an assumption (its line) or computed.
#include "figures.h"

static QuidArena *arena(Brief *brief)
{
    return &brief->page.arena;
}

QuidString quid__brief_excerpt(Brief *brief, QuidSpan span)
{
    const QuidString file = quid_context_bytes(brief->page.context, span.file);
    char *text = quid__arena_push(arena(brief), span.size + (size_t)1);
    uint32_t size = 0;
    for (uint32_t i = 0; text != NULL && i < span.size; i++) {
        const char byte = file.bytes[span.offset + i] == '\n' ? ' ' : file.bytes[span.offset + i];
        if (byte == '@')
            break;
        if (byte != ' ' || (size > 0 && text[size - 1] != ' '))
            text[size++] = byte;
    }
    while (size > 0 && text[size - 1] == ' ')
        size -= 1;
    return (QuidString){text == NULL ? "" : text, size};
}

QuidString quid__brief_mark(Brief *brief, QuidOrigin origin)
{
    if (brief->numbers == NULL || brief->page.arena.has_failed)
        return QUID_STRING("");
    if (origin.source.index != 0) {
        if (brief->numbers[origin.source.index] == 0) {
            brief->sources[brief->source_count] = origin.source.index;
            brief->numbers[origin.source.index] = ++brief->source_count;
        }
        return quid__arena_format(arena(brief), "[%u]", brief->numbers[origin.source.index]);
    }
    if (origin.span.file.index == 0)
        return QUID_STRING("=");
    const uint32_t line = quid_context_place(brief->page.context, origin.span).line;
    if (origin.span.file.index == 1)
        return quid__arena_format(arena(brief), "(l.%u)", line);
    const QuidString path = quid_context_path(brief->page.context, origin.span.file);
    uint32_t name = path.size;
    while (name > 0 && path.bytes[name - 1] != '/')
        name -= 1;
    return quid__arena_format(arena(brief), "(%.*s l.%u)", (int)(path.size - name),
                              path.bytes + name, line);
}

QuidString quid__brief_fact_mark(Brief *brief, uint32_t fact)
{
    if (fact == UINT32_MAX)
        return QUID_STRING("=");
    const QuidFact *row = &brief->model->facts[fact];
    return quid__brief_mark(brief,
                            (QuidOrigin){quid_deal_fact_span(brief->deal, row), {row->source}});
}

QuidString quid__brief_amount(Brief *brief, int64_t minor, QuidUnitId unit)
{
    char text[QUID_AMOUNT_TEXT_SIZE];
    const size_t size = quid_deal_amount_text(brief->deal, minor, unit, 3, text);
    return quid__arena_copy(arena(brief), (QuidString){text, (uint32_t)size});
}

QuidString quid__brief_percent(Brief *brief, double value)
{
    const int64_t tenths = (int64_t)(value * 1000 + 0.5);
    if (tenths % 10 == 0)
        return quid__arena_format(arena(brief), "%d%%", (int)(tenths / 10));
    return quid__arena_format(arena(brief), "%d.%d%%", (int)(tenths / 10), (int)(tenths % 10));
}

QuidString quid__brief_thing(const Brief *brief, QuidThing thing)
{
    switch (thing.kind) {
    case QUID_THING_PARTY:
        return brief->model->partys[thing.index].label;
    case QUID_THING_PLEDGE:
        return brief->model->pledges[thing.index].label;
    case QUID_THING_EVENT:
        return brief->model->events[thing.index].label;
    case QUID_THING_LET:
        return brief->model->lets[thing.index].label;
    case QUID_THING_MOVE:
        return brief->model->moves[thing.index].label;
    case QUID_THING_MILESTONE:
        return brief->model->milestones[thing.index].label;
    case QUID_THING_SUPPLY:
        return brief->model->supplys[thing.index].label;
    case QUID_THING_NONE:
        break;
    }
    return QUID_STRING("");
}

// ---- Deadlines --------------------------------------------------------------

static QuidString days(Brief *brief, int32_t count)
{
    return quid__arena_format(arena(brief), "%d day%s", count, count == 1 ? "" : "s");
}

static QuidString deadline_state(Brief *brief, const QuidDeadline *deadline)
{
    QuidString text;
    if (deadline->met != QUID_NO_DATE) {
        const int32_t late = deadline->met - deadline->current;
        text = quid__arena_format(arena(brief), "met on %.*s",
                                  QUID_PRINT(quid__page_date(&brief->page, deadline->met)));
        if (late > 0)
            text = quid__arena_format(arena(brief), "%.*s, %.*s late", QUID_PRINT(text),
                                      QUID_PRINT(days(brief, late)));
    } else if (deadline->is_past_due) {
        text =
            quid__arena_format(arena(brief), "past due by %.*s",
                               QUID_PRINT(days(brief, brief->ledger->as_of - deadline->current)));
    } else {
        text =
            quid__arena_format(arena(brief), "%.*s left",
                               QUID_PRINT(days(brief, deadline->current - brief->ledger->as_of)));
    }
    if (deadline->extension_count > 0)
        text =
            quid__arena_format(arena(brief), "%.*s; moved %u time%s, by %.*s", QUID_PRINT(text),
                               deadline->extension_count, deadline->extension_count == 1 ? "" : "s",
                               QUID_PRINT(days(brief, deadline->days_slipped)));
    return text;
}

static void add_deadline(Brief *brief, Table *table, QuidString id, QuidOrigin origin,
                         const QuidDeadline *deadline)
{
    if (deadline->original == QUID_NO_DATE)
        return;
    QuidString path = quid__arena_format(
        arena(brief), "%.*s %.*s", QUID_PRINT(quid__page_date(&brief->page, deadline->original)),
        QUID_PRINT(quid__brief_mark(brief, origin)));
    for (uint32_t i = 0; i < deadline->extension_count; i++) {
        const QuidExtension *extension = &brief->ledger->extensions[deadline->extension_first + i];
        path = quid__arena_format(arena(brief), "%.*s → %.*s %.*s", QUID_PRINT(path),
                                  QUID_PRINT(quid__page_date(&brief->page, extension->to)),
                                  QUID_PRINT(quid__brief_fact_mark(brief, extension->fact)));
    }
    quid__table_cell(table, id);
    quid__table_cell(table, quid__arena_format(arena(brief), "%.*s =",
                                               QUID_PRINT(deadline_state(brief, deadline))));
    quid__table_cell(table, path);
}

void quid__brief_deadlines(Brief *brief)
{
    bool has_any = false;
    for (uint32_t i = 1; i < brief->model->pledge_count; i++)
        has_any = has_any || brief->model->pledges[i].due.last != QUID_NO_DATE;
    for (uint32_t i = 1; i < brief->model->milestone_count; i++)
        has_any = has_any || brief->model->milestones[i].due.last != QUID_NO_DATE;
    if (!has_any)
        return;
    quid__page_heading(&brief->page, "Deadlines");
    Table table = quid__table_open(&brief->page, 3);
    for (uint32_t i = 1; i < brief->model->pledge_count; i++) {
        // A promise that is not on record yet has no deadline that anybody knows.
        if (brief->ledger->pledges[i].has_stage)
            add_deadline(brief, &table, brief->model->pledges[i].id,
                         brief->model->pledges[i].due_origin, &brief->ledger->pledges[i].deadline);
    }
    for (uint32_t i = 1; i < brief->model->milestone_count; i++)
        add_deadline(brief, &table, brief->model->milestones[i].id,
                     brief->model->milestones[i].due_origin,
                     &brief->ledger->milestones[i].deadline);
    quid__table_print(&table, 2);
}

// ---- What is open -----------------------------------------------------------

static QuidString chance_text(Brief *brief, QuidTermId chance)
{
    if (chance.index == 0)
        return QUID_STRING("the rest");
    const QuidTerm *term = &brief->model->terms[chance.index];
    QuidEstimate estimate;
    if (!quid_deal_chance(brief->deal, chance, &estimate))
        return QUID_STRING("depends");
    const QuidString middle = quid__brief_percent(brief, estimate.middle);
    if (term->kind != QUID_TERM_INTERVAL)
        return middle;
    return quid__arena_format(arena(brief), "%.*s (%.*s to %.*s)", QUID_PRINT(middle),
                              QUID_PRINT(quid__brief_percent(brief, term->low)),
                              QUID_PRINT(quid__brief_percent(brief, term->high)));
}

static QuidString odds_text(Brief *brief, const QuidEvent *event)
{
    QuidString text = QUID_STRING("");
    for (uint32_t i = 0; i < event->outcome_count; i++) {
        const QuidOutcome *outcome = &brief->model->outcomes[event->outcome_first + i];
        text = quid__arena_format(arena(brief), "%.*s%s%.*s %.*s", QUID_PRINT(text),
                                  i > 0 ? ", " : "", QUID_PRINT(outcome->id),
                                  QUID_PRINT(chance_text(brief, outcome->chance)));
        if (outcome->chance.index != 0)
            text = quid__arena_format(arena(brief), "%.*s %.*s", QUID_PRINT(text),
                                      QUID_PRINT(quid__brief_mark(brief, outcome->origin)));
    }
    for (uint32_t i = 0; i < event->belief_count; i++) {
        const QuidBelief *belief = &brief->model->beliefs[event->belief_first + i];
        text = quid__arena_format(
            arena(brief), "%.*s; %.*s believes %.*s %.*s %.*s", QUID_PRINT(text),
            QUID_PRINT(brief->model->partys[belief->party.index].label),
            QUID_PRINT(brief->model->outcomes[event->outcome_first + belief->outcome].id),
            QUID_PRINT(chance_text(brief, belief->chance)),
            QUID_PRINT(quid__brief_mark(brief, belief->origin)));
    }
    return text;
}

static QuidString window_text(Brief *brief, const QuidEvent *event)
{
    Page *page = &brief->page;
    if (event->is_secret)
        return quid__arena_format(arena(brief), "known to %.*s alone",
                                  QUID_PRINT(brief->model->partys[event->owner.index].label));
    if (event->when_kind == QUID_WHEN_ON || event->when_kind == QUID_WHEN_BETWEEN)
        return quid__arena_format(arena(brief), "%.*s to %.*s %.*s",
                                  QUID_PRINT(quid__page_date(page, event->window.first)),
                                  QUID_PRINT(quid__page_date(page, event->window.last)),
                                  QUID_PRINT(quid__brief_mark(brief, event->when_origin)));
    return event->when_kind == QUID_WHEN_TERM
               ? quid__arena_format(arena(brief), "at an uncertain date %.*s",
                                    QUID_PRINT(quid__brief_mark(brief, event->when_origin)))
               : QUID_STRING("at any time");
}

static void add_events(Brief *brief, Table *table)
{
    for (uint32_t i = 1; i < brief->model->event_count; i++) {
        const QuidEvent *event = &brief->model->events[i];
        const QuidEventState *state = &brief->ledger->events[i];
        quid__table_cell(table, event->is_secret ? QUID_STRING("secret") : QUID_STRING("event"));
        quid__table_cell(table, event->id);
        if (state->is_known)
            quid__table_cell(
                table,
                quid__arena_format(
                    arena(brief), "%.*s on %.*s %.*s",
                    QUID_PRINT(brief->model->outcomes[event->outcome_first + state->outcome].id),
                    QUID_PRINT(quid__page_date(&brief->page, state->date)),
                    QUID_PRINT(quid__brief_fact_mark(brief, state->fact))));
        else
            quid__table_cell(table, quid__arena_format(arena(brief), "%.*s: %.*s",
                                                       QUID_PRINT(window_text(brief, event)),
                                                       QUID_PRINT(odds_text(brief, event))));
    }
}

QuidString quid__brief_choices(Brief *brief, uint32_t index)
{
    const QuidMove *move = &brief->model->moves[index];
    const QuidMoveState *state = &brief->ledger->moves[index];
    QuidString text = QUID_STRING("");
    for (uint32_t d = 0; d < move->date_count; d++) {
        const QuidChoice *choice = &brief->ledger->choices[state->choice_first + d];
        if (choice->option == QUID_NO_CHOICE)
            continue;
        const QuidDate date = brief->model->move_dates[move->date_first + d];
        const QuidString what = quid__arena_format(
            arena(brief), "%.*s for %.*s",
            QUID_PRINT(brief->model->options[move->option_first + choice->option].id),
            QUID_PRINT(quid__page_date(&brief->page, date)));
        const QuidString mark = quid__brief_fact_mark(brief, choice->fact);
        text = quid__brief_join(brief, text, ", ",
                                mark.size > 0 ? quid__brief_join(brief, what, " ", mark) : what);
    }
    return text;
}

static void add_moves(Brief *brief, Table *table)
{
    for (uint32_t i = 1; i < brief->model->move_count; i++) {
        const QuidMove *move = &brief->model->moves[i];
        const QuidMoveState *state = &brief->ledger->moves[i];
        QuidString text = quid__brief_choices(brief, i);
        if (!state->is_final) {
            QuidString options = QUID_STRING("");
            for (uint32_t o = 0; o < move->option_count; o++)
                options = quid__arena_format(
                    arena(brief), "%.*s%s%.*s", QUID_PRINT(options), o > 0 ? " or " : "",
                    QUID_PRINT(brief->model->options[move->option_first + o].id));
            const bool has_next = state->next_date < move->date_count;
            const QuidDate next =
                has_next ? brief->model->move_dates[move->date_first + state->next_date]
                         : QUID_NO_DATE;
            text = quid__arena_format(
                arena(brief), "%.*s%s%.*s: %.*s%s%.*s %.*s", QUID_PRINT(text),
                text.size > 0 ? "; " : "",
                QUID_PRINT(brief->model->partys[move->party.index].label), QUID_PRINT(options),
                has_next ? ", next on " : ", no date left",
                QUID_PRINT(has_next ? quid__page_date(&brief->page, next) : QUID_STRING("")),
                QUID_PRINT(quid__brief_mark(brief, move->date_origin)));
        }
        quid__table_cell(table, QUID_STRING("move"));
        quid__table_cell(table, move->id);
        quid__table_cell(table, text);
    }
}

void quid__brief_open(Brief *brief)
{
    const bool has_moves = brief->answers == NULL && brief->model->move_count > 1;
    if (brief->model->event_count <= 1 && !has_moves)
        return;
    quid__page_heading(&brief->page, has_moves ? "Moves and events" : "What is still uncertain");
    Table table = quid__table_open(&brief->page, 3);
    if (has_moves)
        add_moves(brief, &table);
    add_events(brief, &table);
    quid__table_print(&table, 2);
}

// ---- Supply -----------------------------------------------------------------

bool quid__brief_supply(const Brief *brief, const QuidSupply *supply, bool is_after,
                        SupplyShare *shares, double *hhi)
{
    double middle = 0;
    double low = 0;
    double high = 0;
    for (uint32_t i = 0; i < supply->supplier_count; i++) {
        const QuidSupplier *supplier = &brief->model->suppliers[supply->supplier_first + i];
        SupplyShare *share = &shares[i];
        const bool is_reached =
            supplier->once.index == 0 ||
            brief->ledger->milestones[supplier->once.index].reached != QUID_NO_DATE;
        *share = (SupplyShare){.is_open = is_after || is_reached};
        if (!quid_deal_estimate(brief->deal, supplier->amount, &share->amount))
            return false;
        if (!share->is_open)
            continue;
        middle += share->amount.middle;
        low += share->amount.low;
        high += share->amount.high;
    }
    *hhi = 0;
    for (uint32_t i = 0; i < supply->supplier_count; i++) {
        SupplyShare *share = &shares[i];
        if (!share->is_open || middle <= 0)
            continue;
        share->share = share->amount.middle / middle;
        share->low = share->amount.low / (share->amount.low + high - share->amount.high);
        share->high = share->amount.high / (share->amount.high + low - share->amount.low);
        *hhi += share->share * share->share;
    }
    return middle > 0;
}

static QuidString number_text(Brief *brief, double value)
{
    return quid__arena_format(arena(brief), "%lld", (long long)(value + 0.5));
}

static QuidString supply_cell(Brief *brief, const SupplyShare *share)
{
    if (!share->is_open)
        return QUID_STRING("–");
    return quid__arena_format(
        arena(brief), "%.*s (%.*s to %.*s) =", QUID_PRINT(quid__brief_percent(brief, share->share)),
        QUID_PRINT(quid__brief_percent(brief, share->low)),
        QUID_PRINT(quid__brief_percent(brief, share->high)));
}

static void print_supply(Brief *brief, const QuidSupply *supply)
{
    SupplyShare *now =
        quid__arena_push(arena(brief), ((size_t)supply->supplier_count + 1) * sizeof(SupplyShare));
    SupplyShare *after =
        quid__arena_push(arena(brief), ((size_t)supply->supplier_count + 1) * sizeof(SupplyShare));
    double hhi_now = 0;
    double hhi_after = 0;
    if (now == NULL || after == NULL)
        return;
    const bool is_known = quid__brief_supply(brief, supply, false, now, &hhi_now) &&
                          quid__brief_supply(brief, supply, true, after, &hhi_after);
    const QuidString unit = brief->model->units[supply->unit.index].name;
    quid__page_paragraph(
        &brief->page, 2,
        quid__arena_format(arena(brief), "%.*s to %.*s, %.*s a year", QUID_PRINT(supply->label),
                           QUID_PRINT(brief->model->partys[supply->to.index].label),
                           QUID_PRINT(unit)));
    if (!is_known) {
        quid__page_paragraph(&brief->page, 4, QUID_STRING("its amounts depend on what happens"));
        return;
    }
    Table table = quid__table_open(&brief->page, 4);
    quid__table_cell(&table, QUID_STRING(""));
    quid__table_cell(&table, QUID_STRING("a year"));
    quid__table_cell(&table, QUID_STRING("share now"));
    quid__table_cell(&table, QUID_STRING("share once all supply"));
    for (uint32_t i = 0; i < supply->supplier_count; i++) {
        const QuidSupplier *supplier = &brief->model->suppliers[supply->supplier_first + i];
        quid__table_cell(&table, supplier->id);
        quid__table_cell(&table,
                         quid__arena_format(arena(brief), "%.*s to %.*s %.*s",
                                            QUID_PRINT(number_text(brief, now[i].amount.low)),
                                            QUID_PRINT(number_text(brief, now[i].amount.high)),
                                            QUID_PRINT(quid__brief_mark(brief, supplier->origin))));
        quid__table_cell(&table, supply_cell(brief, &now[i]));
        quid__table_cell(&table, supply_cell(brief, &after[i]));
    }
    quid__table_cell(&table, QUID_STRING("concentration (HHI)"));
    quid__table_cell(&table, QUID_STRING(""));
    quid__table_cell(&table, quid__arena_format(arena(brief), "%.*s =",
                                                QUID_PRINT(number_text(brief, hhi_now * 10000))));
    quid__table_cell(&table, quid__arena_format(arena(brief), "%.*s =",
                                                QUID_PRINT(number_text(brief, hhi_after * 10000))));
    quid__table_print(&table, 4);
}

// Shares by date, as the scenarios have them.
static void print_supply_over_time(Brief *brief, uint32_t index)
{
    if (brief->outlook == NULL || brief->outlook->supplies == NULL)
        return;
    const QuidSupply *supply = &brief->model->supplys[index];
    const QuidSupplyForecast *forecast = &brief->outlook->supplies[index];
    const uint32_t dates = brief->outlook->supply_date_count;
    const uint32_t count = forecast->supplier_count;
    quid__page_text(&brief->page, "\n");
    Table table = quid__table_open(&brief->page, 1 + dates);
    quid__table_cell(&table, QUID_STRING("expected share ="));
    for (uint32_t d = 0; d < dates; d++) {
        table.is_right[1 + d] = true;
        quid__table_cell(&table, quid__page_date(&brief->page, brief->outlook->supply_dates[d]));
    }
    for (uint32_t s = 0; s <= count; s++) {
        quid__table_cell(&table, s < count ? brief->model->suppliers[supply->supplier_first + s].id
                                           : QUID_STRING("concentration (HHI)"));
        for (uint32_t d = 0; d < dates; d++) {
            const QuidEstimated share = forecast->shares[d * (count + 1) + s];
            quid__table_cell(&table, s < count ? quid__brief_chance(brief, share.value, share.error)
                                               : number_text(brief, share.value * 10000));
        }
    }
    quid__table_print(&table, 4);
}

void quid__brief_supplies(Brief *brief)
{
    if (brief->model->supply_count <= 1)
        return;
    quid__page_heading(&brief->page, "Supply");
    for (uint32_t i = 1; i < brief->model->supply_count; i++) {
        print_supply(brief, &brief->model->supplys[i]);
        print_supply_over_time(brief, i);
    }
}

// ---- In public, in private --------------------------------------------------

static void add_statement(Brief *brief, Table *table, QuidString head, uint32_t fact)
{
    const QuidFact *said = &brief->model->facts[fact];
    quid__table_cell(table, head);
    quid__table_cell(table,
                     said->choice != 0 ? QUID_STRING("in private") : QUID_STRING("in public"));
    quid__table_cell(table, quid__page_date(&brief->page, said->date));
    quid__table_cell(table, quid__arena_format(arena(brief), "%.*s %.*s",
                                               QUID_PRINT(quid_deal_fact_text(brief->deal, said)),
                                               QUID_PRINT(quid__brief_fact_mark(brief, fact))));
}

void quid__brief_statements(Brief *brief)
{
    const QuidLedgerTables *ledger = brief->ledger;
    if (ledger->statement_count == 0)
        return;
    quid__page_heading(&brief->page, "Said in public, said in private");
    Table table = quid__table_open(&brief->page, 4);
    for (uint32_t i = 0; i < ledger->pair_count; i++) {
        const QuidStatementPair *pair = &ledger->pairs[i];
        const QuidString head = quid__arena_format(
            arena(brief), "%.*s on %.*s", QUID_PRINT(brief->model->partys[pair->party.index].id),
            QUID_PRINT(
                pair->about.kind == QUID_THING_PLEDGE ? brief->model->pledges[pair->about.index].id
                : pair->about.kind == QUID_THING_MOVE ? brief->model->moves[pair->about.index].id
                                                      : quid__brief_thing(brief, pair->about)));
        add_statement(brief, &table, head, pair->public_fact);
        add_statement(brief, &table, QUID_STRING(""), pair->private_fact);
    }
    quid__table_print(&table, 2);
    quid__page_paragraph(
        &brief->page, 2,
        quid__arena_format(arena(brief),
                           "%u statement%s on record, %u pair%s within 30 days on one subject. =",
                           ledger->statement_count, ledger->statement_count == 1 ? "" : "s",
                           ledger->pair_count, ledger->pair_count == 1 ? "" : "s"));
}

// ---- What it rests on -------------------------------------------------------

static void count_origin(QuidOrigin origin, uint32_t *sourced, uint32_t *judged)
{
    if (origin.span.file.index == 0)
        return;
    *sourced += origin.source.index != 0;
    *judged += origin.source.index == 0;
}

static void print_conversions(Brief *brief)
{
    for (uint32_t i = 0; i < brief->ledger->conversion_count; i++) {
        const QuidConversion *conversion = &brief->ledger->conversions[i];
        char rate[32];
        (void)quid_double_text((double)(int64_t)(conversion->rate * 1e6 + 0.5) / 1e6, rate);
        const uint32_t fact = brief->ledger->conversion_facts[conversion->fact_first];
        quid__page_paragraph(
            &brief->page, 2,
            quid__arena_format(
                arena(brief), "Converted: 1 %.*s = %s %.*s, the last rate known (%.*s) %.*s",
                QUID_PRINT(brief->model->units[conversion->from.index].name), rate,
                QUID_PRINT(brief->model->units[conversion->to.index].name),
                QUID_PRINT(quid__page_date(&brief->page, brief->model->facts[fact].date)),
                QUID_PRINT(quid__brief_fact_mark(brief, fact))));
    }
}

void quid__brief_basis(Brief *brief)
{
    const QuidDealTables *model = brief->model;
    uint32_t sourced = 0;
    uint32_t judged = 0;
    for (uint32_t i = 0; i < model->outcome_count; i++)
        count_origin(model->outcomes[i].origin, &sourced, &judged);
    for (uint32_t i = 0; i < model->belief_count; i++)
        count_origin(model->beliefs[i].origin, &sourced, &judged);
    for (uint32_t i = 0; i < model->worth_count; i++)
        count_origin(model->worths[i].origin, &sourced, &judged);
    for (uint32_t i = 0; i < model->supplier_count; i++)
        count_origin(model->suppliers[i].origin, &sourced, &judged);
    for (uint32_t i = 1; i < model->let_count; i++)
        count_origin(model->lets[i].origin, &sourced, &judged);
    quid__page_heading(&brief->page, "What this rests on");
    quid__page_paragraph(
        &brief->page, 2,
        quid__arena_format(
            arena(brief),
            "%u facts seen; %u reported later and %u of weaker sources left out. Of %u odds, "
            "stakes and quantities, %u have a source and %u are the author's judgement. =",
            brief->ledger->fact_seen_count, brief->ledger->fact_later_count,
            brief->ledger->fact_weaker_count, sourced + judged, sourced, judged));
    print_conversions(brief);
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        const QuidPledgeBalance *balance = &brief->ledger->pledges[i];
        if (balance->implied > 0)
            quid__page_paragraph(
                &brief->page, 2,
                quid__arena_format(
                    arena(brief), "%.*s of `%.*s` came by facts that are left out here. =",
                    QUID_PRINT(quid__brief_amount(brief, balance->implied, balance->unit)),
                    QUID_PRINT(model->pledges[i].id)));
    }
}

void quid__brief_sources(Brief *brief)
{
    if (brief->source_count == 0)
        return;
    quid__page_heading(&brief->page, "Sources");
    Table table = quid__table_open(&brief->page, 3);
    table.is_right[0] = true;
    for (uint32_t i = 0; i < brief->source_count; i++) {
        const QuidSource *source = &brief->model->sources[brief->sources[i]];
        quid__table_cell(&table, quid__arena_format(arena(brief), "[%u]", i + 1));
        quid__table_cell(&table, quid__page_date(&brief->page, source->published.first));
        QuidString text = source->title;
        if (source->publisher.size > 0)
            text = quid__arena_format(arena(brief), "%.*s: %.*s", QUID_PRINT(source->publisher),
                                      QUID_PRINT(text));
        if (source->trust >= 0)
            text = quid__arena_format(arena(brief), "%.*s (trust %.*s)", QUID_PRINT(text),
                                      QUID_PRINT(quid__brief_percent(brief, source->trust)));
        if (source->url.size > 0)
            text = quid__arena_format(arena(brief), "%.*s %.*s", QUID_PRINT(text),
                                      QUID_PRINT(source->url));
        quid__table_cell(&table, text);
    }
    quid__table_print(&table, 2);
}
