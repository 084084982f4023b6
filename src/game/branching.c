// What may come next in a history: the slots that a step can take, and the chances of those that
// chance decides.
#include "game_internal.h"

// Outcomes without a chance are branches too: a game stays the same tree whatever its chances, so
// that one that differs in them alone can be compared with it set by set.
static uint32_t outcome_branches(const Compiler *compiler, uint32_t event, int16_t *slots,
                                 int16_t offset)
{
    const uint32_t count = compiler->model->events[event].outcome_count;
    for (uint32_t i = 0; i < count; i++)
        slots[i] = (int16_t)((int32_t)i + offset);
    return count;
}

static uint32_t event_branches(Compiler *compiler, uint32_t number, const History *history,
                               int16_t *slots)
{
    const QuidStep *step = &compiler->prober.steps[number];
    const HistoryOutcome before = quid__history_outcome(history, step->thing);
    const double chance = compiler->hazards[number];
    if (before.has_happened)
        return 0;
    uint32_t count = 0;
    if (chance < 1)
        slots[count++] = 0;
    if (chance > 0 && before.is_known)
        slots[count++] = (int16_t)(1 + before.outcome);
    else if (chance > 0)
        count += outcome_branches(compiler, step->thing, slots + count, 1);
    return count;
}

static bool holds(Compiler *compiler, Probe *probe, const QuidStep *step, const History *history)
{
    if (probe->program == NULL)
        return true;
    const ProbeValue value = quid__probe_value(&compiler->prober, probe, history, NULL);
    if (value.is_mixed && compiler->status == QUID_OK) {
        const QuidMove *move = &compiler->model->moves[step->thing];
        quid__report(compiler->context, QUID_E0852_UNDECIDED_MOVE,
                     compiler->model->terms[probe->amount.index].span,
                     "when `%.*s` comes up, this is not decided: it rests on dates or quantities "
                     "that nobody has "
                     "seen by then",
                     QUID_PRINT(move->id));
        quid__report_hint(compiler->context,
                          "let it rest on moves, secrets and events; what is uncertain about a "
                          "milestone can be an `event` of its own");
        compiler->status = QUID_INVALID;
    }
    return value.mean > 0;
}

// What the mover may rest its choice on at the moment: everything before, less simultaneous moves.
static History known_history(Compiler *compiler, uint32_t step, int16_t *slots)
{
    const QuidStep *steps = compiler->prober.steps;
    const uint32_t *first = compiler->steps.visible_first.items;
    const uint32_t *visible = compiler->steps.visible.items;
    for (uint32_t i = 0; i < step; i++) {
        const bool is_simultaneous =
            steps[i].kind == QUID_STEP_MOVE && steps[i].epoch == steps[step].epoch;
        slots[i] = is_simultaneous ? QUID_NO_SLOT : compiler->slots[i];
    }
    for (uint32_t i = first[step]; i < first[step + 1]; i++)
        slots[visible[i]] = compiler->slots[visible[i]];
    return (History){steps, slots, step};
}

static uint32_t move_branches(Compiler *compiler, uint32_t number, int16_t *slots)
{
    const QuidStep *step = &compiler->prober.steps[number];
    const QuidMove *move = &compiler->model->moves[step->thing];
    const History whole = compiler_history(compiler, number);
    if (quid__history_is_over(compiler->model, &whole, step->thing))
        return 0;
    int16_t known[QUID_STEP_COUNT_MAX];
    const History history = known_history(compiler, number, known);
    if (!holds(compiler, &compiler->move_conditions[step->thing], step, &history))
        return 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < move->option_count; i++) {
        if (holds(compiler, &compiler->option_conditions[move->option_first + i], step, &history))
            slots[count++] = (int16_t)i;
    }
    return count;
}

uint32_t quid__branches(Compiler *compiler, uint32_t number, int16_t *slots)
{
    const QuidStep *step = &compiler->prober.steps[number];
    const History history = compiler_history(compiler, number);
    switch (step->kind) {
    case QUID_STEP_SECRET:
        return outcome_branches(compiler, step->thing, slots, 0);
    case QUID_STEP_REVEAL:
        return quid__history_outcome(&history, step->thing).is_known
                   ? 0
                   : outcome_branches(compiler, step->thing, slots, 0);
    case QUID_STEP_EVENT:
        return event_branches(compiler, number, &history, slots);
    case QUID_STEP_MOVE:
        return move_branches(compiler, number, slots);
    }
    return 0;
}

void quid__branch_chances(Compiler *compiler, uint32_t number, const int16_t *slots, uint32_t count,
                          double *chances)
{
    const QuidStep *step = &compiler->prober.steps[number];
    const History history = compiler_history(compiler, number);
    const HistoryOutcome before = quid__history_outcome(&history, step->thing);
    const double chance = step->kind == QUID_STEP_EVENT ? compiler->hazards[number] : 1;
    const int16_t offset = step->kind == QUID_STEP_EVENT;
    double outcomes[QUID_CHOICE_COUNT_MAX];
    for (uint32_t belief = 0; belief < compiler->belief_count; belief++) {
        quid__outcome_chances(compiler, belief, step->thing, &history, outcomes);
        for (uint32_t i = 0; i < count; i++) {
            const bool is_not_yet = step->kind == QUID_STEP_EVENT && slots[i] == 0;
            chances[belief * count + i] = is_not_yet        ? 1 - chance
                                          : before.is_known ? chance
                                                            : chance * outcomes[slots[i] - offset];
        }
    }
}
