// What a forecast computes: the columns it wants, the dates of its curves, and room for its counts.
#include "forecast_internal.h"

#define KEPT_SIZE_MAX                                                                              \
    (256u << 20) // bytes of values kept for quantiles; beyond, the first so many are
#define DAYS_SIZE_MAX (256u << 20) // bytes of counts by day; beyond, several days share one
#define MONTHLY_COUNT_MAX 120u     // after ten years a curve has a point a quarter
#define CURVE_COUNT_MAX 400u

// ---- Wants

static uint32_t want(QuidForecast *forecast, QuidWant wanted)
{
    QuidWant *added = quid__vector_push(&forecast->wants.list);
    if (added == NULL)
        return NO_WANT;
    *added = wanted;
    return forecast->wants.list.count - 1;
}

static uint32_t *indices(QuidForecast *forecast, uint32_t count)
{
    uint32_t *list = quid__arena_push(&forecast->arena, ((size_t)count + 1) * sizeof(uint32_t));
    for (uint32_t i = 0; list != NULL && i < count; i++)
        list[i] = NO_WANT;
    return list;
}

static void want_asks(QuidForecast *forecast)
{
    const QuidDealTables *model = forecast->model;
    Wants *wants = &forecast->wants;
    for (uint32_t i = 0; i < model->ask_count; i++) {
        const QuidAsk *ask = &model->asks[i];
        if (ask->kind == QUID_ASK_CHANCE || ask->kind == QUID_ASK_VALUE)
            wants->asks[i] = want(forecast, (QuidWant){.kind = QUID_WANT_TERM, .term = ask->term});
        else if (ask->kind == QUID_ASK_WHEN)
            wants->asks[i] = wants->milestones[ask->milestone.index];
        const bool has_quantiles = !forecast->options.asks_only || is_date_ask(forecast, i);
        if (ask->kind == QUID_ASK_VALUE && has_quantiles)
            wants->kept[i] = wants->kept_count++;
    }
}

static bool is_asked(const QuidDealTables *model, uint32_t milestone)
{
    for (uint32_t i = 0; i < model->ask_count; i++) {
        if (model->asks[i].kind == QUID_ASK_WHEN && model->asks[i].milestone.index == milestone)
            return true;
    }
    return false;
}

static void want_milestones(QuidForecast *forecast)
{
    const QuidDealTables *model = forecast->model;
    const bool is_brief = forecast->options.asks_only;
    Wants *wants = &forecast->wants;
    for (uint32_t i = 1; i < model->milestone_count; i++) {
        if (is_brief && !is_asked(model, i))
            continue;
        wants->rows[i] = wants->row_count++;
        wants->milestones[i] = want(forecast, (QuidWant){.kind = QUID_WANT_MILESTONE, .index = i});
        if (model->milestones[i].after_count > 0 && !is_brief)
            wants->critical[i] = want(forecast, (QuidWant){.kind = QUID_WANT_CRITICAL, .index = i});
    }
}

// The date of every event is wanted too: whoever plays the moves sees all of them.
static void want_things(QuidForecast *forecast)
{
    const QuidDealTables *model = forecast->model;
    const bool is_brief = forecast->options.asks_only;
    Wants *wants = &forecast->wants;
    for (uint32_t i = 1; i < model->event_count; i++) {
        wants->happened[i] = want(forecast, (QuidWant){.kind = QUID_WANT_HAPPENED, .index = i});
        if (!is_brief)
            wants->outcomes[i] = want(forecast, (QuidWant){.kind = QUID_WANT_OUTCOME, .index = i});
    }
    for (uint32_t i = 1; !is_brief && i < model->move_count; i++)
        wants->finals[i] = want(forecast, (QuidWant){.kind = QUID_WANT_OPTION, .index = i});
}

bool quid__list_wants(QuidForecast *forecast)
{
    const QuidDealTables *model = forecast->model;
    Wants *wants = &forecast->wants;
    quid__vector_init(&wants->list, forecast->context, sizeof(QuidWant));
    wants->asks = indices(forecast, model->ask_count);
    wants->kept = indices(forecast, model->ask_count);
    wants->milestones = indices(forecast, model->milestone_count);
    wants->rows = indices(forecast, model->milestone_count);
    wants->critical = indices(forecast, model->milestone_count);
    wants->happened = indices(forecast, model->event_count);
    wants->outcomes = indices(forecast, model->event_count);
    wants->finals = indices(forecast, model->move_count);
    if (forecast->arena.has_failed)
        return false;
    want_milestones(forecast);
    want_things(forecast);
    want_asks(forecast);
    return !wants->list.has_failed;
}

// ---- Dates

static QuidDate horizon_of(const QuidForecast *forecast)
{
    const QuidDate as_of = forecast->facts->as_of;
    const QuidDate horizon = forecast->model->horizon;
    return horizon == QUID_NO_DATE || horizon < as_of ? as_of : horizon;
}

// The last day of the month that lies `months` after a date's.
static QuidDate month_end(QuidDate date, uint32_t months)
{
    QuidCivil civil = quid_date_to_civil(date);
    const int32_t count = civil.year * 12 + civil.month + (int32_t)months;
    civil = (QuidCivil){count / 12, count % 12 + 1, 1};
    const QuidDate next = quid_date_from_civil(civil);
    return next == QUID_NO_DATE ? QUID_DATE_MAX : next - 1;
}

static void add_date(QuidDate *dates, uint32_t *count, QuidDate date, QuidDate horizon)
{
    const bool is_later = *count == 0 || dates[*count - 1] < date;
    if (is_later && date <= horizon && *count < CURVE_COUNT_MAX)
        dates[(*count)++] = date;
}

static uint32_t list_dates(QuidDate *dates, QuidDate as_of, QuidDate horizon, uint32_t week_count,
                           uint32_t monthly)
{
    uint32_t count = 0;
    add_date(dates, &count, as_of, horizon);
    for (uint32_t week = 1; week <= week_count; week++)
        add_date(dates, &count, as_of + (QuidDate)week * 7, horizon);
    for (uint32_t month = 0; month < 12 * 400; month += month < monthly ? 1 : 3)
        add_date(dates, &count, month_end(as_of, month), horizon);
    if (count == CURVE_COUNT_MAX)
        count -= 1;
    add_date(dates, &count, horizon, horizon);
    return count;
}

bool quid__make_dates(QuidForecast *forecast)
{
    const QuidDate as_of = forecast->facts->as_of;
    const QuidDate horizon = horizon_of(forecast);
    const uint32_t days = (uint32_t)(horizon - as_of) + 1;
    forecast->curve_dates = quid__arena_push(&forecast->arena, CURVE_COUNT_MAX * sizeof(QuidDate));
    forecast->curve_of_day = quid__arena_push(&forecast->arena, days * sizeof(uint32_t));
    if (forecast->arena.has_failed)
        return false;
    forecast->curve_count = list_dates(forecast->curve_dates, as_of, horizon, 8, MONTHLY_COUNT_MAX);
    forecast->curve_day_count = days;
    for (uint32_t day = 0, at = 0; day < days; day++) {
        while (forecast->curve_dates[at] < as_of + (QuidDate)day)
            at += 1;
        forecast->curve_of_day[day] = at;
    }
    return true;
}

// Months for a year, then quarters; and the date that the caller adds.
QuidDate *quid__amount_dates(QuidForecast *forecast, uint32_t *count)
{
    const QuidDate extra = forecast->options.amount_date;
    QuidDate *dates = quid__arena_push(&forecast->arena, (CURVE_COUNT_MAX + 1) * sizeof(QuidDate));
    if (dates == NULL)
        return NULL;
    *count = list_dates(dates, forecast->facts->as_of, horizon_of(forecast), 0, 12);
    uint32_t at = 0;
    while (at < *count && dates[at] < extra)
        at += 1;
    const bool is_new = extra != QUID_NO_DATE && (at == *count || dates[at] != extra);
    for (uint32_t i = *count; is_new && i > at; i--)
        dates[i] = dates[i - 1];
    if (is_new)
        dates[at] = extra;
    *count += is_new;
    return dates;
}

// ---- Room for counts

static void set_sizes(QuidForecast *forecast)
{
    const QuidForecastOptions *options = &forecast->options;
    const uint64_t each = options->scenario_count / options->replicate_count;
    const uint64_t fan = options->fan_scenario_count / options->replicate_count;
    forecast->size = each < 1 ? 1 : (uint32_t)each;
    forecast->fan_size = fan < 1 ? 1 : fan > forecast->size ? forecast->size : (uint32_t)fan;
    const size_t columns = (size_t)forecast->wants.kept_count * options->replicate_count;
    const size_t kept = columns == 0 ? forecast->size : KEPT_SIZE_MAX / sizeof(double) / columns;
    forecast->kept_size = kept < forecast->size ? (uint32_t)kept : forecast->size;
    const size_t rows = ((size_t)forecast->wants.row_count + 1) * options->replicate_count;
    const size_t bins = DAYS_SIZE_MAX / sizeof(uint32_t) / rows;
    const uint32_t days = forecast->curve_day_count;
    forecast->day_width = bins >= days ? 1 : (uint32_t)((days + bins - 1) / (bins < 1 ? 1 : bins));
    forecast->day_count = (days + forecast->day_width - 1) / forecast->day_width + 1;
}

// A piece of `count` elements behind those before it. NULL while they are only counted.
static void *take(uint32_t *words, size_t *used, size_t count, size_t size)
{
    const size_t first = *used;
    *used += (count * size + 7) / 8 * 2;
    return words == NULL ? NULL : words + first;
}

// Lays out in words what a replicate counts; how many words that takes, and its counts alone.
static size_t lay_out(const QuidForecast *forecast, Replicate *replicate, uint32_t *words,
                      size_t *count_words)
{
    const QuidDealTables *model = forecast->model;
    const size_t kept = forecast->wants.kept_count;
    const size_t asks = model->ask_count;
    const size_t bins = (size_t)forecast->variable_count * SHARE_BIN_COUNT;
    const size_t number = sizeof(uint32_t);
    const size_t real = sizeof(double);
    size_t used = 0;
    replicate->words = words;
    replicate->ask_sums = take(words, &used, asks, real);
    replicate->ask_counts = take(words, &used, asks, number);
    replicate->kept_counts = take(words, &used, kept, number);
    replicate->days =
        take(words, &used, (size_t)forecast->wants.row_count * forecast->day_count, number);
    replicate->on_time = take(words, &used, model->milestone_count, number);
    replicate->critical = take(words, &used, model->predecessor_count, number);
    replicate->outcomes =
        take(words, &used, (size_t)model->outcome_count * forecast->curve_count, number);
    replicate->choices = take(words, &used, forecast->choice_count, number);
    replicate->finals = take(words, &used, model->option_count, number);
    replicate->square_sums = take(words, &used, bins == 0 ? 0 : 2 * asks, real);
    replicate->share_sums = take(words, &used, bins * asks, real);
    replicate->share_counts = take(words, &used, bins, number);
    *count_words = used;
    replicate->kept = take(words, &used, kept * forecast->kept_size, real);
    return used;
}

static bool make_replicate(QuidForecast *forecast, Replicate *replicate)
{
    QuidArena *arena = &forecast->arena;
    // Cleared by whoever fills it, so that the threads share the work.
    uint32_t *words = quid__arena_push_bare(arena, (forecast->word_count + 2) * sizeof(uint32_t));
    if (forecast->variable_count > 0)
        replicate->share_values = quid__arena_push(arena, ((size_t)forecast->model->ask_count + 1) *
                                                              QUID_PROGRAM_BLOCK * sizeof(double));
    if (arena->has_failed)
        return false;
    size_t count_words = 0;
    (void)lay_out(forecast, replicate, words, &count_words);
    return true;
}

bool quid__make_replicates(QuidForecast *forecast)
{
    const QuidDealTables *model = forecast->model;
    forecast->move_rows = indices(forecast, model->move_count);
    forecast->replicates =
        quid__arena_push(&forecast->arena, (size_t)replicate_count(forecast) * sizeof(Replicate));
    if (forecast->arena.has_failed)
        return false;
    set_sizes(forecast);
    for (uint32_t i = 1; i < model->move_count; i++) {
        forecast->move_rows[i] = forecast->choice_count;
        forecast->choice_count += model->moves[i].date_count * model->moves[i].option_count;
    }
    Replicate measured = {0};
    forecast->word_count = lay_out(forecast, &measured, NULL, &forecast->count_word_count);
    bool is_good = true;
    // Others' counts have no place where nobody puts them together.
    const PartRange range = part_of(forecast->part, replicate_count(forecast));
    for (uint32_t i = range.first; is_good && i < range.end; i++)
        is_good = make_replicate(forecast, &forecast->replicates[i]);
    return is_good;
}
