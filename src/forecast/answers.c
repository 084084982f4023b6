// From the replicates' counts to answers: pooled estimates, and errors from the replicates' spread.
#include "forecast_internal.h"

#include <stdatomic.h>
#include <string.h>

// A share of the scenarios of all replicates. counts: by replicate, of size each.
static QuidEstimated share_of(const QuidForecast *forecast, const uint32_t *counts, bool is_known)
{
    const uint32_t replicates = replicate_count(forecast);
    double shares[QUID_REPLICATE_COUNT_MAX] = {0};
    uint64_t sum = 0;
    for (uint32_t i = 0; i < replicates; i++) {
        shares[i] = counts[i] / (double)forecast->size;
        sum += counts[i];
    }
    const double total = (double)forecast->size * replicates;
    QuidEstimated estimate = {(double)sum / total, quid__replicate_error(shares, replicates)};
    // What never or always came may still come otherwise once in so many.
    if (is_known)
        estimate.error = 0;
    else if (sum == 0 || (double)sum == total)
        estimate.error = 1 / total;
    return estimate;
}

// ---- Quantiles

static void set_quantiles(QuidQuantiles *quantiles, const double pooled[QUANTILE_COUNT],
                          const double errors[QUANTILE_COUNT])
{
    *quantiles = (QuidQuantiles){{pooled[0], errors[0]},
                                 {pooled[1], errors[1]},
                                 {pooled[2], errors[2]},
                                 {pooled[3], errors[3]},
                                 {pooled[4], errors[4]}};
}

static void spread_of(const QuidForecast *forecast, double (*each)[QUANTILE_COUNT],
                      double errors[QUANTILE_COUNT])
{
    double values[QUID_REPLICATE_COUNT_MAX];
    for (uint32_t q = 0; q < QUANTILE_COUNT; q++) {
        for (uint32_t i = 0; i < replicate_count(forecast); i++)
            values[i] = each[i][q];
        errors[q] = quid__replicate_error(values, replicate_count(forecast));
    }
}

static QuidQuantiles certain(double value)
{
    const QuidEstimated known = {value, 0};
    return (QuidQuantiles){known, known, known, known, known};
}

// The last day of a bin.
static double day_of(const QuidForecast *forecast, double bin)
{
    return bin != bin ? QUID_NEVER
                      : (double)forecast->facts->as_of + bin * (double)forecast->day_width;
}

// sums: room for the days' counts of all replicates, which it leaves there.
static void milestone_quantiles(const QuidForecast *forecast, uint32_t index, uint32_t *sums,
                                QuidQuantiles *quantiles)
{
    const uint32_t days = forecast->day_count;
    double each[QUID_REPLICATE_COUNT_MAX][QUANTILE_COUNT];
    double pooled[QUANTILE_COUNT];
    double errors[QUANTILE_COUNT] = {0};
    memset(sums, 0, days * sizeof(uint32_t));
    for (uint32_t i = 0; i < replicate_count(forecast); i++) {
        const uint32_t *counts = days_of(forecast, i, index);
        quid__select_days(counts, days, each[i]);
        for (uint32_t day = 0; day < days; day++)
            sums[day] += counts[day];
    }
    quid__select_days(sums, days, pooled);
    spread_of(forecast, each, errors);
    for (uint32_t q = 0; q < QUANTILE_COUNT; q++) {
        pooled[q] = day_of(forecast, pooled[q]);
        errors[q] *= forecast->day_width;
    }
    set_quantiles(quantiles, pooled, errors);
}

// Values that were kept, column by column, each replicate's a list.
typedef struct Kept {
    QuidForecast *forecast;
    Selected *lists;  // [column * replicates + replicate]
    double *together; // [column * QUANTILE_COUNT + level]
    atomic_bool has_failed;
} Kept;

static void select_list(void *user, uint32_t block, uint32_t worker)
{
    const Kept *kept = user;
    const QuidForecast *forecast = kept->forecast;
    const uint32_t column = block / replicate_count(forecast);
    const Replicate *replicate = &forecast->replicates[block % replicate_count(forecast)];
    double *values = replicate->kept + (size_t)column * forecast->kept_size;
    Selected *list = &kept->lists[block];
    (void)worker;
    *list = (Selected){values, replicate->kept_counts[column], {0}};
    quid__select(values, list->count, list->quantiles);
}

static void select_level(void *user, uint32_t block, uint32_t worker)
{
    Kept *kept = user;
    const QuidForecast *forecast = kept->forecast;
    const uint32_t replicates = replicate_count(forecast);
    const Selected *lists = kept->lists + (size_t)(block / QUANTILE_COUNT) * replicates;
    (void)worker;
    if (!quid__select_together(forecast->context, lists, replicates, block % QUANTILE_COUNT,
                               &kept->together[block]))
        atomic_store(&kept->has_failed, true);
}

static void answer_kept(const Kept *kept, uint32_t column)
{
    QuidForecast *forecast = kept->forecast;
    const uint32_t replicates = replicate_count(forecast);
    double each[QUID_REPLICATE_COUNT_MAX][QUANTILE_COUNT];
    double errors[QUANTILE_COUNT] = {0};
    for (uint32_t i = 0; i < replicates; i++)
        memcpy(each[i], kept->lists[(size_t)column * replicates + i].quantiles, sizeof each[i]);
    spread_of(forecast, each, errors);
    set_quantiles(&forecast->kept_quantiles[column],
                  kept->together + (size_t)column * QUANTILE_COUNT, errors);
}

static bool make_kept_quantiles(QuidForecast *forecast)
{
    QuidArena *arena = &forecast->arena;
    const uint32_t columns = forecast->wants.kept_count;
    const uint32_t replicates = replicate_count(forecast);
    Kept kept = {
        forecast, quid__arena_push(arena, ((size_t)columns * replicates + 1) * sizeof(Selected)),
        quid__arena_push(arena, ((size_t)columns * QUANTILE_COUNT + 1) * sizeof(double)), false};
    forecast->kept_quantiles =
        quid__arena_push(arena, (columns + (size_t)1) * sizeof(QuidQuantiles));
    if (arena->has_failed)
        return false;
    quid__pool_run(forecast->pool, columns * replicates, select_list, &kept);
    quid__pool_run(forecast->pool, columns * QUANTILE_COUNT, select_level, &kept);
    for (uint32_t i = 0; i < columns; i++)
        answer_kept(&kept, i);
    return !atomic_load(&kept.has_failed);
}

// ---- Milestones

static uint32_t reached_by(const QuidForecast *forecast, uint32_t replicate, uint32_t index,
                           QuidDate date)
{
    const uint32_t *days = days_of(forecast, replicate, index);
    const int64_t last = date < forecast->facts->as_of ? -1
                                                       : ((int64_t)date - forecast->facts->as_of) /
                                                             (int64_t)forecast->day_width;
    uint32_t sum = 0;
    for (int64_t day = 0; day <= last && day < (int64_t)forecast->day_count; day++)
        sum += days[day];
    return sum;
}

QuidEstimated quid_forecast_chance_by(const QuidForecast *forecast, uint32_t milestone,
                                      QuidDate date)
{
    QUID_ASSERT(milestone > 0 && milestone < forecast->model->milestone_count);
    QUID_ASSERT(forecast->wants.milestones[milestone] != NO_WANT);
    uint32_t counts[QUID_REPLICATE_COUNT_MAX];
    for (uint32_t i = 0; i < replicate_count(forecast); i++)
        counts[i] = reached_by(forecast, i, milestone, date);
    const bool is_reached = forecast->facts->milestones[milestone].reached != QUID_NO_DATE;
    return share_of(forecast, counts, is_reached);
}

static bool milestone_curve(QuidForecast *forecast, const uint32_t *sums,
                            QuidMilestoneForecast *answer)
{
    double *curve = quid__arena_push(&forecast->arena, forecast->curve_count * sizeof(double));
    const double total = (double)forecast->size * replicate_count(forecast);
    if (curve == NULL)
        return false;
    for (uint32_t day = 0; day < forecast->day_count; day++) {
        const uint64_t after = (uint64_t)day * forecast->day_width;
        const uint32_t last = forecast->curve_day_count - 1;
        curve[forecast->curve_of_day[after < last ? after : last]] += sums[day];
    }
    for (uint32_t i = 1; i < forecast->curve_count; i++)
        curve[i] += curve[i - 1];
    for (uint32_t i = 0; i < forecast->curve_count; i++)
        curve[i] /= total;
    answer->curve = curve;
    return true;
}

static bool milestone_critical(QuidForecast *forecast, uint32_t index,
                               QuidMilestoneForecast *answer)
{
    const QuidMilestone *milestone = &forecast->model->milestones[index];
    double *critical =
        quid__arena_push(&forecast->arena, ((size_t)milestone->after_count + 1) * sizeof(double));
    if (critical == NULL)
        return false;
    const double reached =
        answer->chance.value * (double)forecast->size * replicate_count(forecast);
    for (uint32_t n = 0; n < milestone->after_count; n++) {
        for (uint32_t r = 0; r < replicate_count(forecast); r++)
            critical[n] += forecast->replicates[r].critical[milestone->after_first + n];
        critical[n] = reached > 0 ? critical[n] / reached : 0;
        critical[n] = critical[n] < 1 ? critical[n] : 1; // reached is a mean, rounded
    }
    answer->critical = critical;
    answer->critical_count = milestone->after_count;
    return true;
}

static bool make_milestone(QuidForecast *forecast, uint32_t index, QuidMilestoneForecast *answer)
{
    uint32_t reached[QUID_REPLICATE_COUNT_MAX];
    uint32_t on_time[QUID_REPLICATE_COUNT_MAX];
    const QuidMilestoneState *state = &forecast->facts->milestones[index];
    for (uint32_t i = 0; i < replicate_count(forecast); i++) {
        reached[i] = reached_by(forecast, i, index, QUID_DATE_MAX);
        on_time[i] = forecast->replicates[i].on_time[index];
    }
    const bool is_reached = state->reached != QUID_NO_DATE;
    answer->is_reached = is_reached;
    answer->chance = share_of(forecast, reached, is_reached);
    answer->on_time = (QuidEstimated){-1, 0};
    if (state->deadline.current != QUID_NO_DATE) {
        const bool is_known = is_reached || state->deadline.current <= forecast->facts->as_of;
        answer->on_time = share_of(forecast, on_time, is_known);
    }
    uint32_t *sums = quid__allocate(forecast->context, forecast->day_count * sizeof(uint32_t));
    if (sums == NULL)
        return false;
    milestone_quantiles(forecast, index, sums, &answer->date);
    if (is_reached && forecast->model->milestones[index].set_date.index == 0)
        answer->date = certain(state->reached);
    const bool is_good =
        milestone_curve(forecast, sums, answer) && milestone_critical(forecast, index, answer);
    quid__release(forecast->context, sums, forecast->day_count * sizeof(uint32_t));
    return is_good;
}

// ---- Events and moves

static bool is_overdue(const QuidForecast *forecast, uint32_t index)
{
    const bool is_secret = forecast->model->events[index].is_secret;
    return !is_secret && !forecast->facts->events[index].is_known &&
           quid_program_event_cdf(forecast->deal, index, (double)forecast->facts->as_of + 1) >= 1;
}

static bool make_event(QuidForecast *forecast, uint32_t index, QuidEventForecast *answer)
{
    const QuidEvent *event = &forecast->model->events[index];
    const uint32_t curve_count = forecast->curve_count;
    QuidEstimated *chance = quid__arena_push(&forecast->arena, ((size_t)event->outcome_count + 1) *
                                                                   sizeof(QuidEstimated));
    double *curve = quid__arena_push(
        &forecast->arena, ((size_t)event->outcome_count * curve_count + 1) * sizeof(double));
    if (chance == NULL || curve == NULL)
        return false;
    const double total = (double)forecast->size * replicate_count(forecast);
    for (uint32_t o = 0; o < event->outcome_count; o++) {
        uint32_t counts[QUID_REPLICATE_COUNT_MAX] = {0};
        const size_t row = (size_t)(event->outcome_first + o) * curve_count;
        double *line = curve + (size_t)o * curve_count;
        for (uint32_t r = 0; r < replicate_count(forecast); r++) {
            for (uint32_t i = 0; i < curve_count; i++) {
                counts[r] += forecast->replicates[r].outcomes[row + i];
                line[i] += forecast->replicates[r].outcomes[row + i];
            }
        }
        for (uint32_t i = 0; i < curve_count; i++) {
            line[i] = line[i] / total + (i > 0 ? line[i - 1] : 0);
        }
        chance[o] = share_of(forecast, counts, forecast->facts->events[index].is_known);
    }
    *answer = (QuidEventForecast){.is_known = forecast->facts->events[index].is_known,
                                  .is_overdue = is_overdue(forecast, index),
                                  .outcome_count = event->outcome_count,
                                  .chance = chance,
                                  .curve = curve};
    return true;
}

static bool make_move(QuidForecast *forecast, uint32_t index, QuidMoveForecast *answer)
{
    const QuidMove *move = &forecast->model->moves[index];
    const QuidChoice *choices =
        &forecast->facts->choices[forecast->facts->moves[index].choice_first];
    const size_t size = sizeof(QuidEstimated);
    QuidArena *arena = &forecast->arena;
    QuidEstimated *chosen =
        quid__arena_push(arena, ((size_t)move->date_count * move->option_count + 1) * size);
    QuidEstimated *arises = quid__arena_push(arena, ((size_t)move->date_count + 1) * size);
    QuidEstimated *finals = quid__arena_push(arena, ((size_t)move->option_count + 1) * size);
    if (arena->has_failed)
        return false;
    for (uint32_t d = 0; d < move->date_count; d++) {
        uint32_t any[QUID_REPLICATE_COUNT_MAX] = {0};
        const bool is_known = choices[d].option != QUID_NO_CHOICE;
        for (uint32_t o = 0; o < move->option_count; o++) {
            uint32_t counts[QUID_REPLICATE_COUNT_MAX];
            const size_t place = (size_t)d * move->option_count + o;
            for (uint32_t r = 0; r < replicate_count(forecast); r++) {
                counts[r] = forecast->replicates[r].choices[forecast->move_rows[index] + place];
                any[r] += counts[r];
            }
            chosen[place] = share_of(forecast, counts, is_known);
        }
        arises[d] = share_of(forecast, any, is_known);
    }
    for (uint32_t o = 0; o < move->option_count; o++) {
        uint32_t counts[QUID_REPLICATE_COUNT_MAX];
        for (uint32_t r = 0; r < replicate_count(forecast); r++)
            counts[r] = forecast->replicates[r].finals[move->option_first + o];
        finals[o] = share_of(forecast, counts, forecast->facts->moves[index].is_final);
    }
    *answer = (QuidMoveForecast){move->option_count, move->date_count, chosen, arises, finals};
    return true;
}

// ---- Asks

static QuidEstimated mean_of(const QuidForecast *forecast, uint32_t ask)
{
    double means[QUID_REPLICATE_COUNT_MAX];
    double sum = 0;
    double count = 0;
    for (uint32_t i = 0; i < replicate_count(forecast); i++) {
        const Replicate *replicate = &forecast->replicates[i];
        means[i] = replicate->ask_sums[ask] / replicate->ask_counts[ask];
        sum += replicate->ask_sums[ask];
        count += replicate->ask_counts[ask];
    }
    return (QuidEstimated){count > 0 ? sum / count : (double)NAN,
                           quid__replicate_error(means, replicate_count(forecast))};
}

static void set_unit(const QuidForecast *forecast, const QuidAsk *ask, QuidAskAnswer *answer)
{
    const QuidType type = forecast->model->terms[ask->term.index].type;
    answer->is_date = type.kind == QUID_TYPE_DATE;
    if (type.kind != QUID_TYPE_NUMBER)
        return;
    const bool is_plain = type.time_power == 0;
    if (is_plain && type.money_power == 1 && type.counted_power == 0)
        answer->unit = type.money;
    else if (is_plain && type.counted_power == 1 && type.money_power == 0)
        answer->unit = type.counted;
    answer->is_duration = type.time_power == 1 && type.money_power == 0 && type.counted_power == 0;
}

static void round_to_days(QuidQuantiles *quantiles)
{
    QuidEstimated *each[] = {&quantiles->p05, &quantiles->p10, &quantiles->p50, &quantiles->p90,
                             &quantiles->p95};
    for (uint32_t i = 0; i < QUANTILE_COUNT; i++)
        each[i]->value = each[i]->value != each[i]->value ? QUID_NEVER : floor(each[i]->value);
}

static void answer_value(QuidForecast *forecast, uint32_t index, QuidAskAnswer *answer)
{
    uint32_t counts[QUID_REPLICATE_COUNT_MAX] = {0};
    for (uint32_t i = 0; i < replicate_count(forecast); i++)
        counts[i] = forecast->replicates[i].ask_counts[index];
    answer->chance = share_of(forecast, counts, false);
    if (answer->chance.value >= 1 && !answer->is_date)
        answer->chance.error = 0;
    answer->value = mean_of(forecast, index);
    if (forecast->wants.kept[index] != NO_WANT)
        answer->quantiles = forecast->kept_quantiles[forecast->wants.kept[index]];
    if (answer->is_date) {
        round_to_days(&answer->quantiles);
        answer->value = answer->quantiles.p50;
    }
}

// Chances by their counts: a condition's values are 0 and 1.
static void answer_chance(QuidForecast *forecast, uint32_t index, QuidAskAnswer *answer)
{
    uint32_t counts[QUID_REPLICATE_COUNT_MAX] = {0};
    for (uint32_t i = 0; i < replicate_count(forecast); i++)
        counts[i] = (uint32_t)forecast->replicates[i].ask_sums[index];
    const QuidTruth truth = quid_ledger_truth(forecast->ledger, forecast->model->asks[index].term);
    answer->value = share_of(forecast, counts, truth != QUID_UNKNOWN);
    answer->chance = (QuidEstimated){1, 0};
}

static void make_ask(QuidForecast *forecast, uint32_t index, QuidAskAnswer *answer)
{
    const QuidAsk *ask = &forecast->model->asks[index];
    *answer = (QuidAskAnswer){.kind = ask->kind, .value = {(double)NAN, 0}, .chance = {1, 0}};
    answer->is_answered = forecast->wants.asks[index] != NO_WANT;
    if (ask->kind == QUID_ASK_CHANCE) {
        answer_chance(forecast, index, answer);
    } else if (ask->kind == QUID_ASK_WHEN) {
        const QuidMilestoneForecast *milestone = &forecast->tables.milestones[ask->milestone.index];
        answer->is_date = true;
        answer->chance = milestone->chance;
        answer->quantiles = milestone->date;
        answer->value = milestone->date.p50;
    } else if (ask->kind == QUID_ASK_VALUE) {
        set_unit(forecast, ask, answer);
        answer_value(forecast, index, answer);
    }
}

bool quid__make_answers(QuidForecast *forecast)
{
    const QuidDealTables *model = forecast->model;
    QuidArena *arena = &forecast->arena;
    QuidMilestoneForecast *milestones =
        quid__arena_push(arena, model->milestone_count * sizeof(QuidMilestoneForecast));
    QuidEventForecast *events =
        quid__arena_push(arena, model->event_count * sizeof(QuidEventForecast));
    QuidMoveForecast *moves = quid__arena_push(arena, model->move_count * sizeof(QuidMoveForecast));
    QuidAskAnswer *asks =
        quid__arena_push(arena, ((size_t)model->ask_count + 1) * sizeof(QuidAskAnswer));
    bool is_good = !arena->has_failed && make_kept_quantiles(forecast);
    forecast->tables.milestones = milestones;
    for (uint32_t i = 1; is_good && i < model->milestone_count; i++)
        is_good =
            forecast->wants.milestones[i] == NO_WANT || make_milestone(forecast, i, &milestones[i]);
    const bool has_things = !forecast->options.asks_only;
    for (uint32_t i = 1; has_things && is_good && i < model->event_count; i++)
        is_good = make_event(forecast, i, &events[i]);
    for (uint32_t i = 1; has_things && is_good && i < model->move_count; i++)
        is_good = make_move(forecast, i, &moves[i]);
    for (uint32_t i = 0; is_good && i < model->ask_count; i++)
        make_ask(forecast, i, &asks[i]);
    forecast->tables.events = events;
    forecast->tables.moves = moves;
    forecast->tables.asks = asks;
    return is_good && !arena->has_failed;
}
