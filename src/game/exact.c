// Expectations in closed form: of sums, and of products of quantities that are drawn independently
// of each other.
#include "game_internal.h"

#define DRAWN_COUNT_MAX 32u // quantities of one expression; beyond it is sampled

// The mean of an expression, and the ranges and distributions (terms) that it is made of.
typedef struct Mean {
    double value;
    uint32_t drawn[DRAWN_COUNT_MAX];
    uint32_t drawn_count;
} Mean;

typedef struct Exact {
    const Prober *prober;
    const QuidDealTables *model;
    const Probe *probe;
    const bool *is_true;
} Exact;

static bool mean_of(Exact *exact, QuidTermId id, Mean *mean);

static QuidTermId child(const Exact *exact, const QuidTerm *term, uint32_t n)
{
    return exact->model->term_childs[term->child_first + n];
}

static bool add_drawn(Mean *mean, uint32_t term)
{
    for (uint32_t i = 0; i < mean->drawn_count; i++) {
        if (mean->drawn[i] == term)
            return true;
    }
    if (mean->drawn_count == DRAWN_COUNT_MAX)
        return false;
    mean->drawn[mean->drawn_count++] = term;
    return true;
}

static bool is_disjoint(const Mean *left, const Mean *right)
{
    for (uint32_t i = 0; i < left->drawn_count; i++) {
        for (uint32_t n = 0; n < right->drawn_count; n++) {
            if (left->drawn[i] == right->drawn[n])
                return false;
        }
    }
    return true;
}

static bool join(Mean *into, const Mean *other)
{
    bool is_whole = true;
    for (uint32_t i = 0; i < other->drawn_count; i++)
        is_whole = add_drawn(into, other->drawn[i]) && is_whole;
    return is_whole;
}

static bool operator_mean(Exact *exact, const QuidTerm *term, Mean *mean)
{
    Mean other = {.value = 0};
    if (!mean_of(exact, child(exact, term, 0), mean) ||
        !mean_of(exact, child(exact, term, 1), &other))
        return false;
    switch (term->kind) {
    case QUID_TERM_ADD:
        mean->value += other.value;
        break;
    case QUID_TERM_SUBTRACT:
        mean->value -= other.value;
        break;
    case QUID_TERM_MULTIPLY:
        if (!is_disjoint(mean, &other))
            return false;
        mean->value *= other.value;
        break;
    case QUID_TERM_DIVIDE:
        if (other.drawn_count > 0 || other.value == 0)
            return false;
        mean->value /= other.value;
        break;
    default:
        return false;
    }
    return join(mean, &other);
}

static bool branch_mean(Exact *exact, QuidTermId id, const QuidTerm *term, Mean *mean)
{
    for (uint32_t i = 0; i < exact->probe->branch_count; i++) {
        if (exact->probe->branches[i].index == id.index)
            return mean_of(exact, child(exact, term, exact->is_true[i] ? 0 : 2), mean);
    }
    return false;
}

static bool mean_of(Exact *exact, QuidTermId id, Mean *mean)
{
    const QuidTerm *term = &exact->model->terms[id.index];
    switch (term->kind) {
    case QUID_TERM_CONSTANT:
        mean->value = term->value;
        return !term->type.is_business;
    case QUID_TERM_INTERVAL:
    case QUID_TERM_DISTRIBUTION:
        return add_drawn(mean, id.index) &&
               quid_program_mean(exact->prober->deal, id, &mean->value);
    case QUID_TERM_LET:
        return mean_of(exact, exact->model->lets[term->thing.index].value, mean);
    case QUID_TERM_NEGATE:
        if (!mean_of(exact, child(exact, term, 0), mean))
            return false;
        mean->value = -mean->value;
        return true;
    case QUID_TERM_ADD:
    case QUID_TERM_SUBTRACT:
    case QUID_TERM_MULTIPLY:
    case QUID_TERM_DIVIDE:
        return operator_mean(exact, term, mean);
    case QUID_TERM_IF:
        return branch_mean(exact, id, term, mean);
    default:
        return false; // what the model answers, powers, conditions: sampled
    }
}

bool quid__exact_mean(const Prober *prober, const Probe *probe, const bool *is_true, double *mean)
{
    Exact exact = {.prober = prober, .model = prober->model, .probe = probe, .is_true = is_true};
    Mean result = {.value = 0};
    if (!mean_of(&exact, probe->amount, &result))
        return false;
    *mean = result.value;
    return true;
}
