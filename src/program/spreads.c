// How lone quantities and events' dates are spread, and their parts that lie in a window: an event
// that did not happen yet happens later, a work that is not done yet takes longer.
#include "maths.h"
#include "program_internal.h"

// The term that a term comes down to when lets are followed. Lets do not recur.
static const QuidTerm *follow_lets(const QuidDealTables *model, QuidTermId *id)
{
    const QuidTerm *term = &model->terms[id->index];
    for (uint32_t i = 0; term->kind == QUID_TERM_LET && i < model->let_count; i++) {
        *id = model->lets[term->thing.index].value;
        term = &model->terms[id->index];
    }
    return term;
}

static double parameter(const QuidDealTables *model, const QuidTerm *term, uint32_t n)
{
    const QuidTerm *child = &model->terms[model->term_childs[term->child_first + n].index];
    if (child->kind == QUID_TERM_NEGATE)
        return -parameter(model, child, 0);
    return child->kind == QUID_TERM_DATE ? child->date.first : child->value;
}

static bool list_spread(const QuidDealTables *model, SpreadRoom room, const QuidTerm *term,
                        Spread *spread)
{
    const uint32_t count = term->child_count / 2;
    double *values = room.arena == NULL
                         ? room.values
                         : quid__arena_push(room.arena, (size_t)count * 2 * sizeof(double));
    QUID_ASSERT(count <= CHOICE_COUNT_MAX);
    if (values == NULL)
        return false;
    double sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        values[i] = parameter(model, term, 2 * i);
        sum += parameter(model, term, 2 * i + 1);
        values[count + i] = sum;
    }
    for (uint32_t i = 0; i < count; i++)
        values[count + i] /= sum;
    spread->kind = SPREAD_LIST;
    spread->list = (ValueList){values, values + count, count};
    return true;
}

static QuidDistribution distribution_of(const QuidDealTables *model, const QuidTerm *term)
{
    const double first = parameter(model, term, 0);
    const double second = parameter(model, term, 1);
    switch (term->shape) {
    case QUID_SHAPE_UNIFORM:
        return quid__distribution_uniform(first, second);
    case QUID_SHAPE_NORMAL:
        return quid__distribution_normal(first, second);
    case QUID_SHAPE_LOGNORMAL:
        return quid__distribution_lognormal(first, second);
    case QUID_SHAPE_TRIANGULAR:
        return quid__distribution_triangular(first, second, parameter(model, term, 2));
    case QUID_SHAPE_PERT:
        return quid__distribution_pert(first, second, parameter(model, term, 2));
    case QUID_SHAPE_BETA:
        return quid__distribution_beta(first, second);
    case QUID_SHAPE_NONE:
    case QUID_SHAPE_LOGIT_NORMAL:
    case QUID_SHAPE_CHOICE:
        break;
    }
    QUID_ASSERT(false);
    return (QuidDistribution){.shape = QUID_DISTRIBUTION_NONE};
}

bool quid__lone_spread(const QuidDealTables *model, SpreadRoom room, QuidTermId id, Spread *spread,
                       QuidTermId *drawn)
{
    const QuidTerm *term = follow_lets(model, &id);
    *drawn = id;
    if (term->kind == QUID_TERM_INTERVAL) {
        // Ranges of dates run from the first day's start to the last day's end.
        const double high = term->type.kind == QUID_TYPE_DATE ? term->high + 1 : term->high;
        if (term->low == high) {
            *spread = (Spread){.kind = SPREAD_POINT, .low = high};
            return true;
        }
        spread->kind = SPREAD_DISTRIBUTION;
        spread->distribution =
            quid__distribution_of_interval((QuidDistributionShape)term->shape, term->low, high);
        return true;
    }
    if (term->kind != QUID_TERM_DISTRIBUTION)
        return false;
    if (term->shape == QUID_SHAPE_CHOICE)
        return list_spread(model, room, term, spread);
    spread->kind = SPREAD_DISTRIBUTION;
    spread->distribution = distribution_of(model, term);
    return true;
}

bool quid__spread_mean(const Spread *spread, double *mean)
{
    switch (spread->kind) {
    case SPREAD_POINT:
        *mean = spread->low;
        return true;
    case SPREAD_DISTRIBUTION:
        *mean = quid__distribution_mean(&spread->distribution);
        return true;
    case SPREAD_LIST:
        *mean = 0;
        for (uint32_t i = 0; i < spread->list.count; i++)
            *mean += spread->list.values[i] *
                     (spread->list.cumulative[i] - (i == 0 ? 0 : spread->list.cumulative[i - 1]));
        return true;
    }
    return false;
}

// ---- Windows of events

static void uniform_window(EventWindow *window, double low, double high)
{
    window->spread.kind = SPREAD_DISTRIBUTION;
    window->spread.distribution = quid__distribution_uniform(low, high);
    window->length_days = high - low;
}

static double spread_length(const Spread *spread)
{
    if (spread->kind == SPREAD_POINT)
        return 1;
    double low = 0;
    double high = 0;
    if (spread->kind == SPREAD_DISTRIBUTION) {
        low = quid__distribution_quantile(&spread->distribution, 0.05);
        high = quid__distribution_quantile(&spread->distribution, 0.95);
    }
    for (uint32_t i = 0; spread->kind == SPREAD_LIST && i < spread->list.count; i++) {
        low = i == 0 || spread->list.values[i] < low ? spread->list.values[i] : low;
        high = i == 0 || spread->list.values[i] > high ? spread->list.values[i] : high;
    }
    return high - low > 1 ? high - low : 1;
}

static bool term_window(const QuidDealTables *model, SpreadRoom room, QuidTermId when,
                        EventWindow *window)
{
    QuidTermId id = when;
    const QuidTerm *term = follow_lets(model, &id);
    if (quid__lone_spread(model, room, when, &window->spread, &window->drawn)) {
        window->length_days = spread_length(&window->spread);
        return true;
    }
    // A plain date behind a let. What a what-if makes of that let may be anything else: then the
    // date is as uncertain as one of which nothing is said.
    window->drawn = (QuidTermId){0};
    if (term->kind != QUID_TERM_DATE && term->kind != QUID_TERM_CONSTANT)
        return false;
    const double date = term->kind == QUID_TERM_DATE ? term->date.first : term->value;
    window->spread = (Spread){.kind = SPREAD_POINT, .low = date};
    return true;
}

bool quid__event_window(const QuidDealTables *model, SpreadRoom room, uint32_t index,
                        EventWindow *window)
{
    const QuidEvent *event = &model->events[index];
    *window = (EventWindow){.length_days = 1};
    if (event->is_secret) {
        window->spread = (Spread){.kind = SPREAD_POINT, .low = -(double)INFINITY};
        return true;
    }
    switch (event->when_kind) {
    case QUID_WHEN_ON:
        if (event->window.first == event->window.last)
            window->spread = (Spread){.kind = SPREAD_POINT, .low = event->window.first};
        else
            uniform_window(window, event->window.first, (double)event->window.last + 1);
        return true;
    case QUID_WHEN_BETWEEN:
        uniform_window(window, event->window.first, (double)event->window.last + 1);
        return true;
    case QUID_WHEN_TERM:
        if (term_window(model, room, event->when, window))
            return true;
        break;
    case QUID_WHEN_ANY:
        break;
    }
    const double first = model->first_date == QUID_NO_DATE ? 0 : model->first_date;
    const double end = model->horizon == QUID_NO_DATE ? first + 3652 : (double)model->horizon + 1;
    uniform_window(window, first, end > first ? end : first + 1);
    return true;
}

// ---- Parts of a distribution

// Below value, not with it.
static double list_below(const ValueList *list, double value)
{
    double sum = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const double share = list->cumulative[i] - (i == 0 ? 0 : list->cumulative[i - 1]);
        sum += list->values[i] < value ? share : 0;
    }
    return sum;
}

double quid__spread_cdf(const Spread *spread, double value)
{
    switch (spread->kind) {
    case SPREAD_POINT:
        return spread->low < value ? 1 : 0;
    case SPREAD_DISTRIBUTION:
        return quid__distribution_cdf(&spread->distribution, value);
    case SPREAD_LIST:
        return list_below(&spread->list, value);
    }
    return 0;
}

// The distribution of the negative of a quantity (of 1 - x for percentages), so that its lower tail
// is the other's upper one.
static QuidDistribution mirror(QuidDistribution distribution)
{
    QuidDistribution mirrored = distribution;
    mirrored.low = -distribution.high;
    mirrored.high = -distribution.low;
    mirrored.mode = -distribution.mode;
    mirrored.alpha = distribution.beta;
    mirrored.beta = distribution.alpha;
    if (distribution.shape == QUID_DISTRIBUTION_LOGNORMAL)
        mirrored.sign = -distribution.sign;
    else
        mirrored.location = -distribution.location;
    return mirrored;
}

static double mirror_value(const QuidDistribution *distribution, double value)
{
    return distribution->shape == QUID_DISTRIBUTION_LOGIT_NORMAL ? 1 - value : -value;
}

static double clamp(double value, double low, double high)
{
    if (value < low)
        return low;
    // The moment `high` itself lies outside.
    return value < high ? value : nextafter(high, low);
}

// Below the middle by probabilities, above it by survival probabilities, which are those of the
// mirrored quantity: so that a part far out in either tail keeps its digits.
Truncation quid__truncate(const QuidDistribution *distribution, double low, double high)
{
    Truncation part = {.distribution = *distribution, .low = low, .high = high};
    const double below = quid__distribution_cdf(distribution, low);
    part.is_mirrored = below >= 0.5;
    if (!part.is_mirrored) {
        part.first = below;
        part.share = quid__distribution_cdf(distribution, high) - below;
    } else {
        part.distribution = mirror(*distribution);
        const double above =
            quid__distribution_cdf(&part.distribution, mirror_value(distribution, low));
        part.first = high == QUID_NEVER ? 0
                                        : quid__distribution_cdf(&part.distribution,
                                                                 mirror_value(distribution, high));
        part.share = above - part.first;
    }
    part.is_empty = !(part.share > 0);
    return part;
}

void quid__truncated_block(const Truncation *part, const double *u, double *out, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const double way = part->is_mirrored ? 1 - u[i] : u[i];
        const double at = part->first + way * part->share;
        out[i] = at < 0x1p-1000 ? 0x1p-1000 : at < 1 - 0x1p-53 ? at : 1 - 0x1p-53;
    }
    quid__distribution_quantile_block(&part->distribution, out, out, count);
    for (uint32_t i = 0; i < count; i++) {
        const double value = part->is_mirrored ? mirror_value(&part->distribution, out[i]) : out[i];
        out[i] = clamp(value, part->low, part->high);
    }
}

static bool truncated_list(const ValueList *list, double low, double high, double u, double *value)
{
    double mass = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const double share = list->cumulative[i] - (i == 0 ? 0 : list->cumulative[i - 1]);
        mass += list->values[i] >= low && list->values[i] < high ? share : 0;
    }
    double sum = 0;
    for (uint32_t i = 0; i < list->count && mass > 0; i++) {
        const double share = list->cumulative[i] - (i == 0 ? 0 : list->cumulative[i - 1]);
        if (list->values[i] < low || list->values[i] >= high || share <= 0)
            continue;
        sum += share;
        *value = list->values[i];
        if (u * mass < sum)
            break;
    }
    return mass > 0;
}

bool quid__spread_block(const Spread *spread, double low, double high, const double *u, double *out,
                        uint32_t count)
{
    if (spread->kind == SPREAD_DISTRIBUTION) {
        const Truncation part = quid__truncate(&spread->distribution, low, high);
        if (!part.is_empty)
            quid__truncated_block(&part, u, out, count);
        return !part.is_empty;
    }
    bool is_inside = true;
    for (uint32_t i = 0; i < count; i++) {
        if (spread->kind == SPREAD_LIST)
            is_inside = truncated_list(&spread->list, low, high, u[i], &out[i]);
        else
            out[i] = spread->low;
    }
    return is_inside && (spread->kind == SPREAD_LIST || (spread->low >= low && spread->low < high));
}

// ---- Tables, for distributions whose quantiles are dear

static double table_z(uint32_t n)
{
    const double step = 2 * TABLE_Z_MAX / TABLE_STEP_COUNT;
    return -TABLE_Z_MAX + ((double)n - 1) * step;
}

bool quid__tabulate(QuidArena *arena, const QuidDistribution *distribution, QuantileTable *table)
{
    const uint32_t count = TABLE_STEP_COUNT + 3;
    double *values = quid__arena_push(arena, count * sizeof(double));
    if (values == NULL)
        return false;
    for (uint32_t n = 0; n < count; n++)
        values[n] = quid__normal_cdf(table_z(n));
    quid__distribution_quantile_block(distribution, values, values, count);
    *table = (QuantileTable){values, *distribution};
    return true;
}

// Lagrange's cubic through the two values before and the two after.
static double cubic(const double *values, double t)
{
    const double before = values[0];
    const double left = values[1];
    const double right = values[2];
    const double beyond = values[3];
    const double second = (before + right) / 2 - left;
    const double third = (beyond - before) / 6 + (left - right) / 2;
    const double first = right - left - second - third;
    return left + t * (first + t * (second + t * third));
}

void quid__table_block(const QuantileTable *table, const double *u, double *out, uint32_t count)
{
    const double steps = TABLE_STEP_COUNT / (2 * TABLE_Z_MAX);
    quid__normal_quantile_block(u, out, count);
    for (uint32_t i = 0; i < count; i++) {
        const double place = (out[i] + TABLE_Z_MAX) * steps;
        if (!(place >= 0 && place < TABLE_STEP_COUNT)) {
            out[i] = quid__distribution_quantile(&table->distribution, u[i]);
            continue;
        }
        const uint32_t n = (uint32_t)place;
        out[i] = cubic(table->values + n, place - n);
    }
}
