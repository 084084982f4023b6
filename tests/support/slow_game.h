// Random small deals as games, and what they must mean: written as text for Quid, and judged from
// the same plain numbers by enumeration, sharing no code with libquid.
#ifndef QUID_TESTS_SLOW_GAME_H
#define QUID_TESTS_SLOW_GAME_H

#include "quid.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOW_PARTY_COUNT_MAX 3
#define SLOW_CHANCE_COUNT_MAX 4 // secrets and events
#define SLOW_MOVE_COUNT_MAX 3
#define SLOW_WIDTH_MAX 3 // outcomes, options
#define SLOW_DATE_COUNT_MAX 2
#define SLOW_TERM_COUNT_MAX 3 // worth lines of a party
#define SLOW_ATOM_COUNT_MAX 2

// Where the numbers come from: bytes, then zeros.
typedef struct SlowSource {
    const uint8_t *bytes;
    size_t size;
    size_t used;
} SlowSource;

typedef struct SlowChance {
    bool is_secret;
    uint32_t owner; // of a secret
    uint32_t outcome_count;
    uint32_t percent[SLOW_WIDTH_MAX];        // by the author
    uint32_t believed[SLOW_PARTY_COUNT_MAX]; // percent of the first outcome; 0: as the author
    bool is_seen[SLOW_PARTY_COUNT_MAX];
    uint32_t first_day; // of an event's window, both included
    uint32_t last_day;
} SlowChance;

// thing is_equal value: chances are numbered first, then moves.
typedef struct SlowAtom {
    uint32_t thing;
    uint32_t value;
} SlowAtom;

typedef struct SlowMove {
    uint32_t party;
    uint32_t option_count;
    uint32_t date_count;
    uint32_t days[SLOW_DATE_COUNT_MAX];
    uint32_t until; // an option, or option_count: none
    uint32_t after; // a move, or SLOW_MOVE_COUNT_MAX: none
    bool is_blind[SLOW_CHANCE_COUNT_MAX + SLOW_MOVE_COUNT_MAX];
    bool has_condition;
    SlowAtom condition;
} SlowMove;

typedef struct SlowTerm {
    int32_t amount; // billions
    uint32_t atom_count;
    SlowAtom atoms[SLOW_ATOM_COUNT_MAX];
    bool is_negated[SLOW_ATOM_COUNT_MAX];
} SlowTerm;

typedef struct SlowDeal {
    uint32_t party_count;
    uint32_t chance_count;
    uint32_t move_count;
    SlowChance chances[SLOW_CHANCE_COUNT_MAX];
    SlowMove moves[SLOW_MOVE_COUNT_MAX];
    uint32_t term_count[SLOW_PARTY_COUNT_MAX];
    SlowTerm terms[SLOW_PARTY_COUNT_MAX][SLOW_TERM_COUNT_MAX];
    // What is on record of each move at its first date: an option, or option_count: nothing.
    uint32_t chosen[SLOW_MOVE_COUNT_MAX];
} SlowDeal;

// ---- A deal by the bytes

static inline uint32_t slow_pick(SlowSource *source, uint32_t count)
{
    return source->used < source->size ? source->bytes[source->used++] % count : 0;
}

static inline SlowAtom slow_pick_atom(SlowSource *source, const SlowDeal *deal, uint32_t move_count)
{
    SlowAtom atom = {slow_pick(source, deal->chance_count + move_count), 0};
    atom.value = slow_pick(source, atom.thing < deal->chance_count
                                       ? deal->chances[atom.thing].outcome_count
                                       : deal->moves[atom.thing - deal->chance_count].option_count);
    return atom;
}

static inline void slow_pick_chance(SlowSource *source, SlowDeal *deal)
{
    SlowChance *chance = &deal->chances[deal->chance_count++];
    uint32_t left = 100;
    chance->is_secret = slow_pick(source, 2) == 0;
    chance->owner = slow_pick(source, deal->party_count);
    chance->outcome_count = 2 + slow_pick(source, SLOW_WIDTH_MAX - 1);
    for (uint32_t i = 0; i + 1 < chance->outcome_count; i++) {
        chance->percent[i] = 1 + slow_pick(source, left - (chance->outcome_count - i));
        left -= chance->percent[i];
    }
    chance->percent[chance->outcome_count - 1] = left;
    for (uint32_t i = 0; i < deal->party_count; i++) {
        const bool is_owner = chance->is_secret && i == chance->owner;
        if (!is_owner && slow_pick(source, 3) == 0)
            chance->believed[i] = 1 + slow_pick(source, 99);
        chance->is_seen[i] = chance->is_secret ? is_owner : slow_pick(source, 4) != 0;
    }
    chance->first_day = slow_pick(source, 200);
    chance->last_day = chance->first_day + slow_pick(source, 150);
}

static inline void slow_pick_move(SlowSource *source, SlowDeal *deal)
{
    const uint32_t number = deal->move_count;
    SlowMove *move = &deal->moves[number];
    move->party = slow_pick(source, deal->party_count);
    move->option_count = 2 + slow_pick(source, SLOW_WIDTH_MAX - 1);
    move->date_count = 1 + slow_pick(source, SLOW_DATE_COUNT_MAX);
    for (uint32_t i = 0; i < move->date_count; i++)
        move->days[i] = (i == 0 ? 0 : move->days[i - 1]) + 1 + 10 * slow_pick(source, 16);
    move->until = slow_pick(source, move->option_count + 1);
    move->after = SLOW_MOVE_COUNT_MAX;
    if (number > 0 && slow_pick(source, 3) == 0)
        move->after = slow_pick(source, number);
    for (uint32_t i = 0; i < deal->chance_count + number; i++)
        move->is_blind[i] = slow_pick(source, 5) == 0;
    // Conditions rest on what has been stated before; whether they are decided Quid says.
    move->has_condition = deal->chance_count + number > 0 && slow_pick(source, 4) == 0;
    if (move->has_condition)
        move->condition = slow_pick_atom(source, deal, number);
    deal->move_count += 1;
}

static inline SlowDeal slow_deal(const uint8_t *bytes, size_t size)
{
    SlowSource source = {bytes, size, 0};
    SlowDeal deal = {.party_count = 1 + slow_pick(&source, SLOW_PARTY_COUNT_MAX)};
    const uint32_t chance_count = slow_pick(&source, SLOW_CHANCE_COUNT_MAX + 1);
    const uint32_t move_count = 1 + slow_pick(&source, SLOW_MOVE_COUNT_MAX);
    while (deal.chance_count < chance_count)
        slow_pick_chance(&source, &deal);
    while (deal.move_count < move_count)
        slow_pick_move(&source, &deal);
    for (uint32_t party = 0; party < deal.party_count; party++) {
        deal.term_count[party] = 1 + slow_pick(&source, SLOW_TERM_COUNT_MAX);
        for (uint32_t i = 0; i < deal.term_count[party]; i++) {
            SlowTerm *term = &deal.terms[party][i];
            term->amount = (int32_t)slow_pick(&source, 40) - 20;
            term->amount += term->amount >= 0;
            term->atom_count = 1 + slow_pick(&source, SLOW_ATOM_COUNT_MAX);
            for (uint32_t atom = 0; atom < term->atom_count; atom++) {
                term->atoms[atom] = slow_pick_atom(&source, &deal, deal.move_count);
                term->is_negated[atom] = slow_pick(&source, 3) == 0;
            }
        }
    }
    for (uint32_t i = 0; i < deal.move_count; i++)
        deal.chosen[i] =
            deal.moves[i].option_count - slow_pick(&source, deal.moves[i].option_count + 1);
    return deal;
}

// ---- The deal as text

typedef struct SlowText {
    char bytes[8192];
    size_t size;
} SlowText;

__attribute__((format(printf, 2, 3))) static inline void slow_add(SlowText *text,
                                                                  const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int added =
        vsnprintf(text->bytes + text->size, sizeof text->bytes - text->size, format, arguments);
    va_end(arguments);
    if (added < 0 || (size_t)added >= sizeof text->bytes - text->size)
        abort();
    text->size += (size_t)added;
}

static inline void slow_add_day(SlowText *text, uint32_t day)
{
    char date[11];
    quid_date_text(20454 + (QuidDate)day, date); // 2026-01-01 and later
    slow_add(text, "%s", date);
}

static inline void slow_add_atom(SlowText *text, const SlowDeal *deal, SlowAtom atom)
{
    if (atom.thing < deal->chance_count)
        slow_add(text, "c%u = o%u", atom.thing, atom.value);
    else
        slow_add(text, "m%u = p%u", atom.thing - deal->chance_count, atom.value);
}

static inline void slow_add_chance(SlowText *text, const SlowDeal *deal, uint32_t number)
{
    const SlowChance *chance = &deal->chances[number];
    if (chance->is_secret)
        slow_add(text, "secret c%u of P%u\n", number, chance->owner);
    else
        slow_add(text, "event c%u\n", number);
    for (uint32_t i = 0; i < chance->outcome_count; i++)
        slow_add(text, "  o%u %u%%\n", i, chance->percent[i]);
    for (uint32_t i = 0; i < deal->party_count; i++) {
        if (chance->believed[i] != 0)
            slow_add(text, "  P%u believes o0 %u%%\n", i, chance->believed[i]);
    }
    if (chance->is_secret)
        return;
    slow_add(text, "  between ");
    slow_add_day(text, chance->first_day);
    slow_add(text, " and ");
    slow_add_day(text, chance->last_day);
    slow_add(text, "\n");
    uint32_t seen = 0;
    for (uint32_t i = 0; i < deal->party_count; i++) {
        if (chance->is_seen[i])
            slow_add(text, seen++ == 0 ? "  seen by P%u" : ", P%u", i);
    }
    // Nobody cannot be written: seen by all then.
    slow_add(text, "%s", seen == 0 ? "" : "\n");
}

static inline void slow_add_move(SlowText *text, const SlowDeal *deal, uint32_t number)
{
    const SlowMove *move = &deal->moves[number];
    slow_add(text, "move m%u by P%u\n  choose", number, move->party);
    for (uint32_t i = 0; i < move->option_count; i++)
        slow_add(text, i == 0 ? " p%u" : ", p%u", i);
    slow_add(text, "\n  on ");
    for (uint32_t i = 0; i < move->date_count; i++) {
        slow_add(text, i == 0 ? "" : ", ");
        slow_add_day(text, move->days[i]);
    }
    slow_add(text, "\n");
    if (move->until < move->option_count)
        slow_add(text, "  until p%u\n", move->until);
    if (move->has_condition) {
        slow_add(text, "  if ");
        slow_add_atom(text, deal, move->condition);
        slow_add(text, "\n");
    }
    if (move->after < SLOW_MOVE_COUNT_MAX)
        slow_add(text, "  after m%u\n", move->after);
    uint32_t blind = 0;
    for (uint32_t i = 0; i < deal->chance_count + number; i++) {
        if (!move->is_blind[i])
            continue;
        slow_add(text, blind++ == 0 ? "  blind to " : ", ");
        if (i < deal->chance_count)
            slow_add(text, "c%u", i);
        else
            slow_add(text, "m%u", i - deal->chance_count);
    }
    slow_add(text, "%s", blind == 0 ? "" : "\n");
}

static inline void slow_write(SlowText *text, const SlowDeal *deal)
{
    slow_add(text, "deal \"Random\"\n  currency USD\n");
    for (uint32_t i = 0; i < deal->party_count; i++)
        slow_add(text, "party P%u\n", i);
    for (uint32_t i = 0; i < deal->chance_count; i++)
        slow_add_chance(text, deal, i);
    for (uint32_t i = 0; i < deal->move_count; i++)
        slow_add_move(text, deal, i);
    for (uint32_t party = 0; party < deal->party_count; party++) {
        slow_add(text, "worth P%u\n", party);
        for (uint32_t i = 0; i < deal->term_count[party]; i++) {
            const SlowTerm *term = &deal->terms[party][i];
            slow_add(text, "  %c %d bn USD if ", term->amount < 0 ? '-' : '+', abs(term->amount));
            for (uint32_t atom = 0; atom < term->atom_count; atom++) {
                slow_add(text, "%s%s", atom == 0 ? "" : " and ",
                         term->is_negated[atom] ? "not " : "");
                slow_add_atom(text, deal, term->atoms[atom]);
            }
            slow_add(text, "\n");
        }
    }
    for (uint32_t i = 0; i < deal->move_count; i++) {
        if (deal->chosen[i] == deal->moves[i].option_count)
            continue;
        slow_add_day(text, deal->moves[i].days[0]);
        slow_add(text, " choose m%u p%u\n", i, deal->chosen[i]);
    }
}

// ---- What a history means
//
// A history is what Quid's tree says of each step: which outcome a secret has, in which interval an
// event happened and how, what was chosen. From it alone: what each party's payoff is, how likely
// chance makes it by each party, which moves come up, and who knows what.

typedef struct SlowHistory {
    const SlowDeal *deal;
    const QuidDealGameTables *tables;
    const int16_t *slots; // by step
} SlowHistory;

// quid: events (secrets among them) and moves are numbered in the order of the text, from 1.
static inline uint32_t slow_thing(const SlowDeal *deal, const QuidStep *step)
{
    return step->kind == QUID_STEP_MOVE ? deal->chance_count + step->thing - 1 : step->thing - 1;
}

// The state of a thing before step `end`: its outcome or last choice, or -1.
static inline int32_t slow_state(const SlowHistory *history, uint32_t thing, uint32_t end)
{
    int32_t state = -1;
    for (uint32_t i = 0; i < end; i++) {
        const QuidStep *step = &history->tables->steps[i];
        if (slow_thing(history->deal, step) != thing || history->slots[i] == QUID_NO_SLOT)
            continue;
        state = step->kind == QUID_STEP_EVENT ? history->slots[i] - 1 : history->slots[i];
    }
    return state;
}

static inline double slow_percent(const SlowDeal *deal, uint32_t thing, uint32_t outcome,
                                  int32_t party)
{
    const SlowChance *chance = &deal->chances[thing];
    const double own = party < 0 ? 0 : chance->believed[party];
    if (own == 0)
        return chance->percent[outcome] / 100.0;
    if (outcome == 0)
        return own / 100;
    return (1 - own / 100) * chance->percent[outcome] / (100.0 - chance->percent[0]);
}

// An event is as likely on each day of its window; days count from their start.
static inline double slow_happened_by(const SlowChance *chance, double day)
{
    const double share = (day - chance->first_day) / (chance->last_day + 1.0 - chance->first_day);
    return share < 0 ? 0 : share > 1 ? 1 : share;
}

// How likely chance makes the history by a party's odds; -1: the author's.
static inline double slow_likelihood(const SlowHistory *history, int32_t party)
{
    double product = 1;
    for (uint32_t i = 0; i < history->tables->step_count; i++) {
        const QuidStep *step = &history->tables->steps[i];
        const int32_t slot = history->slots[i];
        if (slot == QUID_NO_SLOT || step->kind == QUID_STEP_MOVE)
            continue;
        const uint32_t thing = slow_thing(history->deal, step);
        if (step->kind == QUID_STEP_SECRET) {
            product *= slow_percent(history->deal, thing, (uint32_t)slot, party);
            continue;
        }
        const SlowChance *chance = &history->deal->chances[thing];
        const double before = slow_happened_by(chance, step->begin - 20454);
        const double by = slow_happened_by(chance, step->end - 20454);
        if (slot == 0)
            product *= (1 - by) / (1 - before);
        else
            product *= (by - before) / (1 - before) *
                       slow_percent(history->deal, thing, (uint32_t)slot - 1, party);
    }
    return product;
}

static inline double slow_worth(const SlowDeal *deal, uint32_t party, const int32_t *states)
{
    double sum = 0;
    for (uint32_t i = 0; i < deal->term_count[party]; i++) {
        const SlowTerm *term = &deal->terms[party][i];
        bool holds = true;
        for (uint32_t atom = 0; atom < term->atom_count; atom++)
            holds = holds && (states[term->atoms[atom].thing] ==
                              (int32_t)term->atoms[atom].value) != term->is_negated[atom];
        sum += holds ? term->amount : 0;
    }
    return sum;
}

// What the party expects, in billions, over what the history leaves open: events that have not
// happened yet come some time (their windows end before the horizon), secrets that nobody acts on
// have some outcome.
static inline double slow_payoff(const SlowHistory *history, uint32_t party)
{
    const SlowDeal *deal = history->deal;
    const uint32_t thing_count = deal->chance_count + deal->move_count;
    int32_t states[SLOW_CHANCE_COUNT_MAX + SLOW_MOVE_COUNT_MAX];
    uint32_t open[SLOW_CHANCE_COUNT_MAX];
    uint32_t open_count = 0;
    for (uint32_t i = 0; i < thing_count; i++) {
        states[i] = slow_state(history, i, history->tables->step_count);
        if (i < deal->chance_count && states[i] < 0) {
            open[open_count++] = i;
            states[i] = 0;
        }
    }
    double sum = 0;
    bool is_left = true;
    while (is_left) {
        double weight = 1;
        for (uint32_t i = 0; i < open_count; i++)
            weight *= slow_percent(deal, open[i], (uint32_t)states[open[i]], (int32_t)party);
        sum += weight * slow_worth(deal, party, states);
        is_left = false;
        for (uint32_t i = 0; i < open_count && !is_left; i++) {
            const int32_t count = (int32_t)deal->chances[open[i]].outcome_count;
            states[open[i]] = (states[open[i]] + 1) % count;
            is_left = states[open[i]] != 0;
        }
    }
    return sum;
}

// Whether the mover of step `at` knows what step `before` came to.
static inline bool slow_knows(const SlowHistory *history, uint32_t at, uint32_t before)
{
    const SlowDeal *deal = history->deal;
    const QuidStep *mine = &history->tables->steps[at];
    const QuidStep *step = &history->tables->steps[before];
    const SlowMove *move = &deal->moves[mine->thing - 1];
    const uint32_t thing = slow_thing(deal, step);
    if (step->kind == QUID_STEP_SECRET)
        return deal->chances[thing].owner == move->party;
    if (step->kind == QUID_STEP_EVENT) {
        bool is_seen_by_all = true;
        for (uint32_t i = 0; i < deal->party_count; i++)
            is_seen_by_all = is_seen_by_all && !deal->chances[thing].is_seen[i];
        return (is_seen_by_all || deal->chances[thing].is_seen[move->party]) &&
               !move->is_blind[thing];
    }
    const SlowMove *other = &deal->moves[step->thing - 1];
    if (other->party == move->party)
        return true;
    if (move->is_blind[thing])
        return false;
    if (step->epoch < mine->epoch)
        return true;
    for (uint32_t at_move = move->after; at_move < SLOW_MOVE_COUNT_MAX;
         at_move = deal->moves[at_move].after) {
        if (at_move == step->thing - 1)
            return true;
    }
    return false;
}

// Whether the move of a step comes up after what stands before it: conditions count choices of the
// same day only where the mover sees them.
static inline bool slow_arises(const SlowHistory *history, uint32_t at)
{
    const QuidStep *step = &history->tables->steps[at];
    const SlowMove *move = &history->deal->moves[step->thing - 1];
    const uint32_t thing = slow_thing(history->deal, step);
    int16_t slots[256];
    if (at > 256)
        abort();
    for (uint32_t i = 0; i < at; i++) {
        const QuidStep *before = &history->tables->steps[i];
        const bool is_unseen = before->kind == QUID_STEP_MOVE && before->epoch == step->epoch &&
                               !slow_knows(history, at, i);
        slots[i] = is_unseen ? QUID_NO_SLOT : history->slots[i];
    }
    const SlowHistory seen = {history->deal, history->tables, slots};
    if (move->until < move->option_count && slow_state(history, thing, at) == (int32_t)move->until)
        return false;
    return !move->has_condition ||
           slow_state(&seen, move->condition.thing, at) == (int32_t)move->condition.value;
}

// An event's share of the weight of a history, given that it did not happen before a moment:
// its interval's part behind it.
static inline double slow_event_weight(const SlowHistory *history, uint32_t thing, double now)
{
    const SlowChance *chance = &history->deal->chances[thing];
    const double past = slow_happened_by(chance, now);
    double last = past;
    for (uint32_t i = 0; i < history->tables->step_count; i++) {
        const QuidStep *step = &history->tables->steps[i];
        if (step->kind != QUID_STEP_EVENT || slow_thing(history->deal, step) != thing ||
            history->slots[i] == QUID_NO_SLOT)
            continue;
        const double before = fmax(past, slow_happened_by(chance, step->begin - 20454));
        const double by = fmax(past, slow_happened_by(chance, step->end - 20454));
        last = by;
        if (history->slots[i] > 0)
            return (by - before) *
                   slow_percent(history->deal, thing, (uint32_t)history->slots[i] - 1, -1);
    }
    return 1 - last;
}

// The author's weight of a history given the record, but for what the parties' strategies say.
// now: the first moment after the as-of day, in days since 2026 began.
static inline double slow_weight(const SlowHistory *history, double now)
{
    const SlowDeal *deal = history->deal;
    double weight = 1;
    for (uint32_t i = 0; i < deal->chance_count; i++) {
        const int32_t state = slow_state(history, i, history->tables->step_count);
        if (!deal->chances[i].is_secret)
            weight *= slow_event_weight(history, i, now);
        else if (state >= 0)
            weight *= slow_percent(deal, i, (uint32_t)state, -1);
    }
    for (uint32_t i = 0; i < history->tables->step_count; i++) {
        const QuidStep *step = &history->tables->steps[i];
        if (step->kind != QUID_STEP_MOVE || step->position != 0)
            continue;
        const uint32_t move = step->thing - 1;
        if (deal->chosen[move] < deal->moves[move].option_count &&
            history->slots[i] != (int32_t)deal->chosen[move])
            return 0;
    }
    return weight;
}

#endif
