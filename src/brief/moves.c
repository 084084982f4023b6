// Who waits for what, and why: each move with a date left, what its options bring, and what would
// turn the choice.
#include "moves.h"

#include <string.h>

#define ROW_LIMIT 8u    // dates of one move on a brief; the rest is counted
#define PART_LIMIT 5u   // worth lines of a difference, the largest
#define BAR_COLUMNS 10u // at most

static QuidArena *arena(Brief *brief)
{
    return &brief->page.arena;
}

static QuidString option_id(const Brief *brief, uint32_t move, uint32_t option)
{
    return brief->model->options[brief->model->moves[move].option_first + option].id;
}

static QuidString outcome_id(const Brief *brief, uint32_t event, uint32_t outcome)
{
    return brief->model->outcomes[brief->model->events[event].outcome_first + outcome].id;
}

static QuidUnitId unit_of(const Brief *brief, uint32_t party)
{
    return quid_game_deal_tables(brief->answers->game)->player_unit[party - 1];
}

static QuidString party_label(const Brief *brief, uint32_t move)
{
    return brief->model->partys[brief->model->moves[move].party.index].label;
}

const QuidMoveEpoch *quid__move_next(const Brief *brief, uint32_t move)
{
    const QuidMoveState *state = &brief->ledger->moves[move];
    for (uint32_t i = 0; i < brief->answers->epoch_count; i++) {
        const QuidMoveEpoch *epoch = &brief->answers->epochs[i];
        if (epoch->move == move && !epoch->is_past && epoch->reached > 0 &&
            brief->ledger->choices[state->choice_first + epoch->position].option == QUID_NO_CHOICE)
            return epoch;
    }
    return NULL;
}

bool quid__move_is_open(const Brief *brief, uint32_t move)
{
    return quid__move_next(brief, move) != NULL;
}

// A date that is past, on which the move came up, and of which no fact says what was chosen.
static bool is_unrecorded(const Brief *brief, const QuidMoveEpoch *epoch)
{
    const QuidMoveState *state = &brief->ledger->moves[epoch->move];
    return epoch->is_past && epoch->reached > 0 &&
           brief->ledger->choices[state->choice_first + epoch->position].option == QUID_NO_CHOICE;
}

bool quid__move_is_unrecorded(const Brief *brief, uint32_t move)
{
    for (uint32_t i = 0; i < brief->answers->epoch_count; i++) {
        if (brief->answers->epochs[i].move == move &&
            is_unrecorded(brief, &brief->answers->epochs[i]))
            return true;
    }
    return false;
}

QuidString quid__move_odds(Brief *brief, const QuidMoveEpoch *epoch)
{
    const QuidMove *what = &brief->model->moves[epoch->move];
    QuidString text = QUID_STRING("");
    for (uint32_t i = 0; i < epoch->probability_count; i++) {
        const double chance = brief->answers->probabilities[epoch->probability_first + i];
        text = quid__brief_join(
            brief, text, ", ",
            quid__arena_format(arena(brief), "%.*s %.*s",
                               QUID_PRINT(brief->model->options[what->option_first + i].id),
                               QUID_PRINT(quid__brief_chance(brief, chance, 0))));
    }
    return text;
}

QuidString quid__move_fate(Brief *brief, uint32_t move)
{
    QuidString text = quid__brief_choices(brief, move);
    for (uint32_t i = 0; i < brief->answers->epoch_count; i++) {
        const QuidMoveEpoch *epoch = &brief->answers->epochs[i];
        if (epoch->move == move && is_unrecorded(brief, epoch))
            text = quid__brief_join(
                brief, text, "; ",
                quid__arena_format(arena(brief), "not on record for %.*s (%.*s)",
                                   QUID_PRINT(quid__page_date(&brief->page, epoch->date)),
                                   QUID_PRINT(quid__move_odds(brief, epoch))));
    }
    return text.size > 0 ? text : QUID_STRING("does not arise");
}

// ---- The dates --------------------------------------------------------------

static void add_epoch(Brief *brief, Table *table, const QuidMoveEpoch *epoch, uint32_t bar_width)
{
    const double *probability = brief->answers->probabilities + epoch->probability_first;
    quid__table_cell(table, quid__page_date(&brief->page, epoch->date));
    quid__table_cell(table, epoch->is_past ? QUID_STRING("no record")
                                           : quid__brief_chance(brief, epoch->reached, 0));
    for (uint32_t i = 0; i < epoch->probability_count; i++) {
        quid__table_cell(table, quid__brief_chance(brief, probability[i], 0));
        quid__table_cell(table, quid__brief_bar(brief, probability[i], bar_width));
    }
}

// Whether a date of a move belongs on the page: still open, or past without a record.
static bool is_shown(const Brief *brief, const QuidMoveEpoch *epoch)
{
    const QuidMoveState *state = &brief->ledger->moves[epoch->move];
    return epoch->reached > 0 &&
           brief->ledger->choices[state->choice_first + epoch->position].option == QUID_NO_CHOICE;
}

static void put_dates(Brief *brief, uint32_t move)
{
    const QuidMove *what = &brief->model->moves[move];
    const uint32_t columns = 2 + 2 * what->option_count;
    const uint32_t room = brief->page.width > 44 ? brief->page.width - 44 : 16;
    const uint32_t each = room / (what->option_count + 1);
    const uint32_t bar_width = each < 8 ? 2 : each - 6 > BAR_COLUMNS ? BAR_COLUMNS : each - 6;
    uint32_t shown = 0;
    uint32_t hidden = 0;
    if (columns > COLUMN_COUNT_MAX)
        return;
    Table table = quid__table_open(&brief->page, columns);
    quid__table_cell(&table, QUID_STRING("="));
    quid__table_cell(&table, QUID_STRING("arises"));
    table.is_right[1] = true;
    for (uint32_t i = 0; i < what->option_count; i++) {
        table.is_right[2 + 2 * i] = true;
        quid__table_cell(&table, QUID_STRING(""));
        quid__table_cell(&table, option_id(brief, move, i));
    }
    for (uint32_t i = 0; i < brief->answers->epoch_count; i++) {
        const QuidMoveEpoch *epoch = &brief->answers->epochs[i];
        if (epoch->move != move || !is_shown(brief, epoch))
            continue;
        if (brief->is_short && shown == ROW_LIMIT) {
            hidden += 1;
            continue;
        }
        add_epoch(brief, &table, epoch, bar_width);
        shown += 1;
    }
    quid__table_print(&table, 4);
    if (hidden > 0)
        quid__page_paragraph(
            &brief->page, 4,
            quid__arena_format(arena(brief), "… and %u later dates (see quid solve)", hidden));
}

// Many options have no room side by side: one line each.
static void put_dates_in_lines(Brief *brief, uint32_t move)
{
    Table table = quid__table_open(&brief->page, 4);
    table.is_right[2] = true;
    for (uint32_t i = 0; i < brief->answers->epoch_count; i++) {
        const QuidMoveEpoch *epoch = &brief->answers->epochs[i];
        if (epoch->move != move || !is_shown(brief, epoch))
            continue;
        for (uint32_t option = 0; option < epoch->probability_count; option++) {
            const double chance = brief->answers->probabilities[epoch->probability_first + option];
            quid__table_cell(&table, option > 0 ? QUID_STRING("")
                                                : quid__page_date(&brief->page, epoch->date));
            quid__table_cell(&table, option_id(brief, move, option));
            quid__table_cell(&table, quid__brief_chance(brief, chance, 0));
            quid__table_cell(&table, quid__arena_format(
                                         arena(brief), "%.*s =",
                                         QUID_PRINT(quid__brief_bar(brief, chance, BAR_COLUMNS))));
        }
    }
    quid__table_print(&table, 4);
}

// ---- Why --------------------------------------------------------------------

typedef struct Pair {
    const QuidReason *best;
    const QuidReason *second;
} Pair;

static Pair best_two(const Brief *brief, uint32_t move)
{
    Pair pair = {NULL, NULL};
    for (uint32_t i = 0; i < brief->answers->reason_count; i++) {
        const QuidReason *reason = &brief->answers->reasons[i];
        if (reason->move != move)
            continue;
        if (pair.best == NULL || reason->payoff > pair.best->payoff) {
            pair.second = pair.best;
            pair.best = reason;
        } else if (pair.second == NULL || reason->payoff > pair.second->payoff) {
            pair.second = reason;
        }
    }
    return pair;
}

static double part_difference(const Brief *brief, const Pair *pair, uint32_t part)
{
    return brief->answers->parts[pair->best->part_first + part].amount -
           brief->answers->parts[pair->second->part_first + part].amount;
}

// The largest differences by size, the rest as one.
static QuidString parts_text(Brief *brief, const Pair *pair, Scale scale, double least)
{
    const uint32_t count = pair->best->part_count;
    bool *is_told = quid__arena_push(arena(brief), count + (size_t)1);
    QuidString text = QUID_STRING("");
    double rest = 0;
    for (uint32_t i = 0; i < count; i++)
        rest += part_difference(brief, pair, i);
    for (uint32_t told = 0; is_told != NULL && told < PART_LIMIT; told++) {
        uint32_t largest = UINT32_MAX;
        for (uint32_t i = 0; i < count; i++) {
            const double size = fabs(part_difference(brief, pair, i));
            if (!is_told[i] && size >= least &&
                (largest == UINT32_MAX || size > fabs(part_difference(brief, pair, largest))))
                largest = i;
        }
        if (largest == UINT32_MAX)
            break;
        is_told[largest] = true;
        const double amount = part_difference(brief, pair, largest);
        const QuidWorth *worth =
            &brief->model->worths[brief->answers->parts[pair->best->part_first + largest].worth];
        rest -= amount;
        text = quid__brief_join(
            brief, text, ", ",
            quid__arena_format(arena(brief), "%.*s %.*s %.*s",
                               QUID_PRINT(quid__brief_scaled(brief, amount, scale, true)),
                               QUID_PRINT(worth->why.size > 0 ? worth->why : QUID_STRING("a term")),
                               QUID_PRINT(quid__brief_mark(brief, worth->origin))));
    }
    if (fabs(rest) * 200 >= scale.factor)
        text = quid__brief_join(
            brief, text, ", ",
            quid__arena_format(arena(brief), "%.*s other",
                               QUID_PRINT(quid__brief_scaled(brief, rest, scale, true))));
    return text;
}

static void put_why(Brief *brief, uint32_t move)
{
    const Pair pair = best_two(brief, move);
    if (pair.second == NULL)
        return;
    const QuidMove *what = &brief->model->moves[move];
    const QuidUnitId unit = unit_of(brief, what->party.index);
    const double difference = pair.best->payoff - pair.second->payoff;
    double largest = fabs(difference);
    for (uint32_t i = 0; i < pair.best->part_count; i++) {
        const double size = fabs(part_difference(brief, &pair, i));
        largest = size > largest ? size : largest;
    }
    const Scale scale = quid__brief_scale(largest);
    // Both payoffs rest on the same draws; the larger error bounds that of their difference.
    const double error = pair.best->payoff_error > pair.second->payoff_error
                             ? pair.best->payoff_error
                             : pair.second->payoff_error;
    const QuidDate date = brief->model->move_dates[what->date_first + pair.best->position];
    const QuidString parts = parts_text(brief, &pair, scale, largest / 20);
    QuidString text = quid__arena_format(
        arena(brief), "Why: on %.*s, %.*s is worth %.*s more to %.*s than %.*s",
        QUID_PRINT(quid__page_date(&brief->page, date)),
        QUID_PRINT(option_id(brief, move, pair.best->option)),
        QUID_PRINT(quid__brief_figure_in(brief, (Figure){difference, error, unit, false}, scale)),
        QUID_PRINT(party_label(brief, move)),
        QUID_PRINT(option_id(brief, move, pair.second->option)));
    if (parts.size > 0)
        text = quid__arena_format(arena(brief), "%.*s: %.*s", QUID_PRINT(text), QUID_PRINT(parts));
    quid__page_paragraph(&brief->page, 4,
                         quid__arena_format(arena(brief), "%.*s. =", QUID_PRINT(text)));
}

// ---- Values -----------------------------------------------------------------

static void put_waiting(Brief *brief, const QuidValue *value)
{
    const QuidMove *what = &brief->model->moves[value->move];
    const Figure size = {fabs(value->amount), 0, unit_of(brief, what->party.index), false};
    quid__page_paragraph(
        &brief->page, 4,
        quid__arena_format(arena(brief),
                           "Being free to wait %s %.*s %s %.*s, against having to "
                           "choose %.*s at the next date%s. =",
                           value->amount < 0 ? "costs" : "is worth",
                           QUID_PRINT(value->amount < 0 ? party_label(brief, value->move)
                                                        : quid__brief_figure(brief, size)),
                           value->amount < 0 ? "" : "to",
                           QUID_PRINT(value->amount < 0 ? quid__brief_figure(brief, size)
                                                        : party_label(brief, value->move)),
                           QUID_PRINT(option_id(brief, value->move, value->choice)),
                           value->is_certified ? "" : " (not certified)"));
}

// Values of one kind in one unit: "deliver −0.6, wait −51.8 bn USD".
static void put_kind(Brief *brief, uint32_t move, QuidValueKind kind, const char *lead)
{
    double largest = 0;
    bool is_certified = true;
    for (uint32_t i = 0; i < brief->answers->value_count; i++) {
        const QuidValue *value = &brief->answers->values[i];
        if (value->move == move && value->kind == kind) {
            largest = fabs(value->amount) > largest ? fabs(value->amount) : largest;
            is_certified = is_certified && value->is_certified;
        }
    }
    const Scale scale = quid__brief_scale(largest);
    QuidString text = QUID_STRING("");
    for (uint32_t i = 0; i < brief->answers->value_count; i++) {
        const QuidValue *value = &brief->answers->values[i];
        if (value->move != move || value->kind != kind)
            continue;
        const QuidString name = kind == QUID_VALUE_COMMITMENT
                                    ? option_id(brief, move, value->choice)
                                    : brief->model->events[value->event].id;
        text = quid__brief_join(
            brief, text, ", ",
            quid__arena_format(arena(brief), "%.*s %.*s", QUID_PRINT(name),
                               QUID_PRINT(quid__brief_scaled(brief, value->amount, scale, true))));
    }
    const QuidUnitId unit = unit_of(brief, brief->model->moves[move].party.index);
    if (text.size > 0)
        quid__page_paragraph(&brief->page, 4,
                             quid__arena_format(arena(brief), "%s: %.*s%s %.*s%s. =", lead,
                                                QUID_PRINT(text), scale.multiplier,
                                                QUID_PRINT(brief->model->units[unit.index].name),
                                                is_certified ? "" : " (not certified)"));
}

static void put_values(Brief *brief, uint32_t move)
{
    for (uint32_t i = 0; i < brief->answers->value_count; i++) {
        if (brief->answers->values[i].move == move &&
            brief->answers->values[i].kind == QUID_VALUE_WAITING)
            put_waiting(brief, &brief->answers->values[i]);
    }
    put_kind(brief, move, QUID_VALUE_COMMITMENT,
             "Binding itself for good, with everybody knowing, would bring");
    put_kind(brief, move, QUID_VALUE_INFORMATION,
             "Knowing beforehand how an event comes out would bring");
}

// ---- Break-evens ------------------------------------------------------------

// What a party that holds beliefs about an event counts with; outcomes that it says nothing of
// share the rest as the author has them. NaN: they are no constants. false: it holds none.
static bool own_odds(const Brief *brief, const QuidBreakEven *row, uint32_t party, double *chance)
{
    const QuidEvent *event = &brief->model->events[row->event];
    double said = 0;
    double author_said = 0; // the author's chance of the outcomes that it speaks of
    double own = -1;
    uint32_t said_count = 0;
    bool is_constant = quid_program_constant_chance(brief->deal, row->event, row->outcome, chance);
    for (uint32_t i = 0; i < event->belief_count; i++) {
        const QuidBelief *belief = &brief->model->beliefs[event->belief_first + i];
        QuidEstimate estimate = {0};
        double author = 0;
        if (belief->party.index != party)
            continue;
        is_constant =
            is_constant && quid_deal_chance(brief->deal, belief->chance, &estimate) &&
            quid_program_constant_chance(brief->deal, row->event, belief->outcome, &author);
        own = belief->outcome == row->outcome ? estimate.middle : own;
        said += estimate.middle;
        author_said += author;
        said_count += 1;
    }
    const uint32_t unsaid_count = event->outcome_count - said_count;
    if (own < 0 && is_constant)
        own = (1 - author_said > 1e-12 ? *chance / (1 - author_said) : 1.0 / unsaid_count) *
              (said < 1 ? 1 - said : 0);
    if (said_count > 0)
        *chance = !is_constant ? (double)NAN : unsaid_count == 0 && said > 0 ? own / said : own;
    return said_count > 0;
}

// "; Japan counts with 65%, the author with 57.5%".
static QuidString odds_now(Brief *brief, const QuidBreakEven *row)
{
    double author;
    double own;
    const bool has_own = own_odds(brief, row, brief->model->moves[row->move].party.index, &own);
    if (!quid_program_constant_chance(brief->deal, row->event, row->outcome, &author))
        return QUID_STRING("");
    const QuidString authors = quid__brief_percent(brief, author);
    if (!has_own)
        return quid__arena_format(arena(brief), "; it has %.*s", QUID_PRINT(authors));
    if (isnan(own))
        return quid__arena_format(arena(brief), "; the author counts with %.*s",
                                  QUID_PRINT(authors));
    return quid__arena_format(arena(brief), "; %.*s counts with %.*s, the author with %.*s",
                              QUID_PRINT(party_label(brief, row->move)),
                              QUID_PRINT(quid__brief_percent(brief, own)), QUID_PRINT(authors));
}

QuidString quid__break_even_text(Brief *brief, const QuidBreakEven *row)
{
    const QuidString event = brief->model->events[row->event].id;
    const QuidString outcome = outcome_id(brief, row->event, row->outcome);
    const QuidString above = option_id(brief, row->move, row->above);
    const char *doubt = row->is_certified ? "" : " (not certified)";
    if (isnan(row->at))
        return quid__arena_format(arena(brief), "stays %.*s at any odds of %.*s = %.*s%s",
                                  QUID_PRINT(above), QUID_PRINT(event), QUID_PRINT(outcome), doubt);
    return quid__arena_format(
        arena(brief), "turns where %.*s = %.*s has %.*s%s: %.*s below, %.*s above%.*s",
        QUID_PRINT(event), QUID_PRINT(outcome), QUID_PRINT(quid__brief_percent(brief, row->at)),
        doubt, QUID_PRINT(option_id(brief, row->move, row->below)), QUID_PRINT(above),
        QUID_PRINT(odds_now(brief, row)));
}

static void put_break_evens(Brief *brief, uint32_t move)
{
    QuidString text = QUID_STRING("");
    for (uint32_t i = 0; i < brief->answers->break_even_count; i++) {
        const QuidBreakEven *row = &brief->answers->break_evens[i];
        if (row->move == move && !row->is_decided)
            text = quid__brief_join(brief, text, "; ", quid__break_even_text(brief, row));
    }
    if (text.size > 0)
        quid__page_paragraph(
            &brief->page, 4,
            quid__arena_format(arena(brief), "The choice %.*s. =", QUID_PRINT(text)));
}

// ---- A move -----------------------------------------------------------------

static void put_record(Brief *brief, uint32_t move)
{
    const QuidString record = quid__brief_choices(brief, move);
    if (record.size > 0)
        quid__page_paragraph(&brief->page, 4,
                             quid__arena_format(arena(brief), "So far: %.*s.", QUID_PRINT(record)));
}

static void put_move(Brief *brief, uint32_t move)
{
    const QuidMove *what = &brief->model->moves[move];
    quid__page_paragraph(
        &brief->page, 2,
        quid__arena_format(arena(brief), "%.*s · %.*s (%.*s) %.*s",
                           QUID_PRINT(party_label(brief, move)), QUID_PRINT(what->label),
                           QUID_PRINT(what->id),
                           QUID_PRINT(quid__brief_mark(brief, what->date_origin))));
    put_record(brief, move);
    if (what->is_bound)
        quid__page_paragraph(
            &brief->page, 4,
            quid__arena_format(arena(brief), "Bound to %.*s from now on.",
                               QUID_PRINT(option_id(brief, move, what->bound_option))));
    if (2 + 2 * what->option_count > COLUMN_COUNT_MAX)
        put_dates_in_lines(brief, move);
    else
        put_dates(brief, move);
    put_why(brief, move);
    put_values(brief, move);
    put_break_evens(brief, move);
}

void quid__brief_moves(Brief *brief)
{
    bool is_first = true;
    for (uint32_t move = 1; move < brief->model->move_count; move++) {
        if (!quid__move_is_open(brief, move))
            continue;
        quid__page_text(&brief->page, is_first ? "" : "\n");
        put_move(brief, move);
        is_first = false;
    }
    QuidString ended[2] = {QUID_STRING(""), QUID_STRING("")}; // the second: not all on record
    for (uint32_t move = 1; move < brief->model->move_count; move++) {
        if (quid__move_is_open(brief, move))
            continue;
        QuidString *list = &ended[quid__move_is_unrecorded(brief, move)];
        *list = quid__brief_join(brief, *list, "; ",
                                 quid__arena_format(arena(brief), "%.*s: %.*s",
                                                    QUID_PRINT(brief->model->moves[move].id),
                                                    QUID_PRINT(quid__move_fate(brief, move))));
    }
    for (uint32_t i = 0; i < 2; i++) {
        if (ended[i].size == 0)
            continue;
        quid__page_text(&brief->page, is_first ? "" : "\n");
        is_first = true;
        quid__page_paragraph(&brief->page, 2,
                             quid__arena_format(arena(brief), "%s: %.*s.",
                                                i == 0 ? "Decided" : "Past", QUID_PRINT(ended[i])));
    }
}
