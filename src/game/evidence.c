// What the facts say of each step of the game: which slots they rule out, and how likely they are
// given the rest.
#include "game_internal.h"

typedef struct Witness {
    const QuidDeal *deal;
    const QuidDealTables *model;
    const QuidLedgerTables *facts;
    const EvidenceOptions *options;
} Witness;

static bool sees(const Witness *witness, const QuidStep *step)
{
    const uint32_t party = witness->options->party;
    if (party == 0)
        return true;
    if (step->kind != QUID_STEP_EVENT)
        return true; // that one's own `blind to` hides a move is said move by move, not for good
    const QuidEvent *event = &witness->model->events[step->thing];
    for (uint32_t i = 0; i < event->seen_count; i++) {
        if (witness->model->party_lists[event->seen_first + i].index == party)
            return true;
    }
    return event->is_seen_by_all;
}

// Up to the last fact that counts, in the order in which facts are replayed: by date, then as read.
static bool counts(const Witness *witness, uint32_t fact)
{
    const uint32_t last = witness->options->fact_last;
    if (last == UINT32_MAX)
        return true;
    const QuidFact *facts = witness->model->facts;
    return facts[fact].date < facts[last].date ||
           (fact <= last && facts[fact].date == facts[last].date);
}

// An event that happened on a known day: in the interval that holds the day's beginning.
static double observed_factor(const QuidStep *step, int32_t slot, QuidDate date, uint32_t outcome)
{
    if (slot == 0)
        return date >= step->end ? 1 : 0;
    const bool is_inside = date >= step->begin && date < step->end;
    return is_inside && (uint32_t)slot - 1 == outcome ? 1 : 0;
}

// An event that has not happened before `now`: the part of the interval that is left.
static double awaited_factor(const Witness *witness, const QuidStep *step, int32_t slot)
{
    const double now = witness->options->now;
    if (slot == 0 || step->begin >= now)
        return 1;
    if (step->end <= now)
        return 0;
    const double begin = step->begin <= -QUID_NEVER
                             ? 0
                             : quid_program_event_cdf(witness->deal, step->thing, step->begin);
    const double end = quid_program_event_cdf(witness->deal, step->thing, step->end);
    const double passed = quid_program_event_cdf(witness->deal, step->thing, now);
    return end > begin ? (end - passed) / (end - begin) : 0;
}

static double event_factor(const Witness *witness, const QuidStep *step, int32_t slot)
{
    const QuidEvent *event = &witness->model->events[step->thing];
    const QuidEventState *state = &witness->facts->events[step->thing];
    const bool is_known =
        state->is_known && state->date < witness->options->now && counts(witness, state->fact);
    if (is_known)
        return observed_factor(step, slot, state->date,
                               event->is_set ? event->set_outcome : state->outcome);
    if (event->is_set && slot > 0 && (uint32_t)slot - 1 != event->set_outcome)
        return 0;
    // Its whole window has passed and nothing is on record: then it says nothing.
    if (quid_program_event_cdf(witness->deal, step->thing, witness->options->now) >= 1)
        return 1;
    return awaited_factor(witness, step, slot);
}

static double move_factor(const Witness *witness, const QuidStep *step, int32_t slot)
{
    const QuidMoveState *state = &witness->facts->moves[step->thing];
    const QuidChoice *choice = &witness->facts->choices[state->choice_first + step->position];
    if (choice->option == QUID_NO_CHOICE || !counts(witness, choice->fact) ||
        witness->model->facts[choice->fact].date >= witness->options->now)
        return 1;
    return slot >= 0 && (uint32_t)slot == choice->option ? 1 : 0;
}

// How likely the facts are by slot, from QUID_NO_SLOT on. Whether they say anything of this step.
static bool weigh_step(const Witness *witness, const QuidStep *step, double *factor)
{
    const bool is_move = step->kind == QUID_STEP_MOVE;
    const bool is_seen = (is_move || step->kind == QUID_STEP_EVENT) && sees(witness, step);
    const int32_t slot_count =
        (int32_t)(is_move ? witness->model->moves[step->thing].option_count
                          : witness->model->events[step->thing].outcome_count + 1);
    bool says = false;
    for (int32_t slot = QUID_NO_SLOT; slot < slot_count; slot++) {
        double *here = &factor[slot + 1];
        *here = 1;
        if (is_seen && is_move)
            *here = move_factor(witness, step, slot);
        else if (is_seen && slot != QUID_NO_SLOT)
            *here = event_factor(witness, step, slot);
        says = says || *here != 1;
    }
    return says;
}

bool quid__evidence(const QuidGame *game, const QuidLedger *ledger, const EvidenceOptions *options,
                    QuidArena *arena, Evidence *evidence)
{
    const QuidDealGameTables *tables = &game->deal_tables;
    const Witness witness = {game->deal, quid_deal_tables(game->deal), quid_ledger_tables(ledger),
                             options};
    evidence->width = QUID_CHOICE_COUNT_MAX + 2; // none; not yet, or an option; each outcome
    evidence->factor = quid__arena_push(arena, (size_t)(tables->step_count + 1) * evidence->width *
                                                   sizeof(double));
    evidence->informative =
        quid__arena_push(arena, ((size_t)tables->step_count + 1) * sizeof(uint32_t));
    evidence->informative_count = 0;
    if (arena->has_failed)
        return false;
    for (uint32_t i = 0; i < tables->step_count; i++) {
        if (weigh_step(&witness, &tables->steps[i], evidence->factor + (size_t)i * evidence->width))
            evidence->informative[evidence->informative_count++] = i;
    }
    return true;
}
