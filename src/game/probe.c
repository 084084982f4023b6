// Probes: an expression of the deal, evaluated at histories. What a history leaves open is
// averaged: outcomes one by one with their chances, the rest in closed form where there is one,
// else over scrambled Sobol points.
#include "game_internal.h"
#include "maths.h"

#include <math.h>
#include <string.h>

#define OPEN_EVENT_COUNT_MAX                                                                       \
    12u // outcomes of so many undecided events are enumerated; those of further ones are drawn
#define LOOK_COUNT 32u // scenarios that show whether a condition is the same in all

// The wants of a probe's program.
enum { WANT_AMOUNT, WANT_CONDITION, WANT_AT, WANT_BRANCHES };

// ---- Opening

// Conditions of every `A if C else B` inside the amount, through quantities.
static void collect_branches(Prober *prober, Probe *probe, QuidTermId id, uint32_t depth)
{
    const QuidTerm *term = &prober->model->terms[id.index];
    if (id.index == 0 || depth > 4 * QUID_NESTING_MAX)
        return;
    if (term->kind == QUID_TERM_LET)
        collect_branches(prober, probe, prober->model->lets[term->thing.index].value, depth + 1);
    if (term->kind == QUID_TERM_IF) {
        if (probe->branches != NULL)
            probe->branches[probe->branch_count] = id;
        probe->branch_count += 1;
    }
    for (uint32_t i = 0; i < term->child_count; i++)
        collect_branches(prober, probe, prober->model->term_childs[term->child_first + i],
                         depth + 1);
}

static QuidWant term_want(QuidTermId term)
{
    return (QuidWant){.kind = QUID_WANT_TERM, .term = term, .date = QUID_NO_DATE};
}

static QuidTermId branch_condition(const Prober *prober, QuidTermId branch)
{
    const QuidTerm *term = &prober->model->terms[branch.index];
    return prober->model->term_childs[term->child_first + 1];
}

QuidStatus quid__probe_open(Prober *prober, Probe *probe)
{
    quid__names_init(&probe->keys, prober->context);
    quid__vector_init(&probe->values, prober->context, sizeof(ProbeValue));
    collect_branches(prober, probe, probe->amount, 0);
    const uint32_t branch_count = probe->branch_count;
    probe->branches =
        quid__arena_push(prober->arena, (size_t)(branch_count + 1) * sizeof(QuidTermId));
    QuidWant *wants =
        quid__arena_push(prober->arena, (size_t)(WANT_BRANCHES + branch_count) * sizeof(QuidWant));
    if (probe->branches == NULL || wants == NULL)
        return QUID_NO_MEMORY;
    probe->branch_count = 0;
    collect_branches(prober, probe, probe->amount, 0);
    wants[WANT_AMOUNT] = term_want(probe->amount);
    // A want that is not there repeats the amount: the program computes it once.
    wants[WANT_CONDITION] =
        term_want(probe->condition.index != 0 ? probe->condition : probe->amount);
    wants[WANT_AT] = term_want(probe->at.index != 0 ? probe->at : probe->amount);
    for (uint32_t i = 0; i < branch_count; i++)
        wants[WANT_BRANCHES + i] = term_want(branch_condition(prober, probe->branches[i]));
    QuidProgramOptions options = quid_program_options();
    options.seed = prober->options->seed;
    options.is_sobol = true;
    const QuidStatus status =
        quid_program_compile(prober->context, prober->deal, prober->rates, &options, wants,
                             WANT_BRANCHES + branch_count, &probe->program);
    if (status != QUID_OK)
        return status;
    return quid_program_run_create(prober->context, probe->program, &probe->run);
}

void quid__probe_free(Probe *probe)
{
    quid_program_run_free(probe->run);
    quid_program_free(probe->program);
    if (probe->keys.context == NULL)
        return; // never opened
    quid__names_free(&probe->keys);
    quid__vector_free(&probe->values);
}

// ---- Binding to steps

static bool contains(const uint32_t *list, uint32_t count, uint32_t item)
{
    for (uint32_t i = 0; i < count; i++) {
        if (list[i] == item)
            return true;
    }
    return false;
}

static bool rests_on(const Probe *probe, const QuidStep *step)
{
    for (uint32_t want = 0; want < WANT_BRANCHES; want++) {
        const QuidDependencies rests = quid_program_dependencies(probe->program, want);
        if (step->kind == QUID_STEP_MOVE ? contains(rests.moves, rests.move_count, step->thing)
                                         : contains(rests.events, rests.event_count, step->thing))
            return true;
    }
    return false;
}

bool quid__probe_bind(Prober *prober, Probe *probe)
{
    probe->steps =
        quid__arena_push(prober->arena, (size_t)(prober->step_count + 1) * sizeof(uint32_t));
    if (probe->steps == NULL)
        return false;
    for (uint32_t i = 0; i < prober->step_count; i++) {
        if (rests_on(probe, &prober->steps[i]))
            probe->steps[probe->step_count++] = i;
    }
    return true;
}

// ---- Evaluating

// What one evaluation averages over.
typedef struct Trial {
    Prober *prober;
    Probe *probe;
    const History *history;
    uint32_t open[OPEN_EVENT_COUNT_MAX]; // events whose outcome is enumerated
    QuidEventSetting open_setting[OPEN_EVENT_COUNT_MAX];
    uint32_t open_count;
    double sums[QUID_SCRAMBLING_COUNT];
    bool is_exact;
    bool is_mixed;
} Trial;

static double outcome_chance(const Prober *prober, uint32_t belief, uint32_t event,
                             uint32_t outcome)
{
    const uint32_t row = prober->model->events[event].outcome_first + outcome;
    return prober->chances[(size_t)belief * prober->model->outcome_count + row];
}

static void set_events(Trial *trial)
{
    const Prober *prober = trial->prober;
    for (uint32_t event = 1; event < prober->model->event_count; event++) {
        const HistoryOutcome found = quid__history_outcome(trial->history, event);
        QuidEventSetting setting = {QUID_NEVER, QUID_NEVER, QUID_OUTCOME_DRAWN};
        if (found.has_happened || prober->model->events[event].is_secret) {
            setting.low = found.begin;
            setting.high = found.end;
        } else if (trial->probe->kind == PROBE_WORTH) {
            setting.low = found.end;
        }
        if (found.is_known)
            setting.outcome = found.outcome;
        const bool can_be_open = trial->probe->kind == PROBE_WORTH && !found.is_known &&
                                 trial->open_count < OPEN_EVENT_COUNT_MAX &&
                                 !isnan(outcome_chance(prober, trial->probe->belief, event, 0));
        bool is_used = false;
        for (uint32_t want = 0; want < WANT_BRANCHES; want++) {
            const QuidDependencies rests = quid_program_dependencies(trial->probe->program, want);
            is_used = is_used || contains(rests.events, rests.event_count, event);
        }
        if (!is_used)
            continue;
        if (can_be_open) {
            trial->open[trial->open_count] = event;
            trial->open_setting[trial->open_count++] = setting;
        }
        quid_program_set_event(trial->probe->run, event, setting);
    }
}

static void set_choices(Trial *trial)
{
    const History *history = trial->history;
    for (uint32_t i = 0; i < trial->probe->step_count; i++) {
        const uint32_t number = trial->probe->steps[i];
        const QuidStep *step = &history->steps[number];
        if (step->kind == QUID_STEP_MOVE)
            quid_program_set_choice(trial->probe->run, step->thing, step->position,
                                    number < history->step_count ? history->slots[number] : -1);
    }
}

typedef enum Spread { SPREAD_ALL_FALSE, SPREAD_ALL_TRUE, SPREAD_MIXED } Spread;

static Spread spread_of(const double *column, uint32_t count)
{
    uint32_t true_count = 0;
    for (uint32_t i = 0; i < count; i++)
        true_count += column[i] != 0;
    return true_count == 0       ? SPREAD_ALL_FALSE
           : true_count == count ? SPREAD_ALL_TRUE
                                 : SPREAD_MIXED;
}

static bool is_constant(const double *column, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        if (column[i] < column[0] || column[i] > column[0])
            return false;
    }
    return true;
}

static double discount_factor(const Trial *trial, double date)
{
    if (isinf(date))
        return 0;
    const double years = (date - trial->prober->model->first_date) / 365.25;
    return quid__exp(-quid__log1p(trial->probe->discount) * years);
}

// The value of one scenario of the last block.
static double scenario_value(const Trial *trial, uint32_t i)
{
    const Probe *probe = trial->probe;
    if (probe->condition.index != 0 && quid_program_column(probe->run, WANT_CONDITION)[i] == 0)
        return 0;
    double value = quid_program_column(probe->run, WANT_AMOUNT)[i];
    if (probe->at.index != 0)
        value *= discount_factor(trial, quid_program_column(probe->run, WANT_AT)[i]);
    return value;
}

// The value in closed form, from what the last block shows of conditions. false: there is none.
static bool closed_form(const Trial *trial, uint32_t count, double *value)
{
    const Probe *probe = trial->probe;
    bool is_true[64];
    if (probe->branch_count > 64)
        return false;
    for (uint32_t i = 0; i < probe->branch_count; i++) {
        const uint32_t want = WANT_BRANCHES + i;
        const Spread spread = spread_of(quid_program_column(probe->run, want), count);
        if (spread == SPREAD_MIXED || quid_program_dependencies(probe->program, want).is_drawn)
            return false;
        is_true[i] = spread == SPREAD_ALL_TRUE;
    }
    double factor = 1;
    if (probe->at.index != 0) {
        const double *dates = quid_program_column(probe->run, WANT_AT);
        if (!is_constant(dates, count) ||
            quid_program_dependencies(probe->program, WANT_AT).is_drawn)
            return false;
        factor = discount_factor(trial, dates[0]);
    }
    double mean;
    if (!quid__exact_mean(trial->prober, probe, is_true, &mean))
        return false;
    *value = mean * factor;
    return true;
}

static void draw_block(const Trial *trial, uint32_t scrambling, uint32_t first, uint32_t count)
{
    quid_program_set_scrambling(trial->probe->run, scrambling);
    quid_program_draw(trial->probe->run, first, count);
    quid_program_finish(trial->probe->run);
}

static void add_to_all(Trial *trial, double value)
{
    for (uint32_t i = 0; i < QUID_SCRAMBLING_COUNT; i++)
        trial->sums[i] += value;
}

static void sample(Trial *trial, double weight)
{
    const uint32_t point_count = trial->prober->options->point_count;
    for (uint32_t scrambling = 0; scrambling < QUID_SCRAMBLING_COUNT; scrambling++) {
        double sum = 0;
        for (uint32_t first = 0; first < point_count; first += QUID_PROGRAM_BLOCK) {
            const uint32_t left = point_count - first;
            const uint32_t count = left < QUID_PROGRAM_BLOCK ? left : QUID_PROGRAM_BLOCK;
            draw_block(trial, scrambling, first, count);
            for (uint32_t i = 0; i < count; i++)
                sum += scenario_value(trial, i);
        }
        trial->sums[scrambling] += weight * sum / point_count;
    }
    trial->is_exact = false;
}

// One setting of all outcomes that are enumerated.
static void evaluate_setting(Trial *trial, double weight)
{
    const Probe *probe = trial->probe;
    const uint32_t count = LOOK_COUNT;
    draw_block(trial, 0, 0, count);
    const uint32_t gate = probe->condition.index != 0 ? WANT_CONDITION : WANT_AMOUNT;
    const double *column = quid_program_column(probe->run, gate);
    const bool is_drawn = quid_program_dependencies(probe->program, gate).is_drawn;
    if (probe->kind == PROBE_CONDITION) {
        trial->is_mixed = trial->is_mixed || is_drawn || spread_of(column, count) == SPREAD_MIXED;
        add_to_all(trial, weight * column[0]);
        return;
    }
    double value;
    if (probe->condition.index != 0 && !is_drawn) {
        const Spread spread = spread_of(column, count);
        if (spread == SPREAD_ALL_FALSE)
            return;
        if (spread == SPREAD_ALL_TRUE && closed_form(trial, count, &value)) {
            add_to_all(trial, weight * value);
            return;
        }
    } else if (probe->condition.index == 0 && closed_form(trial, count, &value)) {
        add_to_all(trial, weight * value);
        return;
    }
    sample(trial, weight);
}

// All outcomes of the events left open, the first varying slowest.
static void enumerate(Trial *trial)
{
    uint32_t outcome[OPEN_EVENT_COUNT_MAX] = {0};
    for (;;) {
        double weight = 1;
        for (uint32_t i = 0; i < trial->open_count; i++) {
            QuidEventSetting setting = trial->open_setting[i];
            setting.outcome = outcome[i];
            weight *=
                outcome_chance(trial->prober, trial->probe->belief, trial->open[i], outcome[i]);
            quid_program_set_event(trial->probe->run, trial->open[i], setting);
        }
        if (weight > 0)
            evaluate_setting(trial, weight);
        uint32_t place = trial->open_count;
        while (place > 0) {
            const QuidEvent *event = &trial->prober->model->events[trial->open[place - 1]];
            if (++outcome[place - 1] < event->outcome_count)
                break;
            outcome[--place] = 0;
        }
        if (place == 0)
            return;
    }
}

static ProbeValue evaluate(Prober *prober, Probe *probe, const History *history)
{
    Trial trial = {.prober = prober, .probe = probe, .history = history, .is_exact = true};
    set_events(&trial);
    set_choices(&trial);
    enumerate(&trial);
    double mean = 0;
    for (uint32_t i = 0; i < QUID_SCRAMBLING_COUNT; i++)
        mean += trial.sums[i];
    mean /= QUID_SCRAMBLING_COUNT;
    double square = 0;
    for (uint32_t i = 0; i < QUID_SCRAMBLING_COUNT; i++)
        square += (trial.sums[i] - mean) * (trial.sums[i] - mean);
    const double error =
        trial.is_exact ? 0 : sqrt(square / (QUID_SCRAMBLING_COUNT * (QUID_SCRAMBLING_COUNT - 1)));
    return (ProbeValue){trial.is_exact ? trial.sums[0] : mean, error, trial.is_exact,
                        trial.is_mixed};
}

ProbeValue quid__probe_value(Prober *prober, Probe *probe, const History *history, uint32_t *number)
{
    int16_t key[QUID_STEP_COUNT_MAX + 1];
    key[0] = 0; // a key is never empty
    for (uint32_t i = 0; i < probe->step_count; i++) {
        const uint32_t step = probe->steps[i];
        key[i + 1] = step < history->step_count ? history->slots[step] : QUID_NO_SLOT;
    }
    char bytes[sizeof key];
    const uint32_t size = (probe->step_count + 1) * (uint32_t)sizeof key[0];
    memcpy(bytes, key, size);
    const QuidName name = quid__names_intern(&probe->keys, bytes, size);
    if (name.id > probe->values.count) {
        const ProbeValue value = evaluate(prober, probe, history);
        ProbeValue *added = quid__vector_push(&probe->values);
        if (added != NULL)
            *added = value;
    }
    if (name.id == 0 || name.id > probe->values.count) {
        prober->has_failed = true;
        return (ProbeValue){0};
    }
    if (number != NULL)
        *number = name.id - 1;
    return QUID_AT(&probe->values, ProbeValue, name.id - 1);
}
