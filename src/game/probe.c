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
    probe->fingerprint = quid_program_fingerprint(probe->program);
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

#define KEY_SIZE_MAX 60000u // bytes of a setting; longer ones are not remembered

// What one evaluation averages over.
typedef struct Trial {
    Prober *prober;
    Probe *probe;
    const History *history;
    uint32_t open[OPEN_EVENT_COUNT_MAX]; // events whose outcome is enumerated
    QuidEventSetting open_setting[OPEN_EVENT_COUNT_MAX];
    uint32_t open_count;
    bool has_drawn_outcome; // an outcome is left to chances that change from game to game
    char *key;              // of the setting at hand
    uint32_t key_size;
    double sums[QUID_SCRAMBLING_COUNT];
    bool is_exact;
    bool is_mixed;
} Trial;

static void add_to_key(Trial *trial, const void *bytes, uint32_t size)
{
    if (trial->key_size + size <= KEY_SIZE_MAX)
        memcpy(trial->key + trial->key_size, bytes, size);
    trial->key_size += size;
}

static double outcome_chance(const Prober *prober, uint32_t belief, uint32_t event,
                             uint32_t outcome)
{
    const uint32_t row = prober->model->events[event].outcome_first + outcome;
    return prober->chances[(size_t)belief * prober->model->outcome_count + row];
}

static bool is_used(const Probe *probe, uint32_t event)
{
    for (uint32_t want = 0; want < WANT_BRANCHES; want++) {
        const QuidDependencies rests = quid_program_dependencies(probe->program, want);
        if (contains(rests.events, rests.event_count, event))
            return true;
    }
    return false;
}

static QuidEventSetting setting_of(const Trial *trial, uint32_t event, const HistoryOutcome *found)
{
    QuidEventSetting setting = {QUID_NEVER, QUID_NEVER, QUID_OUTCOME_DRAWN};
    if (found->has_happened || trial->prober->model->events[event].is_secret) {
        setting.low = found->begin;
        setting.high = found->end;
    } else if (trial->probe->kind == PROBE_WORTH) {
        setting.low = found->end;
    }
    if (found->is_known)
        setting.outcome = found->outcome;
    return setting;
}

static void set_events(Trial *trial)
{
    const Prober *prober = trial->prober;
    for (uint32_t event = 1; event < prober->model->event_count; event++) {
        if (!is_used(trial->probe, event))
            continue;
        const HistoryOutcome found = quid__history_outcome(trial->history, event);
        const QuidEventSetting setting = setting_of(trial, event, &found);
        const bool is_open = trial->probe->kind == PROBE_WORTH && !found.is_known &&
                             trial->open_count < OPEN_EVENT_COUNT_MAX &&
                             !isnan(outcome_chance(prober, trial->probe->belief, event, 0));
        if (is_open) {
            trial->open[trial->open_count] = event;
            trial->open_setting[trial->open_count++] = setting;
        } else {
            trial->has_drawn_outcome =
                trial->has_drawn_outcome || setting.outcome == QUID_OUTCOME_DRAWN;
        }
        add_to_key(trial, &event, sizeof event);
        add_to_key(trial, &setting, sizeof setting);
        quid_program_set_event(trial->probe->run, event, setting);
    }
}

static void set_choices(Trial *trial)
{
    const History *history = trial->history;
    for (uint32_t i = 0; i < trial->probe->step_count; i++) {
        const uint32_t number = trial->probe->steps[i];
        const QuidStep *step = &history->steps[number];
        if (step->kind != QUID_STEP_MOVE)
            continue;
        const int16_t slot = number < history->step_count ? history->slots[number] : QUID_NO_SLOT;
        add_to_key(trial, &slot, sizeof slot);
        quid_program_set_choice(trial->probe->run, step->thing, step->position, slot);
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

static void set_all(Valuation *valuation, double value)
{
    for (uint32_t i = 0; i < QUID_SCRAMBLING_COUNT; i++)
        valuation->means[i] = value;
}

static void sample(const Trial *trial, Valuation *valuation)
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
        valuation->means[scrambling] = sum / point_count;
    }
    valuation->is_exact = false;
}

// One setting of everything that the expression rests on.
static Valuation value_setting(const Trial *trial)
{
    const Probe *probe = trial->probe;
    Valuation valuation = {.is_exact = true};
    draw_block(trial, 0, 0, LOOK_COUNT);
    const uint32_t gate = probe->condition.index != 0 ? WANT_CONDITION : WANT_AMOUNT;
    const double *column = quid_program_column(probe->run, gate);
    const bool is_drawn = quid_program_dependencies(probe->program, gate).is_drawn;
    const Spread spread = spread_of(column, LOOK_COUNT);
    if (probe->kind == PROBE_CONDITION) {
        valuation.is_mixed = is_drawn || spread == SPREAD_MIXED;
        set_all(&valuation, column[0]);
        return valuation;
    }
    const bool is_gated = probe->condition.index != 0;
    if (is_gated && !is_drawn && spread == SPREAD_ALL_FALSE)
        return valuation;
    double value;
    const bool is_open = !is_gated || (!is_drawn && spread == SPREAD_ALL_TRUE);
    if (is_open && closed_form(trial, LOOK_COUNT, &value))
        set_all(&valuation, value);
    else
        sample(trial, &valuation);
    return valuation;
}

// The same setting is valued once: by the game that this one is a change of, or before in this one.
static Valuation look_up(Trial *trial)
{
    Prober *prober = trial->prober;
    if (trial->has_drawn_outcome || trial->key_size > KEY_SIZE_MAX)
        return value_setting(trial);
    if (prober->known != NULL) {
        const QuidName known = quid__names_find(&prober->known->keys, trial->key, trial->key_size);
        if (known.id != 0)
            return QUID_AT(&prober->known->values, Valuation, known.id - 1);
    }
    const QuidName name = quid__names_intern(&prober->made->keys, trial->key, trial->key_size);
    if (name.id != 0 && name.id <= prober->made->values.count)
        return QUID_AT(&prober->made->values, Valuation, name.id - 1);
    const Valuation valuation = value_setting(trial);
    Valuation *added = name.id == 0 ? NULL : quid__vector_push(&prober->made->values);
    if (added != NULL)
        *added = valuation;
    prober->has_failed = prober->has_failed || added == NULL;
    return valuation;
}

static void add_setting(Trial *trial, double weight)
{
    const Valuation valuation = look_up(trial);
    for (uint32_t i = 0; i < QUID_SCRAMBLING_COUNT; i++)
        trial->sums[i] += weight * valuation.means[i];
    trial->is_exact = trial->is_exact && valuation.is_exact;
    trial->is_mixed = trial->is_mixed || valuation.is_mixed;
}

// All outcomes of the events left open, the first varying slowest.
static void enumerate(Trial *trial)
{
    uint32_t outcome[OPEN_EVENT_COUNT_MAX] = {0};
    const uint32_t key_size = trial->key_size;
    for (;;) {
        double weight = 1;
        trial->key_size = key_size;
        for (uint32_t i = 0; i < trial->open_count; i++) {
            QuidEventSetting setting = trial->open_setting[i];
            setting.outcome = outcome[i];
            weight *=
                outcome_chance(trial->prober, trial->probe->belief, trial->open[i], outcome[i]);
            add_to_key(trial, &outcome[i], sizeof outcome[i]);
            quid_program_set_event(trial->probe->run, trial->open[i], setting);
        }
        if (weight > 0)
            add_setting(trial, weight);
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

// What is there beside the amount, and how finely it is averaged.
typedef struct Flags {
    uint32_t kind;
    uint32_t parts;
    uint32_t point_count;
} Flags;

static Flags flags_of(const Prober *prober, const Probe *probe)
{
    return (Flags){(uint32_t)probe->kind,
                   (probe->condition.index != 0) * 2u + (probe->at.index != 0),
                   prober->options->point_count};
}

// All that the value rests on beside events and moves: what is computed, and how it is counted.
static void add_probe_to_key(Trial *trial)
{
    const Probe *probe = trial->probe;
    const Flags flags = flags_of(trial->prober, probe);
    add_to_key(trial, probe->fingerprint.words, sizeof probe->fingerprint.words);
    add_to_key(trial, &flags, sizeof flags);
    add_to_key(trial, &probe->discount, sizeof probe->discount);
}

static ProbeValue evaluate(Prober *prober, Probe *probe, const History *history)
{
    char key[KEY_SIZE_MAX];
    Trial trial = {
        .prober = prober, .probe = probe, .history = history, .key = key, .is_exact = true};
    add_probe_to_key(&trial);
    set_events(&trial);
    set_choices(&trial);
    enumerate(&trial);
    probe->has_drawn_outcome = probe->has_drawn_outcome || trial.has_drawn_outcome;
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

static uint64_t word_of(double number)
{
    uint64_t word;
    memcpy(&word, &number, sizeof word);
    return word;
}

const uint64_t *quid__probe_grounds(const Prober *prober, const Probe *probe, double rate,
                                    QuidArena *arena, uint32_t *count)
{
    const QuidDealTables *model = prober->model;
    uint64_t *words =
        quid__arena_push(arena, (7 + model->event_count + model->outcome_count) * sizeof *words);
    if (words == NULL)
        return NULL;
    const Flags flags = flags_of(prober, probe);
    uint32_t used = 0;
    words[used++] = probe->fingerprint.words[0];
    words[used++] = probe->fingerprint.words[1];
    words[used++] = flags.kind;
    words[used++] = flags.parts;
    words[used++] = flags.point_count;
    words[used++] = word_of(probe->discount);
    words[used++] = word_of(rate);
    for (uint32_t event = 1; event < model->event_count; event++) {
        if (!is_used(probe, event))
            continue;
        words[used++] = event;
        for (uint32_t i = 0; i < model->events[event].outcome_count; i++)
            words[used++] = word_of(outcome_chance(prober, probe->belief, event, i));
    }
    *count = used;
    return words;
}

ProbeValue quid__probe_value(Prober *prober, Probe *probe, const History *history, uint32_t *number)
{
    int16_t key[QUID_STEP_COUNT_MAX + 1];
    key[0] = 0; // a key is never empty
    for (uint32_t i = 0; i < probe->step_count; i++) {
        const uint32_t step = probe->steps[i];
        key[i + 1] = step < history->step_count ? history->slots[step] : QUID_NO_SLOT;
    }
    const uint32_t size = (probe->step_count + 1) * (uint32_t)sizeof key[0];
    const QuidName name = quid__names_intern(&probe->keys, (const char *)key, size);
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
