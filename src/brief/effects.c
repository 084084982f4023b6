// Which fact changed which answer: facts are added one by one in the order in which they became
// known, and the answers followed.
#include "bits.h"
#include "brief_internal.h"
#include "vector.h"

#include <string.h>

struct QuidEffects {
    QuidContext *context;
    QuidArena arena;
    QuidVector rows;
    QuidEffectTables tables;
};

typedef struct Walk {
    QuidEffects *effects;
    const QuidDeal *deal;
    const QuidDealTables *model;
    const uint32_t *likeliest;
    QuidLedgerOptions ledger;
    QuidOutlookOptions options;
    bool *is_left_out;
    double *before; // by ask
    double *after;
    double *passing; // by ask: what the days did on which nothing became known
} Walk;

// Answers as of a day, with the facts that are not left out. INVALID: these facts cannot stand
// without those that are left out.
static QuidStatus answer(Walk *walk, QuidDate as_of)
{
    QuidLedger *ledger = NULL;
    QuidOutlook *outlook = NULL;
    walk->ledger.as_of = as_of;
    QuidStatus status =
        quid_ledger_settle(walk->effects->context, walk->deal, &walk->ledger, &ledger);
    if (status == QUID_OK)
        status = quid_outlook_create(walk->effects->context, walk->deal, ledger, &walk->options,
                                     &outlook);
    if (status == QUID_OK && quid_outlook_tables(outlook)->is_stopped)
        status = QUID_CANCELLED;
    for (uint32_t i = 0; status == QUID_OK && i < walk->model->ask_count; i++)
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): one for each question
        walk->after[i] = quid_outlook_answer(outlook, i, walk->likeliest[i]);
    quid_outlook_free(outlook);
    quid_ledger_free(ledger);
    return status;
}

static void step(Walk *walk, double *changes)
{
    for (uint32_t i = 0; i < walk->model->ask_count; i++) {
        const double change = walk->after[i] - walk->before[i];
        const bool is_none = isnan(walk->after[i]) && isnan(walk->before[i]);
        changes[i] += is_none ? 0 : change;
        walk->before[i] = walk->after[i];
    }
}

// What cannot move an answer of its own: remarks, statements, assertions.
static bool may_matter(const QuidFact *fact)
{
    return fact->verb != QUID_VERB_NOTE && fact->verb != QUID_VERB_STATE &&
           fact->verb != QUID_VERB_BALANCE;
}

// The next fact in the order of report that stands left out; its index, or UINT32_MAX.
static uint32_t next_fact(const Walk *walk, QuidDate last)
{
    uint32_t next = UINT32_MAX;
    for (uint32_t i = 0; i < walk->model->fact_count; i++) {
        const QuidFact *fact = &walk->model->facts[i];
        if (walk->is_left_out[i] && fact->known <= last && fact->date <= last &&
            (next == UINT32_MAX || fact->known < walk->model->facts[next].known))
            next = i;
    }
    return next;
}

static QuidStatus add_fact(Walk *walk, uint32_t index)
{
    const QuidFact *fact = &walk->model->facts[index];
    walk->is_left_out[index] = false;
    if (!may_matter(fact))
        return QUID_OK;
    const QuidStatus status = answer(walk, fact->known);
    if (status == QUID_INVALID) {
        quid_context_clear_diagnostics(walk->effects->context);
        return QUID_OK; // its effect is counted with that of the next one
    }
    QuidEffect *row = status == QUID_OK ? quid__vector_push(&walk->effects->rows) : NULL;
    double *changes = quid__arena_push(&walk->effects->arena,
                                       (walk->model->ask_count + (size_t)1) * sizeof(double));
    if (row == NULL || changes == NULL)
        return status == QUID_OK ? QUID_NO_MEMORY : status;
    *row = (QuidEffect){.fact = index, .changes = changes};
    step(walk, changes);
    return QUID_OK;
}

static QuidStatus pass_days(Walk *walk, QuidDate date)
{
    const QuidStatus status = answer(walk, date);
    if (status == QUID_INVALID) {
        quid_context_clear_diagnostics(walk->effects->context);
        return QUID_OK;
    }
    if (status == QUID_OK)
        step(walk, walk->passing);
    return status;
}

static QuidStatus walk_facts(Walk *walk, QuidDate first, QuidDate last,
                             QuidForecastProgress progress)
{
    QuidStatus status = answer(walk, first);
    QuidDate day = first;
    memcpy(walk->before, walk->after, walk->model->ask_count * sizeof(double));
    while (status == QUID_OK) {
        const uint32_t fact = next_fact(walk, last);
        const QuidDate date = fact == UINT32_MAX ? last : walk->model->facts[fact].known;
        if (progress.report != NULL &&
            !progress.report(progress.user, (double)(date - first) / ((double)(last - first) + 1)))
            return QUID_CANCELLED;
        if (date > day)
            status = pass_days(walk, date);
        day = date > day ? date : day;
        if (fact == UINT32_MAX || status != QUID_OK)
            break;
        status = add_fact(walk, fact);
    }
    return status;
}

static bool make_room(Walk *walk, QuidDate first)
{
    QuidArena *arena = &walk->effects->arena;
    const size_t asks = (walk->model->ask_count + (size_t)1) * sizeof(double);
    walk->before = quid__arena_push(arena, asks);
    walk->after = quid__arena_push(arena, asks);
    walk->passing = quid__arena_push(arena, asks);
    walk->is_left_out = quid__arena_push(arena, walk->model->fact_count + (size_t)1);
    for (uint32_t i = 0; walk->is_left_out != NULL && i < walk->model->fact_count; i++)
        walk->is_left_out[i] = walk->model->facts[i].known > first;
    walk->ledger.is_left_out = walk->is_left_out;
    walk->ledger.is_replay = true;
    return !arena->has_failed;
}

QuidStatus quid_outlook_effects(QuidContext *context, const QuidDeal *deal, QuidDate first,
                                const QuidOutlook *last, double min_trust,
                                const QuidOutlookOptions *options, QuidForecastProgress progress,
                                QuidEffects **result)
{
    QuidEffects *effects = quid__allocate(context, sizeof *effects);
    if (effects == NULL)
        return QUID_NO_MEMORY;
    *effects = (QuidEffects){.context = context};
    quid__arena_init(&effects->arena, context);
    quid__vector_init(&effects->rows, context, sizeof(QuidEffect));
    Walk walk = {.effects = effects,
                 .deal = deal,
                 .model = quid_deal_tables(deal),
                 .ledger = quid_ledger_options(),
                 .options = *options};
    walk.ledger.min_trust = min_trust;
    walk.options.answer.has_values = false;
    walk.options.answer.has_break_evens = false;
    walk.options.answer.has_asked_break_evens = false;
    walk.options.answer.solve.start_count = 0;
    walk.options.answer.solve.progress = (QuidProgress){NULL, NULL};
    walk.options.forecast.has_amounts = false;
    walk.options.forecast.progress = (QuidForecastProgress){NULL, NULL};
    uint32_t *likeliest =
        quid__arena_push(&effects->arena, (walk.model->ask_count + (size_t)1) * sizeof(uint32_t));
    for (uint32_t i = 0; likeliest != NULL && i < walk.model->ask_count; i++)
        likeliest[i] = quid_outlook_likeliest(last, i);
    walk.likeliest = likeliest;
    const QuidDate end = quid_ledger_tables(quid_outlook_tables(last)->ledger)->as_of;
    QuidStatus status =
        make_room(&walk, first) ? walk_facts(&walk, first, end, progress) : QUID_NO_MEMORY;
    if (status == QUID_OK && (effects->arena.has_failed || effects->rows.has_failed))
        status = QUID_NO_MEMORY;
    if (status != QUID_OK) {
        quid_effects_free(effects);
        return status;
    }
    effects->tables = (QuidEffectTables){effects->rows.items, effects->rows.count, walk.passing};
    *result = effects;
    return QUID_OK;
}

void quid_effects_free(QuidEffects *effects)
{
    if (effects == NULL)
        return;
    quid__vector_free(&effects->rows);
    quid__arena_free(&effects->arena);
    quid__release(effects->context, effects, sizeof *effects);
}

const QuidEffectTables *quid_effect_tables(const QuidEffects *effects)
{
    return &effects->tables;
}
