// Chances of outcomes: the author's, and those of the parties that believe otherwise.
#include "game_internal.h"

#include <math.h>

// A party's prior is its own where it holds a belief about an event.
static bool has_beliefs(const Compiler *compiler, uint32_t party)
{
    const QuidDealTables *model = compiler->model;
    for (uint32_t event = 1; event < model->event_count; event++) {
        for (uint32_t i = 0; i < model->events[event].belief_count; i++) {
            const QuidBelief *belief = &model->beliefs[model->events[event].belief_first + i];
            if (belief->party.index == party)
                return true;
        }
    }
    return false;
}

static void list_priors(Compiler *compiler)
{
    const uint32_t party_count = compiler->model->party_count;
    compiler->belief_of_party = quid__arena_push(&compiler->arena, party_count * sizeof(uint32_t));
    compiler->party_of_belief =
        quid__arena_push(&compiler->arena, (party_count + 1) * sizeof(uint32_t));
    compiler->belief_count = 1;
    if (compiler->arena.has_failed)
        return;
    for (uint32_t party = 1; party < party_count; party++) {
        if (!has_beliefs(compiler, party))
            continue;
        compiler->party_of_belief[compiler->belief_count] = party;
        compiler->belief_of_party[party] = compiler->belief_count++;
    }
}

// Whether a term rests on a quantity that is drawn. Terms nest no deeper than the parser and the
// bounds on lets allow.
static bool is_drawn(const QuidDealTables *model, QuidTermId id)
{
    const QuidTerm *term = &model->terms[id.index];
    if (term->kind == QUID_TERM_INTERVAL || term->kind == QUID_TERM_DISTRIBUTION)
        return true;
    if (term->kind == QUID_TERM_LET)
        return is_drawn(model, model->lets[term->thing.index].value);
    for (uint32_t i = 0; i < term->child_count; i++) {
        if (is_drawn(model, model->term_childs[term->child_first + i]))
            return true;
    }
    return false;
}

// A range counts at its middle; quantities inside an expression count as they are drawn.
static bool is_constant(const Compiler *compiler, QuidTermId id)
{
    return compiler->model->terms[id.index].kind == QUID_TERM_INTERVAL ||
           !is_drawn(compiler->model, id);
}

// A probe for a chance that is no constant; a constant one is NaN-free in *chance.
static void open_chance(Compiler *compiler, QuidTermId term, Probe *probe, double *chance)
{
    QuidEstimate estimate;
    if (quid_deal_chance(compiler->deal, term, &estimate) && is_constant(compiler, term)) {
        *chance = estimate.middle;
        return;
    }
    *chance = NAN;
    *probe = (Probe){.kind = PROBE_CHANCE, .amount = term};
    if (compiler->status == QUID_OK)
        compiler->status = quid__probe_open(&compiler->prober, probe);
}

// The author's chances of one event where all are constant; `otherwise` takes the rest.
static bool author_constants(const Compiler *compiler, uint32_t event, const double *rows,
                             double *chances)
{
    const QuidEvent *what = &compiler->model->events[event];
    double rest = 1;
    uint32_t otherwise = QUID_NO_INDEX;
    for (uint32_t i = 0; i < what->outcome_count; i++) {
        if (compiler->model->outcomes[what->outcome_first + i].chance.index == 0) {
            otherwise = i;
            continue;
        }
        chances[i] = rows[what->outcome_first + i];
        if (isnan(chances[i]))
            return false;
        rest -= chances[i];
    }
    if (otherwise != QUID_NO_INDEX)
        chances[otherwise] = rest > 0 ? rest : 0;
    return true;
}

static void normalise(double *chances, uint32_t count)
{
    double sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        chances[i] = chances[i] > 0 ? chances[i] : 0;
        sum += chances[i];
    }
    for (uint32_t i = 0; i < count; i++)
        chances[i] = sum > 0 ? chances[i] / sum : 1.0 / count;
}

// A what-if's chance of one outcome; the others keep their proportions.
static void set_chance(const QuidEvent *event, double *chances)
{
    if (!event->has_set_chance)
        return;
    const uint32_t set = event->set_chance_outcome;
    const double rest = 1 - chances[set];
    for (uint32_t i = 0; i < event->outcome_count; i++) {
        if (i == set)
            continue;
        const double share = rest > 0 ? chances[i] / rest : 1.0 / (event->outcome_count - 1);
        chances[i] = share * (1 - event->set_chance);
    }
    chances[set] = event->set_chance;
}

// A party's beliefs over the author's chances: outcomes that it says nothing of share the rest as
// the author has them.
static void apply_beliefs(Compiler *compiler, uint32_t belief, uint32_t event,
                          const History *history, const double *rows, double *chances)
{
    const QuidEvent *what = &compiler->model->events[event];
    const uint32_t party = compiler->party_of_belief[belief];
    double said = 0;
    double unsaid = 1;
    uint32_t unsaid_count = what->outcome_count;
    bool is_said[QUID_CHOICE_COUNT_MAX] = {false};
    double value[QUID_CHOICE_COUNT_MAX];
    QUID_ASSERT(what->outcome_count <= QUID_CHOICE_COUNT_MAX);
    for (uint32_t i = 0; i < what->belief_count; i++) {
        const uint32_t row = what->belief_first + i;
        const QuidBelief *held = &compiler->model->beliefs[row];
        if (held->party.index != party)
            continue;
        double chance = rows[row];
        if (isnan(chance) && history == NULL) {
            chances[0] = NAN;
            return;
        }
        if (isnan(chance))
            chance =
                quid__probe_value(&compiler->prober, &compiler->belief_chances[row], history, NULL)
                    .mean;
        is_said[held->outcome] = true;
        unsaid_count -= 1;
        value[held->outcome] = chance;
        said += chance;
        unsaid -= chances[held->outcome];
    }
    for (uint32_t i = 0; i < what->outcome_count; i++) {
        if (is_said[i])
            chances[i] = value[i];
        else if (said > 0) // where the author gives them no chance, they share it alike
            chances[i] = (unsaid > 1e-12 ? chances[i] / unsaid : 1.0 / unsaid_count) * (1 - said);
    }
}

void quid__open_chances(Compiler *compiler)
{
    const QuidDealTables *model = compiler->model;
    list_priors(compiler);
    const size_t outcome_count = model->outcome_count;
    compiler->outcome_chances =
        quid__arena_push(&compiler->arena, (outcome_count + 1) * sizeof(Probe));
    compiler->belief_chances =
        quid__arena_push(&compiler->arena, (size_t)(model->belief_count + 1) * sizeof(Probe));
    compiler->outcome_rows =
        quid__arena_push(&compiler->arena, (outcome_count + 1) * sizeof(double));
    compiler->belief_rows =
        quid__arena_push(&compiler->arena, (size_t)(model->belief_count + 1) * sizeof(double));
    compiler->prober.chances = quid__arena_push(
        &compiler->arena, (outcome_count + 1) * (size_t)(model->party_count + 1) * sizeof(double));
    if (compiler->arena.has_failed) {
        compiler->status = QUID_NO_MEMORY;
        return;
    }
    for (uint32_t i = 0; i < outcome_count; i++) {
        if (model->outcomes[i].chance.index != 0)
            open_chance(compiler, model->outcomes[i].chance, &compiler->outcome_chances[i],
                        &compiler->outcome_rows[i]);
    }
    for (uint32_t i = 0; i < model->belief_count; i++)
        open_chance(compiler, model->beliefs[i].chance, &compiler->belief_chances[i],
                    &compiler->belief_rows[i]);
    for (uint32_t belief = 0; belief < compiler->belief_count; belief++) {
        for (uint32_t event = 1; event < model->event_count; event++)
            quid__outcome_chances(compiler, belief, event, NULL,
                                  &compiler->prober.chances[belief * outcome_count +
                                                            model->events[event].outcome_first]);
    }
}

void quid__outcome_chances(Compiler *compiler, uint32_t belief, uint32_t event,
                           const History *history, double *chances)
{
    const QuidEvent *what = &compiler->model->events[event];
    double rows_here[QUID_CHOICE_COUNT_MAX];
    QUID_ASSERT(what->outcome_count <= QUID_CHOICE_COUNT_MAX);
    const double *rows = compiler->outcome_rows;
    if (!author_constants(compiler, event, rows, chances)) {
        if (history == NULL) {
            chances[0] = NAN;
            return;
        }
        double rest = 1;
        for (uint32_t i = 0; i < what->outcome_count; i++) {
            const uint32_t row = what->outcome_first + i;
            rows_here[i] = rows[row];
            if (compiler->outcome_chances[row].program != NULL)
                rows_here[i] = quid__probe_value(&compiler->prober, &compiler->outcome_chances[row],
                                                 history, NULL)
                                   .mean;
            if (compiler->model->outcomes[row].chance.index != 0)
                rest -= rows_here[i];
        }
        for (uint32_t i = 0; i < what->outcome_count; i++)
            chances[i] = compiler->model->outcomes[what->outcome_first + i].chance.index != 0
                             ? rows_here[i]
                             : rest;
    }
    normalise(chances, what->outcome_count);
    // In a what-if the author's chance is set, and parties with beliefs keep theirs. One chance for
    // all parties is set last: the other outcomes keep each party's own proportions.
    const bool is_common = event == compiler->options.common_event;
    if (!is_common)
        set_chance(what, chances);
    if (belief != 0)
        apply_beliefs(compiler, belief, event, history, compiler->belief_rows, chances);
    if (isnan(chances[0]))
        return;
    normalise(chances, what->outcome_count);
    if (is_common)
        set_chance(what, chances);
}
