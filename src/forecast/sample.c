// Drawing scenarios: each replicate is one piece of work, whichever worker does it, and has counts
// of its own, so that the sums do not depend on the number of threads.
#include "forecast_internal.h"

#include <stdatomic.h>
#include <string.h>

typedef struct Work {
    const Sampling *sampling;
    QuidProgramRun **runs; // by worker
    QuidPlay play;
    atomic_bool is_stopped;
    atomic_int failure;      // a QuidStatus, of the play
    atomic_uint block_count; // done
    uint32_t block_total;
    uint32_t first; // replicate
} Work;

static bool may_go_on(Work *work, uint32_t worker)
{
    const uint32_t done = atomic_fetch_add(&work->block_count, 1) + 1;
    const Sampling *sampling = work->sampling;
    const QuidForecastProgress *progress = &sampling->forecast->options.progress;
    const double share = sampling->share_done + sampling->share * done / work->block_total;
    if (worker == 0 && progress->report != NULL && !progress->report(progress->user, share))
        atomic_store(&work->is_stopped, true);
    return !atomic_load(&work->is_stopped);
}

static void sample_replicate(void *user, uint32_t number, uint32_t worker)
{
    Work *work = user;
    const uint32_t replicate = work->first + number;
    const Sampling *sampling = work->sampling;
    QuidProgramRun *run = work->runs[worker];
    if (atomic_load(&work->is_stopped))
        return;
    quid_program_set_scrambling(run, replicate);
    for (uint32_t first = 0; first < sampling->size; first += QUID_PROGRAM_BLOCK) {
        const uint32_t rest = sampling->size - first;
        const uint32_t count = rest < QUID_PROGRAM_BLOCK ? rest : QUID_PROGRAM_BLOCK;
        quid_program_draw(run, first, count);
        const QuidStatus status = work->play.walk(work->play.user, run, first, count);
        if (status != QUID_OK) {
            atomic_store(&work->failure, (int)status);
            atomic_store(&work->is_stopped, true);
            return;
        }
        quid_program_finish(run);
        sampling->count(sampling->user, run, replicate, first, count);
        if (!may_go_on(work, worker))
            return;
    }
}

QuidStatus quid__sample(QuidForecast *forecast, const Sampling *sampling)
{
    Work work = {.sampling = sampling, .play = forecast->options.play};
    UniformPlay uniform = {0};
    if (work.play.walk == NULL) {
        if (!quid__make_play(forecast, &uniform))
            return QUID_NO_MEMORY;
        work.play = (QuidPlay){NULL, quid__play_uniformly, &uniform};
    }
    const uint32_t blocks = (sampling->size + QUID_PROGRAM_BLOCK - 1) / QUID_PROGRAM_BLOCK;
    const PartRange range = part_of(sampling->part, replicate_count(forecast));
    work.first = range.first;
    work.block_total = blocks * (range.end - range.first);
    const uint32_t thread_count = quid__pool_thread_count(forecast->pool);
    work.runs = quid__allocate(forecast->context, (size_t)thread_count * sizeof(QuidProgramRun *));
    bool is_good = work.runs != NULL;
    for (uint32_t i = 0; work.runs != NULL && i < thread_count; i++) {
        work.runs[i] = NULL;
        is_good = is_good && quid_program_run_create(forecast->context, sampling->program,
                                                     &work.runs[i]) == QUID_OK;
        if (is_good && work.play.prepare != NULL)
            work.play.prepare(work.play.user, work.runs[i]);
    }
    if (is_good)
        quid__pool_run(forecast->pool, range.end - range.first, sample_replicate, &work);
    for (uint32_t i = 0; work.runs != NULL && i < thread_count; i++)
        quid_program_run_free(work.runs[i]);
    quid__release(forecast->context, work.runs, (size_t)thread_count * sizeof(QuidProgramRun *));
    const QuidStatus failure = (QuidStatus)atomic_load(&work.failure);
    if (!is_good)
        return QUID_NO_MEMORY;
    return failure != QUID_OK ? failure : atomic_load(&work.is_stopped) ? QUID_CANCELLED : QUID_OK;
}

// ---- Counting

static bool is_finite(double value)
{
    return fabs(value) < (double)INFINITY;
}

static void count_ask(QuidForecast *forecast, Replicate *replicate, uint32_t ask,
                      const double *column, uint32_t count)
{
    const double end = is_date_ask(forecast, ask) ? end_of(forecast) : QUID_NEVER;
    const uint32_t number = forecast->wants.kept[ask];
    double *kept =
        number == NO_WANT ? NULL : replicate->kept + (size_t)number * forecast->kept_size;
    double sum = 0;
    uint32_t counted = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!is_finite(column[i]) || column[i] >= end)
            continue;
        sum += column[i];
        counted += 1;
        if (kept != NULL && replicate->kept_counts[number] < forecast->kept_size)
            kept[replicate->kept_counts[number]++] = column[i];
    }
    replicate->ask_sums[ask] += sum;
    replicate->ask_counts[ask] += counted;
}

// Bin 0 holds what was reached by the as-of day, bin n the n-th width of days after it.
static void count_days(const QuidForecast *forecast, uint32_t *days, const double *dates,
                       uint32_t count)
{
    const double after = (double)forecast->facts->as_of + 1;
    const double width = forecast->day_width;
    const double limit = (double)(forecast->day_count - 1) * width;
    const double end = end_of(forecast);
    for (uint32_t i = 0; i < count; i++) {
        const double day = dates[i] - after;
        if (!(dates[i] < end) || day >= limit)
            continue;
        days[day < 0 ? 0 : (uint32_t)(day / width) + 1] += 1;
    }
}

static void count_milestone(QuidForecast *forecast, Replicate *replicate, QuidProgramRun *run,
                            uint32_t index, uint32_t count)
{
    uint32_t *days = replicate->days + (size_t)forecast->wants.rows[index] * forecast->day_count;
    const QuidMilestone *milestone = &forecast->model->milestones[index];
    const double *dates = quid_program_column(run, forecast->wants.milestones[index]);
    const QuidDate due = forecast->facts->milestones[index].deadline.current;
    const double end = end_of(forecast);
    const double limit = due == QUID_NO_DATE ? -QUID_NEVER : (double)due + 1;
    count_days(forecast, days, dates, count);
    uint32_t on_time = 0;
    for (uint32_t i = 0; i < count; i++)
        on_time += dates[i] < limit && dates[i] < end;
    replicate->on_time[index] += on_time;
    if (forecast->wants.critical[index] == NO_WANT)
        return;
    const double *critical = quid_program_column(run, forecast->wants.critical[index]);
    for (uint32_t i = 0; i < count; i++) {
        if (critical[i] >= 0)
            replicate->critical[milestone->after_first + (uint32_t)critical[i]] += 1;
    }
}

static void count_event(QuidForecast *forecast, Replicate *replicate, QuidProgramRun *run,
                        uint32_t index, uint32_t count)
{
    const QuidEvent *event = &forecast->model->events[index];
    const double *dates = quid_program_column(run, forecast->wants.happened[index]);
    const double *outcomes = quid_program_column(run, forecast->wants.outcomes[index]);
    const double first = forecast->facts->as_of;
    const double end = first + forecast->curve_day_count;
    for (uint32_t i = 0; i < count; i++) {
        if (!(dates[i] < end) || !(outcomes[i] >= 0))
            continue;
        const uint32_t day = dates[i] < first ? 0 : (uint32_t)(dates[i] - first);
        const uint32_t row = event->outcome_first + (uint32_t)outcomes[i];
        replicate->outcomes[(size_t)row * forecast->curve_count + forecast->curve_of_day[day]] += 1;
    }
}

static void count_move(QuidForecast *forecast, Replicate *replicate, QuidProgramRun *run,
                       uint32_t index, uint32_t count)
{
    const QuidMove *move = &forecast->model->moves[index];
    const double *finals = quid_program_column(run, forecast->wants.finals[index]);
    for (uint32_t i = 0; i < count; i++) {
        if (finals[i] >= 0)
            replicate->finals[move->option_first + (uint32_t)finals[i]] += 1;
    }
    for (uint32_t d = 0; d < move->date_count; d++) {
        const double *choices = quid_program_choice(run, index, d);
        uint32_t *counts =
            replicate->choices + forecast->move_rows[index] + (size_t)d * move->option_count;
        for (uint32_t i = 0; choices != NULL && i < count; i++) {
            if (choices[i] >= 0)
                counts[(uint32_t)choices[i]] += 1;
        }
    }
}

void quid__count_block(void *user, QuidProgramRun *run, uint32_t number, uint32_t first,
                       uint32_t count)
{
    QuidForecast *forecast = user;
    const QuidDealTables *model = forecast->model;
    Replicate *replicate = &forecast->replicates[number];
    if (first == 0)
        memset(replicate->words, 0, forecast->count_word_count * sizeof(uint32_t));
    for (uint32_t i = 0; i < model->ask_count; i++) {
        if (forecast->wants.asks[i] != NO_WANT)
            count_ask(forecast, replicate, i, quid_program_column(run, forecast->wants.asks[i]),
                      count);
    }
    const Wants *wants = &forecast->wants;
    for (uint32_t i = 1; i < model->milestone_count; i++) {
        if (wants->milestones[i] != NO_WANT)
            count_milestone(forecast, replicate, run, i, count);
    }
    for (uint32_t i = 1; i < model->event_count; i++) {
        if (wants->outcomes[i] != NO_WANT)
            count_event(forecast, replicate, run, i, count);
    }
    for (uint32_t i = 1; i < model->move_count; i++) {
        if (wants->finals[i] != NO_WANT)
            count_move(forecast, replicate, run, i, count);
    }
    if (forecast->variable_count > 0)
        quid__count_shares(forecast, run, replicate, count);
}
